/** From these on a counter is printed in thousands, millions, ... */
const UNITS = [
  { from: 1e14, size: 1e12, sign: 'T' },
  { from: 1e11, size: 1e9, sign: 'G' },
  { from: 1e9, size: 1e6, sign: 'M' },
  { from: 1e8, size: 1e3, sign: 'K' },
] as const

/** A counter in a column of its own, with the blank before it: cut to thousands, millions, ... or exact. */
export function printCounter(value: number, exact: boolean): string {
  if (exact) return ` ${String(value).padStart(8)}`
  const unit = UNITS.find(({ from }) => value >= from)
  const text = unit === undefined ? String(value) : `${Math.floor(value / unit.size)}${unit.sign}`
  return text.padStart(9)
}
