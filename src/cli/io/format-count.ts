const UNITS = ['', 'k', 'M', 'G', 'T', 'P'] as const

/** Formats a count with at most three digits and a decimal unit: `999`, `1.2 M`. */
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

/** Formats a count exactly if it has at most six digits. */
export function formatExactCount(value: number): string {
  return value < 1_000_000 ? String(value) : formatCount(value)
}

/** Formats a rate. Small rates keep a decimal: half a connection per second is not zero. */
export function formatRate(value: number): string {
  return value > 0 && value < 9.95 && !Number.isInteger(value)
    ? value.toFixed(1)
    : formatCount(Math.round(value))
}
