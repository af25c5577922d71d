import { formatIPv4 } from '../../../netlink/wire/address.ts'

const NUMBER = /^[ \t\n\v\f\r]*[+-]?[0-9]+$/
const BLANK = /[ \t\n\v\f\r]/

/**
 * Reads a whole decimal number as strtol(3) does, with leading blanks and a sign. Returns undefined for any other text and for
 * a number out of range.
 */
export function readNumber(text: string, minimum: number, maximum: number): number | undefined {
  if (!NUMBER.test(text)) return undefined
  const number = Number(text)
  return number >= minimum && number <= maximum ? number : undefined
}

/**
 * Reads an IPv4 address in every form of inet_aton(3), which ipvsadm uses for addresses and masks: one to four parts, each
 * decimal, octal or hexadecimal, and the last part fills the remaining bytes. Text after a blank is ignored.
 */
export function readIPv4Text(text: string): string | undefined {
  const end = text.search(BLANK)
  const parts = (end === -1 ? text : text.slice(0, end)).split('.')
  if (parts.length > 4) return undefined
  let value = 0
  for (const [index, part] of parts.entries()) {
    const number = readPart(part)
    const isLast = index === parts.length - 1
    const limit = isLast ? 2 ** (8 * (4 - index)) : 256
    if (number === undefined || number >= limit) return undefined
    value += isLast ? number : number * 2 ** (8 * (3 - index))
  }
  return formatIPv4(value)
}

function readPart(part: string): number | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(part)) return Number.parseInt(part.slice(2), 16)
  if (/^0[0-7]*$/.test(part)) return Number.parseInt(part, 8)
  return /^[1-9][0-9]*$/.test(part) ? Number(part) : undefined
}
