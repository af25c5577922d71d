/** The one in the middle, or the mean of the two. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The median of those that are numbers; null when there is none. */
export function medianOf(samples, field) {
  const values = samples.map((sample) => sample[field]).filter((value) => typeof value === 'number')
  return values.length === 0 ? null : median(values)
}
