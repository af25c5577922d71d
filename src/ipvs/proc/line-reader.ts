import type { NetlinkError } from '../../errors.ts'
import { malformed } from '../../netlink/wire/wire.ts'

const LINE_FEED = 10
const SPACE = 32
const ZERO = 48

/** The value of each character as a hexadecimal digit; -1 for others. */
const HEXADECIMAL = Int8Array.from({ length: 256 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
)

/**
 * Reads lines of a file under /proc from left to right. The text consists of whole lines, and no word or number continues
 * beyond a line feed, so the reader never reads beyond the end of a line. Throws for unexpected text.
 */
export class LineReader {
  readonly #text: string
  readonly #path: string
  /** Offset of the line. */
  start = 0
  #at = 0

  constructor(text: string, path: string) {
    this.#text = text
    this.#path = path
  }

  /** Continues with the next line. Only blanks may be left of this one. */
  nextLine(): void {
    this.skipBlanks(0)
    if (!this.isAtEnd) throw this.malformed()
    this.start = ++this.#at
  }

  /** Whether the whole line has been read. */
  get isAtEnd(): boolean {
    return this.#text.charCodeAt(this.#at) === LINE_FEED
  }

  /** The rest of the line. */
  readRest(): string {
    const start = this.#at
    this.#at = this.#text.indexOf('\n', start)
    return this.#text.slice(start, this.#at)
  }

  /** The error for an unexpected line. */
  malformed(): NetlinkError {
    this.#at = this.start
    return malformed(`${JSON.stringify(this.readRest().slice(0, 200))} in ${this.#path}`)
  }

  /** Skips these characters if they follow. Returns whether they did. */
  accept(characters: string): boolean {
    for (let index = 0; index < characters.length; index++) {
      if (this.#text.charCodeAt(this.#at + index) !== characters.charCodeAt(index)) return false
    }
    this.#at += characters.length
    return true
  }

  /** Skips these characters, which must follow. */
  expect(characters: string): void {
    if (!this.accept(characters)) throw this.malformed()
  }

  /** Skips blanks, at least `minimum`. */
  skipBlanks(minimum: number): void {
    const text = this.#text
    let at = this.#at
    while (text.charCodeAt(at) === SPACE) at++
    if (at < this.#at + minimum) throw this.malformed()
    this.#at = at
  }

  /** Reads up to the next blank. */
  readWord(): string {
    const text = this.#text
    let at = this.#at
    for (let code = text.charCodeAt(at); code !== SPACE && code !== LINE_FEED; ) code = text.charCodeAt(++at)
    if (at === this.#at) throw this.malformed()
    const word = text.slice(this.#at, at)
    this.#at = at
    return word
  }

  /** Reads an unsigned hexadecimal number of `digits` digits, at most eight. */
  readHexadecimal(digits: number): number {
    const text = this.#text
    const end = this.#at + digits
    let value = 0
    for (let at = this.#at; at < end; at++) {
      const digit = HEXADECIMAL[text.charCodeAt(at)]!
      if (digit === -1) throw this.malformed()
      value = (value << 4) | digit
    }
    this.#at = end
    return value >>> 0
  }

  /** Reads a signed 32-bit number. */
  readDecimal(): number {
    const text = this.#text
    const negative = this.accept('-')
    let at = this.#at
    let value = 0
    for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; ) {
      value = value * 10 + digit
      digit = text.charCodeAt(++at) - ZERO
    }
    if (at === this.#at || value > 2 ** 31 - (negative ? 0 : 1)) throw this.malformed()
    this.#at = at
    return negative ? -value : value
  }
}
