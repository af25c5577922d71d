import { layOut } from '../model/layout.ts'
import { type Line, type Size, span } from './line.ts'
import { paintFooter, paintHeader } from './render-edges.ts'
import { paintHelp } from './render-help.ts'
import { nameOf, nameTotal, paintRows, paintTitles, paintTotal, TITLE } from './render-table.ts'
import type { Row } from '../model/table-snapshot.ts'
import { shownRows, shownServices, type View } from '../model/view.ts'

/** A smaller screen shows nothing but how large it has to be. */
const SMALLEST: Size = { width: 40, height: 8 }
/** Lines that are no rows: the header, two of titles, the sum, and the last one. */
const AROUND = 5

/** How many rows there is room for. */
export function rowsOn({ height }: Size): number {
  return Math.max(1, height - AROUND)
}

/** Paints a view: as many lines as the screen has, none longer than it is wide. */
export function paint(view: View, size: Size): readonly Line[] {
  const { width, height } = size
  if (width < SMALLEST.width || height < SMALLEST.height) return paintTooSmall(size)
  const middle = view.mode.kind === 'help' ? paintHelp() : paintTable(view, size)
  // What there is to say may take more than a line, and lies over the rows then.
  const last = paintFooter(view, width).slice(0, height - 1)
  const body = Array.from({ length: height - 1 - last.length }, (_, index) => middle[index] ?? [])
  return [paintHeader(view, width), ...body, ...last].map((line) => cut(line, width))
}

function paintTable(view: View, size: Size): Line[] {
  const [rows, services] = [shownRows(view), shownServices(view)]
  const layout = layOut(size.width, longestName(rows), nameTotal(services)[0].length)
  const lines = [...paintTitles(layout, view.sorting.order), paintTotal(layout, services)]
  if (rows.length === 0) return [...lines, [], [span(emptiness(view))]]
  const shown = rows.slice(view.first, view.first + rowsOn(size))
  return [...lines, ...paintRows(layout, shown, view.selected.id, size.width)]
}

/** Of all names, not only of those on the screen: columns stay where they are while rows go by. */
function longestName(rows: readonly Row[]): number {
  return rows.reduce((length, row) => Math.max(length, nameOf(row).length), TITLE.length)
}

function emptiness({ filter }: View): string {
  return filter === '' ? 'There is no virtual service.' : `No name has "${filter}" in it.`
}

function paintTooSmall({ width, height }: Size): Line[] {
  const text = `lvs top needs ${SMALLEST.width} x ${SMALLEST.height} characters; q ends`
  return Array.from({ length: height }, (_, index) => (index === 0 ? [span(text.slice(0, width))] : []))
}

function cut(line: Line, width: number): Line {
  let room = width
  return line.map(({ text, style }) => {
    const part = text.slice(0, room)
    room -= part.length
    return span(part, style)
  })
}
