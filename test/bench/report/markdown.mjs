import { OPERATIONS } from '../rules.mjs'
import { COLUMNS, fixed } from './columns.mjs'
import { growthLines } from './growth.mjs'

/** A table of Markdown, columns aligned in the text too. */
export function markdown(titles, lines, alignment) {
  const widths = titles.map((title, column) =>
    Math.max(3, title.length, ...lines.map((line) => line[column].length)),
  )
  const pad = (text, column) =>
    alignment[column] === 'left' ? text.padEnd(widths[column]) : text.padStart(widths[column])
  const rule = widths.map((width, column) =>
    alignment[column] === 'left' ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  )
  return [titles.map(pad), rule, ...lines.map((line) => line.map(pad))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** Rows of one size and operation. */
export function rowsTable(rows) {
  return markdown(
    COLUMNS.map(({ title }) => title),
    rows.map((row) => COLUMNS.map(({ show }) => show(row))),
    COLUMNS.map(({ align }) => align),
  )
}

/** The growth of each client's cost. */
export function growthTable(growth) {
  const lines = growthLines(growth, (value) => fixed(value, 2))
  return markdown(['client', ...OPERATIONS], lines, ['left'])
}
