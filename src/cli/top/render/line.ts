/** How a piece of text looks; what that is on a terminal is told by `full-screen.ts`. */
export type Style =
  | 'plain'
  /** What is to be seen first. */
  | 'strong'
  /** What is there but need not be seen. */
  | 'faint'
  /** The title of the column that rows are sorted by. */
  | 'sorted'
  /** The row that keys act on. */
  | 'selected'
  /** What somebody should know of. */
  | 'warning'
  /** What went wrong. */
  | 'alarm'

/** A piece of a line. */
export interface Span {
  readonly text: string
  readonly style: Style
}

/** A line of the screen. */
export type Line = readonly Span[]

/** Characters of a screen. */
export interface Size {
  readonly width: number
  readonly height: number
}

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style }
}

/** Puts something at the left edge and something at the right; where there is not room for both, the left one stays. */
export function spread(left: Line, right: Line, width: number): Line {
  const gap = width - lengthOf(left) - lengthOf(right)
  return gap < 2 ? left : [...left, span(' '.repeat(gap)), ...right]
}

/** The text of a line. */
export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('')
}

/** Cuts a text in its middle: names differ at both ends. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text
  const kept = Math.max(0, width - 1)
  const head = Math.ceil(kept / 2)
  return `${text.slice(0, head)}~${text.slice(text.length - (kept - head))}`.slice(0, width)
}

/** Breaks a text between its words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || longer.length <= width) {
      line = longer
      continue
    }
    lines.push(line)
    line = word
  }
  return [...lines, line]
}

function lengthOf(line: Line): number {
  return line.reduce((length, { text }) => length + text.length, 0)
}
