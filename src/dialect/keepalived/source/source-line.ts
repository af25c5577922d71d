import type { StateProblem } from '../../../state/document/problems.ts'

/** A line of a configuration. */
export interface SourceLine {
  /** The text without comments. A line of a definition that ends in a backslash includes the next. */
  readonly text: string
  /** The name of its file. */
  readonly file: string
  /** Its number in the file, from 1; the first number of a continued line. */
  readonly number: number
}

/** A mistake in a configuration. */
export interface ConfigurationProblem extends StateProblem {
  /** The name of its file. */
  readonly file: string
  readonly line: number
}

export function problemAt(
  { file, number }: Pick<SourceLine, 'file' | 'number'>,
  message: string,
): ConfigurationProblem {
  return { path: [], file, line: number, column: 1, message }
}

/** A line that begins a definition, perhaps under a condition. */
const DEFINITION = /^(@\S+\s+)?\$[A-Za-z_]\w*=/

/** Splits a text into lines. Where a line of a definition continues in the next, a line feed remains between them. */
export function* splitLines(file: string, text: string): Generator<SourceLine, void, undefined> {
  let open: { text: string; number: number } | undefined
  for (const [index, whole] of text.split(/\r?\n/).entries()) {
    const line = stripComment(whole).trim()
    // Elsewhere keepalived takes the backslash as the end of the last word.
    const continues = line.endsWith('\\') && (open !== undefined || DEFINITION.test(line))
    const part = line.endsWith('\\') ? line.slice(0, -1).trimEnd() + (continues ? '' : '\\') : line
    if (open === undefined) open = { text: part, number: index + 1 }
    else open.text += `\n${part}`
    if (continues) continue
    if (open.text !== '') yield { text: open.text, file, number: open.number }
    open = undefined
  }
  if (open !== undefined && open.text !== '') yield { text: open.text, file, number: open.number }
}

/** Removes a comment, which starts with `#` or `!`, unless that is quoted or escaped. */
function stripComment(text: string): string {
  let quote = ''
  for (let index = 0; index < text.length; index++) {
    const letter = text[index]!
    if (letter === '\\') index++
    else if (quote !== '') quote = letter === quote ? '' : quote
    else if (letter === '"' || letter === "'") quote = letter
    else if (letter === '#' || letter === '!') return text.slice(0, index)
  }
  return text
}
