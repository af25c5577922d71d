/** The difference between two lists of lines, with `-` for removed and `+` for added lines; empty if they are equal. */
export function lineDifference(before: readonly string[], after: readonly string[]): string {
  if (before.length === after.length && before.every((line, index) => line === after[index])) return ''
  const lengths = commonLengths(before, after)
  const lines: string[] = []
  let [at, other] = [0, 0]
  while (at < before.length || other < after.length) {
    if (at < before.length && before[at] === after[other]) {
      lines.push(`  ${before[at++]}`)
      other++
    } else if (
      other === after.length ||
      (at < before.length && lengths[at + 1]![other]! >= lengths[at]![other + 1]!)
    ) {
      lines.push(`- ${before[at++]}`)
    } else {
      lines.push(`+ ${after[other++]}`)
    }
  }
  return lines.join('\n')
}

/** For each pair of indices, the length of the longest common subsequence of the remaining lines. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let at = before.length - 1; at >= 0; at--) {
    for (let other = after.length - 1; other >= 0; other--) {
      const same = before[at] === after[other]
      lengths[at]![other] = same
        ? lengths[at + 1]![other + 1]! + 1
        : Math.max(lengths[at + 1]![other]!, lengths[at]![other + 1]!)
    }
  }
  return lengths
}
