import type { SourceLine } from './source-line.ts'

/** A part of a line between braces, or a brace. As in keepalived, a brace outside quotes ends a word and a row wherever it is. */
export interface SourceRow {
  /** Its words without quotes; `{` or `}` alone for a brace. */
  readonly words: readonly string[]
  readonly brace: '{' | '}' | undefined
  readonly line: SourceLine
}

/** Splits a line into rows, in one pass. */
export function splitRows(line: SourceLine): SourceRow[] {
  const { text } = line
  const rows: SourceRow[] = []
  let words: string[] = []
  let word: string | undefined
  let quote = ''
  const endWord = () => {
    if (word !== undefined) words.push(word)
    word = undefined
  }
  const endRow = () => {
    endWord()
    if (words.length > 0) rows.push({ words, brace: undefined, line })
    words = []
  }
  for (let index = 0; index < text.length; index++) {
    const letter = text[index]!
    if (letter === '\\' && quote !== "'" && index + 1 < text.length) {
      word = (word ?? '') + text[++index]
    } else if (quote !== '') {
      if (letter === quote) quote = ''
      else word += letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (letter === '{' && text[index - 1] === '$') {
      // A name without a definition stays as it is.
      const end = text.indexOf('}', index)
      const stop = end === -1 ? text.length : end + 1
      word = (word ?? '') + text.slice(index, stop)
      index = stop - 1
    } else if (letter === '{' || letter === '}') {
      endRow()
      rows.push({ words: [letter], brace: letter, line })
    } else if (/\s/.test(letter)) {
      endWord()
    } else {
      word = (word ?? '') + letter
    }
  }
  endRow()
  return rows
}
