import type { Order } from '../model/arrange.ts'
import type { Column } from '../model/column.ts'
import { GAP, type Layout } from '../model/layout.ts'
import { type Line, type Span, type Style, shorten, span } from './line.ts'
import { isDestination, type Row, type ServiceRow, sumUp } from '../model/table-snapshot.ts'

/** What stands above the names. */
export const TITLE = 'SERVICE / DESTINATION'
const INDENT = '  '

/** A row's name as it is shown, that of a destination a little to the right. */
export function nameOf(row: Row): string {
  return isDestination(row) ? `${INDENT}${row.name}` : row.name
}

/** What the sum is a sum of, the shorter one where there is no room. */
export function nameTotal(services: readonly ServiceRow[]): readonly [full: string, short: string] {
  const destinations = services.reduce((sum, service) => sum + service.destinations.length, 0)
  const short = number(services.length, 'service')
  return [`${short}, ${number(destinations, 'destination')}`, short]
}

/** Titles, in two lines: above them what two of them have in common. */
export function paintTitles({ names, columns }: Layout, order: Order): Line[] {
  const groups = columns.map(({ group = '' }, index) => {
    // It stands to the right, above both of its columns, and is written where the second one is.
    const isFirst = group !== columns[index - 1]?.group
    const width = columns[index]!.width + GAP
    if (group === '' || isFirst) return group === '' ? ' '.repeat(width) : ''
    return group.padStart(width + columns[index - 1]!.width + GAP)
  })
  const titles = columns.map((column) => cell(column, column.title, styleOfTitle(column.name, order)))
  const title = shorten(TITLE, names)
  return [
    [span(' '.repeat(names)), span(groups.join(''), 'faint')],
    [span(title, styleOfTitle('name', order)), span(' '.repeat(names - title.length)), ...titles.flat()],
  ]
}

/** The sum of all services that are shown. */
export function paintTotal({ names, columns }: Layout, services: readonly ServiceRow[]): Line {
  const total = sumUp(services)
  const name = nameTotal(services).find((text) => text.length <= names) ?? ''
  return [
    span(name.padEnd(names)),
    ...columns.flatMap((column) => cell(column, column.printTotal(total), 'plain')),
  ]
}

/** Rows; the selected one is marked from edge to edge. */
export function paintRows(layout: Layout, rows: readonly Row[], selected: string, width: number): Line[] {
  return rows.map((row) => {
    const line = paintRow(layout, row)
    if (row.id !== selected) return line
    const text = line.map((each) => each.text).join('')
    return [span(text.padEnd(width), 'selected')]
  })
}

function paintRow({ names, columns }: Layout, row: Row): Line {
  const name = shorten(nameOf(row), names).padEnd(names)
  return [
    span(name, isDestination(row) ? 'plain' : 'strong'),
    ...columns.flatMap((column) => {
      const text = column.print(row)
      return cell(column, text, styleOfFigure(column, text))
    }),
  ]
}

function cell({ width, isText = false }: Column, text: string, style: Style): Span[] {
  const padded = isText ? text.padEnd(width) : text.padStart(width)
  const room = padded.length - text.length
  const blank = ' '.repeat(room)
  return isText
    ? [span(' '.repeat(GAP)), span(text, style), span(blank)]
    : [span(' '.repeat(GAP) + blank), span(text, style)]
}

/** Where nothing goes on there is nothing to look at, but that a destination has no weight. */
function styleOfFigure({ name }: Column, text: string): Style {
  if (text !== '0') return 'plain'
  return name === 'weight' ? 'warning' : 'faint'
}

function styleOfTitle(name: string, order: Order): Style {
  return name === order ? 'sorted' : 'faint'
}

function number(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}
