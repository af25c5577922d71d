import { KEY_BINDINGS } from '../keys/table-keys.ts'
import { computeLayout } from '../model/layout.ts'
import type { Row } from '../model/table-snapshot.ts'
import { type View, visibleRows, visibleServices } from '../model/view.ts'
import { type Line, type Size, span } from './line.ts'
import { renderFooter, renderHeader } from './render-edges.ts'
import {
  formatRowName,
  formatTotalName,
  NAME_TITLE,
  renderRows,
  renderTitles,
  renderTotal,
} from './render-table.ts'

/** A smaller screen shows only a message with the required size. */
const MINIMUM_SIZE: Size = { width: 40, height: 8 }
/** Lines around the rows: the header, two lines of titles, the total and the footer. */
const FRAME_LINES = 5

/** The number of rows that fit. */
export function countVisibleRows({ height }: Size): number {
  return Math.max(1, height - FRAME_LINES)
}

/** Renders a view as lines that fill the screen and fit its width. */
export function render(view: View, size: Size): readonly Line[] {
  const { width, height } = size
  if (width < MINIMUM_SIZE.width || height < MINIMUM_SIZE.height) return renderTooSmall(size)
  const middle = view.mode.kind === 'help' ? renderHelp() : renderTable(view, size)
  // A long message takes several lines and covers the last rows.
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

/** Measures all names, not only those on the screen, so that columns do not move while scrolling. */
function measureLongestName(rows: readonly Row[]): number {
  return rows.reduce((length, row) => Math.max(length, formatRowName(row).length), NAME_TITLE.length)
}

function describeEmptyTable({ filter }: View): string {
  return filter === '' ? 'No virtual services.' : `No name contains "${filter}".`
}

function renderTooSmall({ width, height }: Size): Line[] {
  const text = `lvs top needs ${MINIMUM_SIZE.width}x${MINIMUM_SIZE.height} characters; q quits`
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

/** Renders the help page. */
function renderHelp(): Line[] {
  const shown = KEY_BINDINGS.filter(({ label }) => label !== '')
  const width = Math.max(...shown.map(({ label }) => label.length))
  return [
    [],
    ...shown.map(({ label, purpose }) => [span(label.padEnd(width), 'strong'), span(`   ${purpose}`)]),
    [],
    [span('Rates cover the last two seconds; the kernel updates its counters no more often.')],
    [span('Every change asks for confirmation.')],
  ]
}
