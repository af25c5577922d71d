import { microText } from '../micro/text.mjs'
import { COLUMNS, grouped } from './columns.mjs'
import { growthTable } from './markdown.mjs'

const ALL = [
  { title: 'services', show: (row) => grouped(row.services) },
  { title: 'operation', show: (row) => row.operation, align: 'left' },
  ...COLUMNS,
]

/** A result as plain text: all rows in one table, then the notes, the growth and the micro benchmark. */
export function consoleTable({ rows, growth, notes, micro }) {
  return [
    table(rows),
    ...notes.map((note) => `${note.services ?? ''} ${note.client} ${note.variant}: ${note.text}`.trim()),
    ...(growth.length === 0 ? [] : [`Growth beyond the limit's, 1,000 to 10,000:\n${growthTable(growth)}`]),
    ...(micro === undefined ? [] : [microText(micro)]),
  ].join('\n\n')
}

function table(rows) {
  const lines = [ALL.map(({ title }) => title), ...rows.map((row) => ALL.map(({ show }) => show(row)))]
  const widths = ALL.map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  const pad = (text, column) =>
    ALL[column].align === 'left' ? text.padEnd(widths[column]) : text.padStart(widths[column])
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}
