/**
 * A block of lines in a file that others write too, between a line that begins it and one that ends it. A line feed is put
 * before the block and belongs to it: to a file that ends with a line it is an empty line, to one that does not it ends the
 * last line. So what was there can be had back byte for byte.
 */

/** Where a block is; `end` is behind the line feed of its last line. */
interface TextRange {
  readonly start: number
  readonly end: number
}

/** Puts a block into a text, in place of the one of its name, or else at the end. */
export function replaceBlock(text: string, name: string, lines: readonly string[]): string {
  const block = [beginLine(name), ...lines, endLine(name), ''].join('\n')
  const place = findBlock(text, name)
  if (place === undefined) return `${text}\n${block}`
  return text.slice(0, place.start) + block + text.slice(place.end)
}

/** Takes the block of a name out of a text. */
export function removeBlock(text: string, name: string): string {
  const place = findBlock(text, name)
  if (place === undefined) return text
  const before = text.slice(0, place.start)
  const after = text.slice(place.end)
  // Somebody may have written to the file since: two lines of theirs must not become one.
  const wouldJoin = /[^\n]\n$/.test(before) && /^[^\n]/.test(after)
  return (before.endsWith('\n') && !wouldJoin ? before.slice(0, -1) : before) + after
}

/** Says whether a block begins in the text and does not end. */
export function hasUnterminatedBlock(text: string, name: string): boolean {
  const begin = findLine(text, beginLine(name), 0)
  return begin !== undefined && findEndLine(text, name, begin.end) === undefined
}

/** The line that ends the block of a name. */
export function endLine(name: string): string {
  return `# END @lvs/netlink ${name}`
}

function beginLine(name: string): string {
  return `# BEGIN @lvs/netlink ${name}`
}

function findBlock(text: string, name: string): TextRange | undefined {
  const begin = findLine(text, beginLine(name), 0)
  if (begin === undefined) return undefined
  const end = findEndLine(text, name, begin.end)
  return end === undefined ? undefined : { start: begin.start, end: end.end }
}

/** The end of a block, which is before any other begins. */
function findEndLine(text: string, name: string, from: number): TextRange | undefined {
  const end = findLine(text, endLine(name), from)
  if (end === undefined) return undefined
  return /^# BEGIN @lvs\/netlink /m.test(text.slice(from, end.start)) ? undefined : end
}

/** Where a whole line is. */
function findLine(text: string, line: string, from: number): TextRange | undefined {
  for (let start = text.indexOf(line, from); start !== -1; start = text.indexOf(line, start + 1)) {
    const end = start + line.length
    const isWhole = (start === 0 || text[start - 1] === '\n') && (end === text.length || text[end] === '\n')
    if (isWhole) return { start, end: Math.min(end + 1, text.length) }
  }
  return undefined
}
