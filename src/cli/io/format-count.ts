const UNITS = ['', 'k', 'M', 'G', 'T', 'P'] as const

/** A figure in three or four digits with a unit of thousands: `999`, `1.2 M`. */
export function formatCount(value: number): string {
  let rest = value
  let unit = 0
  while (rest >= 1000 && unit < UNITS.length - 1) {
    rest /= 1000
    unit++
  }
  if (unit === 0) return String(value)
  return `${rest < 10 ? (Math.floor(rest * 10) / 10).toFixed(1) : Math.floor(rest)} ${UNITS[unit]}`
}
