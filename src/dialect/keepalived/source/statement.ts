import { type ConfigurationProblem, problemAt, type SourceLine } from './source-line.ts'

/** A line of a configuration, with the block that follows it. */
export interface KeepalivedStatement {
  /** The words of the line, without quotes. */
  readonly words: readonly string[]
  /** The name of its file. */
  readonly file: string
  /** Its line in the file, from 1. */
  readonly line: number
  /** The statements between its braces; undefined if it has none. */
  readonly block?: readonly KeepalivedStatement[] | undefined
}

interface OpenStatement {
  readonly words: string[]
  readonly file: string
  readonly line: number
  block: OpenStatement[] | undefined
}

/** Splits lines into words and builds the tree of blocks. */
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
        // The brace may be on the line after its keyword.
        const owner: OpenStatement | undefined = current ?? list.at(-1)
        if (owner === undefined || owner.block !== undefined) {
          problems.push(problemAt(line, 'unexpected {: there is no keyword before it'))
          continue
        }
        owner.block = []
        open.push({ statement: owner, line })
        current = undefined
      } else if (brace === '}') {
        if (open.pop() === undefined) problems.push(problemAt(line, 'unexpected }'))
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
    problems.push(problemAt(line, `the { after ${statement.words[0]} is not closed`))
  }
  return top
}

interface Word {
  readonly text: string
  readonly brace: '{' | '}' | undefined
}

/** Splits a line at white space outside quotes. Braces that stand alone, or end a line, are separate words. */
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
