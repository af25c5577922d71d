import { escapeControls } from '../../../control-characters.ts'
import { styleLine, styleText, type TextStyle } from '../../io/terminal-text.ts'

/** Formats a value as indented JSON. */
export function printJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** A column. Numeric columns are aligned to the right. */
export interface TextColumn {
  readonly title: string
  readonly isNumeric?: boolean
  readonly style?: (cell: string) => TextStyle
}

/** A row of cells. */
export interface TextRow {
  readonly cells: readonly string[]
  readonly isBold?: boolean
}

const GAP = '  '

/**
 * Formats rows below the titles of their columns, each column as wide as its widest cell. Control characters in cells are escaped.
 */
export function printTextTable(
  columns: readonly TextColumn[],
  given: readonly TextRow[],
  colours: boolean,
): string {
  // Before the widths are computed: an escaped character is six wide.
  const rows = given.map(({ cells, ...row }) => ({ ...row, cells: cells.map(escapeControls) }))
  const widths = columns.map(({ title }, index) =>
    rows.reduce((width, { cells }) => Math.max(width, cells[index]?.length ?? 0), title.length),
  )
  const pad = (cells: readonly string[], style: (column: TextColumn, cell: string) => TextStyle) => {
    const padded = columns.map((column, index) => {
      const cell = cells[index] ?? ''
      const space = ' '.repeat(widths[index]! - cell.length)
      const styled = styleText(cell, style(column, cell), colours)
      return column.isNumeric ? space + styled : styled + space
    })
    return padded.join(GAP).trimEnd()
  }
  const titles = columns.map(({ title }) => title)
  const heading = styleText(
    pad(titles, () => 'plain'),
    'dim',
    colours,
  )
  const lines = rows.map(({ cells, isBold = false }) => {
    const line = pad(cells, ({ style = () => 'plain' }, cell) => style(cell))
    return styleLine(line, isBold ? 'bold' : 'plain', colours)
  })
  return `${[heading, ...lines].join('\n')}\n`
}
