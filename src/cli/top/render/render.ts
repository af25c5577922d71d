import { computeLayout } from '../model/layout.ts'
import type { Row } from '../model/table-snapshot.ts'
import { type View, visibleRows, visibleServices } from '../model/view.ts'
import { type Line, type Size, span } from './line.ts'
import { renderFooter, renderHeader } from './render-edges.ts'
import { renderHelp } from './render-help.ts'
import {
  formatRowName,
  formatTotalName,
  NAME_TITLE,
  renderRows,
  renderTitles,
  renderTotal,
} from './render-table.ts'

/** A smaller screen shows nothing but how large it has to be. */
const MINIMUM_SIZE: Size = { width: 40, height: 8 }
/** Lines that are no rows: the header, two of titles, the sum, and the last one. */
const FRAME_LINES = 5

/** How many rows there is room for. */
export function countVisibleRows({ height }: Size): number {
  return Math.max(1, height - FRAME_LINES)
}

/** Paints a view: as many lines as the screen has, none longer than it is wide. */
export function render(view: View, size: Size): readonly Line[] {
  const { width, height } = size
  if (width < MINIMUM_SIZE.width || height < MINIMUM_SIZE.height) return renderTooSmall(size)
  const middle = view.mode.kind === 'help' ? renderHelp() : renderTable(view, size)
  // What there is to say may take more than a line, and lies over the rows then.
  const last = renderFooter(view, width).slice(0, height - 1)
  const body = Array.from({ length: height - 1 - last.length }, (_, index) => middle[index] ?? [])
  return [renderHeader(view, width), ...body, ...last].map((line) => cut(line, width))
}

function renderTable(view: View, size: Size): Line[] {
  const [rows, services] = [visibleRows(view), visibleServices(view)]
  const layout = computeLayout(size.width, measureLongestName(rows), formatTotalName(services)[0].length)
  const lines = [...renderTitles(layout, view.sorting.key), renderTotal(layout, services)]
  if (rows.length === 0) return [...lines, [], [span(describeEmptyTable(view))]]
  const shown = rows.slice(view.firstRow, view.firstRow + countVisibleRows(size))
  return [...lines, ...renderRows(layout, shown, view.selected.id, size.width)]
}

/** Of all names, not only of those on the screen: columns stay where they are while rows go by. */
function measureLongestName(rows: readonly Row[]): number {
  return rows.reduce((length, row) => Math.max(length, formatRowName(row).length), NAME_TITLE.length)
}

function describeEmptyTable({ filter }: View): string {
  return filter === '' ? 'There is no virtual service.' : `No name has "${filter}" in it.`
}

function renderTooSmall({ width, height }: Size): Line[] {
  const text = `lvs top needs ${MINIMUM_SIZE.width} x ${MINIMUM_SIZE.height} characters; q ends`
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
