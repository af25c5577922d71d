import { escapeControls } from '../../../control-characters.ts'

/** A style of text. `full-screen.ts` defines how the terminal shows it. */
export type Style =
  | 'plain'
  /** Important text. */
  | 'strong'
  /** Unimportant text. */
  | 'faint'
  /** The title of the sort column. */
  | 'sorted'
  /** The selected row. */
  | 'selected'
  /** A warning. */
  | 'warning'
  /** An error. */
  | 'error'

/** A piece of a line in one style. */
export interface Span {
  readonly text: string
  readonly style: Style
}

/** A line of the screen. */
export type Line = readonly Span[]

/** The size of a screen in characters. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Control characters are escaped: names and messages may come from another host. */
export function span(text: string, style: Style = 'plain'): Span {
  return { text: escapeControls(text), style }
}

/** Places text at the left and right edges. If both do not fit, only the left one is shown. */
export function spread(left: Line, right: Line, width: number): Line {
  const gap = width - lengthOf(left) - lengthOf(right)
  return gap < 2 ? left : [...left, span(' '.repeat(gap)), ...right]
}

/** The text of a line. */
export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('')
}

/** Shortens text in the middle, since names differ at both ends. Control characters are escaped before. */
export function shorten(given: string, width: number): string {
  const text = escapeControls(given)
  if (text.length <= width) return text
  const kept = Math.max(0, width - 1)
  const head = Math.ceil(kept / 2)
  return `${text.slice(0, head)}~${text.slice(text.length - (kept - head))}`.slice(0, width)
}

/** Wraps text at spaces. Control characters are escaped before. */
export function wrap(given: string, width: number): string[] {
  const text = escapeControls(given)
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
