/** The columns of a table of rows, for the console and for the guide. */
export const COLUMNS = [
  { title: 'client', show: (row) => `${row.client} ${row.variant}`.trim(), align: 'left' },
  { title: 'seconds', show: (row) => `${row.scaled ? '~' : ''}${seconds(row.seconds)}` },
  { title: '× limit', show: (row) => fixed(row.ratioToLimit, row.ratioToLimit < 10 ? 2 : 0) },
  {
    title: 'system calls per 1,000',
    show: (row) => fixed(row.syscallsPer1000, row.syscallsPer1000 < 100 ? 1 : 0),
  },
  { title: 'peak MiB', show: (row) => fixed(row.rssBytes / 2 ** 20, 0) },
  { title: 'loop ms, max', show: (row) => fixed(row.loopDelayMs, 1) },
  { title: 'p99', show: (row) => fixed(row.loopDelayP99Ms, 1) },
  { title: 'rounds', show: (row) => `${row.rounds}` },
]

/** Three significant digits. */
const seconds = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** Empty if there is no number. */
export const fixed = (value, digits) =>
  typeof value === 'number' && Number.isFinite(value)
    ? value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    : ''

/** A number of services or commands. */
export const grouped = (value) => value.toLocaleString('en')
