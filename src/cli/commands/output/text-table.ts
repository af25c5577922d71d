import { styleText, type TextStyle } from './style-text.ts'

/** A column: its title, whether it holds figures, which stand to the right, and how its cells stand out. */
export interface TextColumn {
  readonly title: string
  readonly isNumeric?: boolean
  readonly style?: (cell: string) => TextStyle
}

/** A row; one that stands out is printed bold. */
export interface TextRow {
  readonly cells: readonly string[]
  readonly isBold?: boolean
}

const GAP = '  '

/** Prints rows below their titles, in columns as wide as they have to be. */
export function printTextTable(
  columns: readonly TextColumn[],
  rows: readonly TextRow[],
  colours: boolean,
): string {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((width, { cells }) => Math.max(width, cells[index]?.length ?? 0), title.length),
  )
  const pad = (cells: readonly string[], style: (column: TextColumn, cell: string) => TextStyle) => {
    const padded = columns.map((column, index) => {
      const cell = cells[index] ?? ''
      const space = ' '.repeat(widths[index]! - cell.length)
      const painted = styleText(cell, style(column, cell), colours)
      return column.isNumeric ? space + painted : painted + space
    })
    return padded.join(GAP).trimEnd()
  }
  const titles = columns.map(({ title }) => title)
  const heading = styleText(
    pad(titles, () => 'plain'),
    'dim',
    colours,
  )
  const lines = rows.map(({ cells, isBold: standsOut = false }) => {
    const line = pad(cells, ({ style = () => 'plain' }, cell) => style(cell))
    return styleText(line, standsOut ? 'bold' : 'plain', colours)
  })
  return `${[heading, ...lines].join('\n')}\n`
}
