import type { SourceLine } from './source-line.ts'

/**
 * The lines of a text without their comments. A line that ends in a backslash goes on in the next; in a definition a line feed
 * stays between them.
 */
export function* joinContinuedLines(file: string, text: string): Generator<SourceLine, void, undefined> {
  let open: { text: string; number: number } | undefined
  for (const [index, whole] of text.split(/\r?\n/).entries()) {
    const line = stripComment(whole).trim()
    const goesOn = line.endsWith('\\')
    const part = goesOn ? line.slice(0, -1).trimEnd() : line
    if (open === undefined) open = { text: part, number: index + 1 }
    else open.text += `${/^(@\S+\s+)?\$\w+=/.test(open.text) ? '\n' : ' '}${part}`
    if (goesOn) continue
    if (open.text !== '') yield { text: open.text, file, number: open.number }
    open = undefined
  }
  if (open !== undefined && open.text !== '') yield { text: open.text, file, number: open.number }
}

/** `#` and `!` begin a comment, except between quotes, behind a backslash, and in `!=`. */
function stripComment(text: string): string {
  let quote = ''
  for (let index = 0; index < text.length; index++) {
    const letter = text[index]!
    if (letter === '\\') index++
    else if (quote !== '') quote = letter === quote ? '' : quote
    else if (letter === '"' || letter === "'") quote = letter
    else if (letter === '#' || (letter === '!' && text[index + 1] !== '=')) return text.slice(0, index)
  }
  return text
}
