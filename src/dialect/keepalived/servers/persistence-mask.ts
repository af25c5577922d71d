import { type Family, formatIPv4, parseIPv4 } from '../../../netlink/wire/address.ts'
import type { KeepalivedStatement } from '../source/statement.ts'
import type { ConfigurationProblems } from './problems.ts'

const LENGTHS = [1, 128] as const

/**
 * Reads `persistence_granularity`: a mask for IPv4, a prefix length for IPv6. A number for IPv4 is the address with that number:
 * keepalived reads 24 as 0.0.0.24, which is hardly meant, so it is reported.
 */
export function readMask(
  line: KeepalivedStatement,
  family: Family | undefined,
  problems: ConfigurationProblems,
): string | number | undefined {
  const word = problems.requireWord(line, 1, 'a mask')
  if (word === undefined) return undefined
  if (family === 'ipv6' || (family === undefined && !word.includes('.'))) {
    return problems.readNumber(line, 1, LENGTHS)
  }
  const mask = parseIPv4(word) === undefined ? numberAsMask(word) : word
  if (mask !== word) {
    const effect = mask === undefined ? '' : `; keepalived reads ${mask}`
    const message = `persistence_granularity must be a mask such as 255.255.255.0 for IPv4, not ${word}${effect}`
    problems.ignore(line, message)
  }
  return mask
}

function numberAsMask(word: string): string | undefined {
  const number = /^(0|[1-9]\d*)$/.test(word) ? Number(word) : Number.NaN
  return number <= 0xffff_ffff ? formatIPv4(number) : undefined
}
