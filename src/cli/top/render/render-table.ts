import type { SortKey } from '../model/arrange.ts'
import type { Column } from '../model/column.ts'
import { COLUMN_GAP, type ColumnLayout } from '../model/layout.ts'
import { isDestination, type Row, type ServiceRow, sumTraffic } from '../model/table-snapshot.ts'
import { type Line, type Span, type Style, shorten, span } from './line.ts'

/** The title of the names. */
export const NAME_TITLE = 'SERVICE / DESTINATION'
const INDENT = '  '

/** The name of a row; that of a destination is indented. */
export function formatRowName(row: Row): string {
  return isDestination(row) ? `${INDENT}${row.name}` : row.name
}

/** The name of the total, in full and short for narrow screens. */
export function formatTotalName(services: readonly ServiceRow[]): readonly [full: string, short: string] {
  const destinations = services.reduce((sum, service) => sum + service.destinations.length, 0)
  const short = pluralize(services.length, 'service')
  return [`${short}, ${pluralize(destinations, 'destination')}`, short]
}

/** Renders the titles in two lines, headings above titles. */
export function renderTitles({ nameWidth: names, columns }: ColumnLayout, order: SortKey): Line[] {
  const groups = columns.map(({ group = '' }, index) => {
    // A heading is aligned to the right edge of its two columns and is rendered with the second.
    const isFirst = group !== columns[index - 1]?.group
    const width = columns[index]!.width + COLUMN_GAP
    if (group === '' || isFirst) return group === '' ? ' '.repeat(width) : ''
    return group.padStart(width + columns[index - 1]!.width + COLUMN_GAP)
  })
  const titles = columns.map((column) => renderCell(column, column.title, styleOfTitle(column.name, order)))
  const title = shorten(NAME_TITLE, names)
  return [
    [span(' '.repeat(names)), span(groups.join(''), 'faint')],
    [span(title, styleOfTitle('name', order)), span(' '.repeat(names - title.length)), ...titles.flat()],
  ]
}

/** Renders the total of the services that are shown. */
export function renderTotal(
  { nameWidth: names, columns }: ColumnLayout,
  services: readonly ServiceRow[],
): Line {
  const total = sumTraffic(services)
  const name = formatTotalName(services).find((text) => text.length <= names) ?? ''
  return [
    span(name.padEnd(names)),
    ...columns.flatMap((column) => renderCell(column, column.formatTotal(total), 'plain')),
  ]
}

/** Renders rows. The selected row is marked across the whole width. */
export function renderRows(
  layout: ColumnLayout,
  rows: readonly Row[],
  selected: string,
  width: number,
): Line[] {
  return rows.map((row) => {
    const line = renderRow(layout, row)
    if (row.id !== selected) return line
    const text = line.map((each) => each.text).join('')
    return [span(text.padEnd(width), 'selected')]
  })
}

function renderRow({ nameWidth: names, columns }: ColumnLayout, row: Row): Line {
  const name = shorten(formatRowName(row), names).padEnd(names)
  return [
    span(name, isDestination(row) ? 'plain' : 'strong'),
    ...columns.flatMap((column) => {
      const text = column.format(row)
      return renderCell(column, text, styleOfFigure(column, text))
    }),
  ]
}

function renderCell({ width, isText = false }: Column, text: string, style: Style): Span[] {
  const padded = isText ? text.padEnd(width) : text.padStart(width)
  const room = padded.length - text.length
  const blank = ' '.repeat(room)
  return isText
    ? [span(' '.repeat(COLUMN_GAP)), span(text, style), span(blank)]
    : [span(' '.repeat(COLUMN_GAP) + blank), span(text, style)]
}

/** A zero is faint, except for the weight of a drained destination. */
function styleOfFigure({ name }: Column, text: string): Style {
  if (text !== '0') return 'plain'
  return name === 'weight' ? 'warning' : 'faint'
}

function styleOfTitle(name: string, order: SortKey): Style {
  return name === order ? 'sorted' : 'faint'
}

function pluralize(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}
