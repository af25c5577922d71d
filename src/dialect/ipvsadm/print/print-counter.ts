/** From which value on a counter is printed in thousands, millions and so on. */
const UNITS = [
  { from: 1e14, size: 1e12, sign: 'T' },
  { from: 1e11, size: 1e9, sign: 'G' },
  { from: 1e9, size: 1e6, sign: 'M' },
  { from: 1e8, size: 1e3, sign: 'K' },
] as const

/** A counter as a column with the blank before it: exact, or truncated to thousands, millions and so on. */
export function printCounter(value: number, exact: boolean): string {
  if (exact) return ` ${String(value).padStart(8)}`
  const unit = UNITS.find(({ from }) => value >= from)
  const text = unit === undefined ? String(value) : `${Math.floor(value / unit.size)}${unit.sign}`
  return text.padStart(9)
}
