import { type ConfigurationProblem, problemAt, type SourceLine } from './source-line.ts'

/** A word with what follows it on its line, and the block behind it if there is one. */
export interface KeepalivedStatement {
  /** The words of the line, quotes taken away. */
  readonly words: readonly string[]
  /** The file that it is in. */
  readonly file: string
  /** Its line in that file. */
  readonly line: number
  /** What is between the braces behind it; undefined without any. */
  readonly block?: readonly KeepalivedStatement[] | undefined
}

interface OpenStatement {
  readonly words: string[]
  readonly file: string
  readonly line: number
  block: OpenStatement[] | undefined
}

/** Takes lines apart into words, and puts them together by their braces. */
export function readStatements(
  lines: readonly SourceLine[],
  problems: ConfigurationProblem[],
): readonly KeepalivedStatement[] {
  const top: OpenStatement[] = []
  const open: { statement: OpenStatement; line: SourceLine }[] = []
  for (const line of lines) {
    let current: OpenStatement | undefined
    for (const { text, brace } of splitWords(line.text)) {
      const list = open.at(-1)?.statement.block ?? top
      if (brace === '{') {
        // A brace may stand on the line behind its word.
        const owner: OpenStatement | undefined = current ?? list.at(-1)
        if (owner === undefined || owner.block !== undefined) {
          problems.push(problemAt(line, 'There is a { with no word before it'))
          continue
        }
        owner.block = []
        open.push({ statement: owner, line })
        current = undefined
      } else if (brace === '}') {
        if (open.pop() === undefined) problems.push(problemAt(line, 'There is a } without its {'))
        current = undefined
      } else if (current === undefined) {
        current = { words: [text], file: line.file, line: line.number, block: undefined }
        list.push(current)
      } else {
        current.words.push(text)
      }
    }
  }
  for (const { statement, line } of open) {
    problems.push(problemAt(line, `The { behind ${statement.words[0]} is never closed`))
  }
  return top
}

interface Word {
  readonly text: string
  readonly brace: '{' | '}' | undefined
}

/** Words are parted by white space, unless it is quoted; braces that stand alone, or end a line, are words of their own. */
function splitWords(line: string): Word[] {
  const words: Word[] = []
  for (const [whole] of line.matchAll(/(?:\\.|"(?:\\.|[^"\\])*"?|'[^']*'?|[^\s"'\\])+/gs)) {
    if (/^[{}]+$/.test(whole)) {
      words.push(...[...whole].map((brace) => ({ text: brace, brace: brace as '{' | '}' })))
    } else {
      words.push({ text: unquote(whole), brace: undefined })
    }
  }
  const last = words.at(-1)
  if (last?.brace === undefined && last !== undefined && /[^$]\{$/.test(last.text) && /\{$/.test(line)) {
    words.splice(-1, 1, { text: last.text.slice(0, -1), brace: undefined }, { text: '{', brace: '{' })
  }
  return words
}

function unquote(word: string): string {
  return word.replaceAll(/\\(.)|"((?:\\.|[^"\\])*)"?|'([^']*)'?/gs, (_, escaped, double, single) =>
    String(escaped ?? double?.replaceAll(/\\(.)/gs, '$1') ?? single),
  )
}
