/** A column: its title, and whether it holds figures, which stand to the right. */
export interface Column {
  readonly title: string
  readonly figures?: boolean
}

/** A row; one that stands out is printed bold. */
export interface Row {
  readonly cells: readonly string[]
  readonly standsOut?: boolean
}

const BOLD = ['\u001b[1m', '\u001b[22m'] as const
const DIM = ['\u001b[2m', '\u001b[22m'] as const
const GAP = '  '

/** Prints rows below their titles, in columns as wide as they have to be. */
export function printColumns(columns: readonly Column[], rows: readonly Row[], colours: boolean): string {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((width, { cells }) => Math.max(width, cells[index]?.length ?? 0), title.length),
  )
  const line = (cells: readonly string[], [on, off]: readonly [string, string]) => {
    const padded = columns.map(({ figures = false }, index) => {
      const cell = cells[index] ?? ''
      return figures ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!)
    })
    const text = padded.join(GAP).trimEnd()
    return colours && on !== '' ? `${on}${text}${off}\n` : `${text}\n`
  }
  const titles = columns.map(({ title }) => title)
  const lines = rows.map(({ cells, standsOut = false }) => line(cells, standsOut ? BOLD : ['', '']))
  return line(titles, DIM) + lines.join('')
}
