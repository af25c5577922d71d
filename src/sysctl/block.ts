/**
 * A block of lines in a file that other programs also write, between a begin and an end line. The block starts with a line
 * feed: an empty line if the text before it ends with a line feed, otherwise the end of its last line. Removing the block
 * therefore restores the file byte for byte.
 */

/** A part of a text; `end` is after the line feed of its last line. */
interface TextRange {
  readonly start: number
  readonly end: number
}

/** Reranges the block of a name, or appends it. */
export function replaceBlock(text: string, name: string, lines: readonly string[]): string {
  const block = [beginLine(name), ...lines, endLine(name), ''].join('\n')
  const range = findBlock(text, name)
  if (range === undefined) return `${text}\n${block}`
  return text.slice(0, range.start) + block + text.slice(range.end)
}

/** Removes the block of a name. */
export function removeBlock(text: string, name: string): string {
  const range = findBlock(text, name)
  if (range === undefined) return text
  const before = text.slice(0, range.start)
  const after = text.slice(range.end)
  // Another program may have changed the file since: do not join two of its lines.
  const wouldJoin = /[^\n]\n$/.test(before) && /^[^\n]/.test(after)
  return (before.endsWith('\n') && !wouldJoin ? before.slice(0, -1) : before) + after
}

/** Whether the text has the begin line of a block but not the end line. */
export function hasUnterminatedBlock(text: string, name: string): boolean {
  const begin = findLine(text, beginLine(name), 0)
  return begin !== undefined && findEndLine(text, name, begin.end) === undefined
}

/** The end line of a block. */
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

/** Finds the end line of a block, which comes before the begin line of another block. */
function findEndLine(text: string, name: string, from: number): TextRange | undefined {
  const end = findLine(text, endLine(name), from)
  if (end === undefined) return undefined
  return /^# BEGIN @lvs\/netlink /m.test(text.slice(from, end.start)) ? undefined : end
}

/** Finds a complete line. */
function findLine(text: string, line: string, from: number): TextRange | undefined {
  for (let start = text.indexOf(line, from); start !== -1; start = text.indexOf(line, start + 1)) {
    const end = start + line.length
    const isWhole = (start === 0 || text[start - 1] === '\n') && (end === text.length || text[end] === '\n')
    if (isWhole) return { start, end: Math.min(end + 1, text.length) }
  }
  return undefined
}
