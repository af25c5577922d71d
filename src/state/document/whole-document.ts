import { DesiredStateError } from './problems.ts'

/**
 * A first line that promises a last one. A document that has the first line without the last was cut off, for example by a full
 * disk: a part of a table is a smaller table, and applying it would remove services.
 */
interface Marks {
  readonly first: string
  readonly last: string
}

/** For YAML and keepalived.conf, which have comments. */
const COMMENTS: Marks = {
  first: '# Saved by lvs; the last line says that the document is whole.',
  last: '# This document is whole.',
}
/** For rules: `ipvsadm -R` refuses comments, and skips lines that consist of its name. */
const RULES: Marks = { first: 'ipvsadm', last: 'ipvsadm ipvsadm' }

/** Adds the first and the last line to a document. JSON needs none: without its last brace it is not valid. */
export function markWhole(text: string, format: 'yaml' | 'json' | 'keepalived' | 'rules'): string {
  if (format === 'json') return text
  const { first, last } = format === 'rules' ? RULES : COMMENTS
  return `${first}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${last}\n`
}

/**
 * Checks that a document that was saved by {@link markWhole} is complete. Lines may be added to it and several documents may be
 * joined. Any other document passes.
 *
 * @throws {DesiredStateError} if the document was cut off.
 */
export function checkWhole(text: string, source: string): void {
  for (const { first, last } of [COMMENTS, RULES]) {
    const isWithinFirst = text !== '' && text.length <= first.length && first.startsWith(text)
    if (!isWithinFirst && countLines(text, first) <= countLines(text, last)) continue
    const message = `the document was cut off: a document that begins with the line "${first}" must have the line "${last}" at its end; save it again`
    const lines = text.split('\n')
    const place = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
    throw new DesiredStateError([{ path: [], message, ...place }], source)
  }
}

function countLines(text: string, line: string): number {
  let count = 0
  for (let at = text.indexOf(line); at >= 0; at = text.indexOf(line, at + line.length)) {
    const end = text.charCodeAt(at + line.length)
    const isWhole = Number.isNaN(end) || end === 10 || (end === 13 && text[at + line.length + 1] === '\n')
    if (isWhole && (at === 0 || text[at - 1] === '\n')) count++
  }
  return count
}
