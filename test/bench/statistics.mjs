/** The middle value, or the mean of the two middle values. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The median of the values that are numbers; null if there are none. */
export function medianOf(samples, field) {
  const values = samples.map((sample) => sample[field]).filter((value) => typeof value === 'number')
  return values.length === 0 ? null : median(values)
}
