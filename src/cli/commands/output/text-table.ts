import { paint, type Style } from './style-text.ts'

/** A column: its title, whether it holds figures, which stand to the right, and how its cells stand out. */
export interface Column {
  readonly title: string
  readonly figures?: boolean
  readonly style?: (cell: string) => Style
}

/** A row; one that stands out is printed bold. */
export interface Row {
  readonly cells: readonly string[]
  readonly standsOut?: boolean
}

const GAP = '  '

/** Prints rows below their titles, in columns as wide as they have to be. */
export function printColumns(columns: readonly Column[], rows: readonly Row[], colours: boolean): string {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((width, { cells }) => Math.max(width, cells[index]?.length ?? 0), title.length),
  )
  const pad = (cells: readonly string[], style: (column: Column, cell: string) => Style) => {
    const padded = columns.map((column, index) => {
      const cell = cells[index] ?? ''
      const space = ' '.repeat(widths[index]! - cell.length)
      const painted = paint(cell, style(column, cell), colours)
      return column.figures ? space + painted : painted + space
    })
    return padded.join(GAP).trimEnd()
  }
  const titles = columns.map(({ title }) => title)
  const heading = paint(
    pad(titles, () => 'plain'),
    'dim',
    colours,
  )
  const lines = rows.map(({ cells, standsOut = false }) => {
    const line = pad(cells, ({ style = () => 'plain' }, cell) => style(cell))
    return paint(line, standsOut ? 'bold' : 'plain', colours)
  })
  return `${[heading, ...lines].join('\n')}\n`
}
