import { ArgumentRangeError, ArgumentTypeError, UnknownFieldError } from '../../errors.ts'
import { type Family, familyOf } from '../wire/address.ts'

/** Checks of arguments. Each gives the value back, or throws an error that names the field and what is allowed. */

export function checkInteger(field: string, value: unknown, minimum: number, maximum: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum)
    return value
  const allowed = `an integer from ${minimum} to ${maximum}`
  if (typeof value !== 'number') throw new ArgumentTypeError(field, allowed, value)
  throw new ArgumentRangeError(field, allowed, value)
}

export function checkPort(field: string, value: unknown): number {
  return checkInteger(field, value, 0, 65535)
}

export function checkBoolean(field: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new ArgumentTypeError(field, 'true or false', value)
  return value
}

export function checkObject(field: string, value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ArgumentTypeError(field, 'an object', value)
  }
  return value
}

/** A name for the kernel: printable ASCII without spaces or slashes, of limited length. */
export function checkName(field: string, value: unknown, maximum: number): string {
  const allowed = `a name of 1 to ${maximum} characters without spaces or slashes`
  if (typeof value !== 'string') throw new ArgumentTypeError(field, allowed, value)
  if (value.length > maximum) throw new ArgumentRangeError(field, allowed, value)
  if (!/^[!-.0-~]+$/.test(value)) throw new ArgumentTypeError(field, allowed, value)
  return value
}

/** The family of an IP address in text. */
export function checkAddress(field: string, value: unknown): Family {
  const family = typeof value === 'string' ? familyOf(value) : undefined
  if (family === undefined) {
    throw new ArgumentTypeError(
      field,
      'an IPv4 or IPv6 address in text (no name, zone or prefix length)',
      value,
    )
  }
  return family
}

export function checkFamily(field: string, value: unknown): Family {
  if (value !== 'ipv4' && value !== 'ipv6') throw new ArgumentTypeError(field, `'ipv4' or 'ipv6'`, value)
  return value
}

/** The fields that an argument may have, so that a misspelled one is not silently passed over. */
export class KnownFields {
  readonly #names: ReadonlySet<string>

  constructor(names: readonly string[]) {
    this.#names = new Set(names)
  }

  /** Gives the object back. Throws when it is none or has another field; `field` is what the argument is called. */
  check(field: string, value: unknown): object {
    const object = checkObject(field, value)
    for (const name in object) {
      if (!this.#names.has(name)) {
        throw new UnknownFieldError(field, name, [...this.#names])
      }
    }
    return object
  }
}

/** The words that stand for numbers on the wire, both ways. A number without a word is kept as it is. */
export class EnumMap<W extends string> {
  readonly #numbers: ReadonlyMap<unknown, number>
  readonly #names: ReadonlyMap<number, W>

  constructor(numbers: Readonly<Record<W, number>>) {
    const entries = Object.entries<number>(numbers) as [W, number][]
    this.#numbers = new Map(entries)
    this.#names = new Map(entries.map(([word, number]) => [number, word]))
  }

  /** Checks a word and gives its number; or a number itself, up to `maximum`, as a read gives what has no word yet. */
  parse(field: string, value: unknown, maximum: number): number {
    if (typeof value === 'number') return checkInteger(field, value, 0, maximum)
    const number = this.#numbers.get(value)
    if (number === undefined) {
      throw new ArgumentTypeError(field, `one of ${[...this.#numbers.keys()].join(', ')}`, value)
    }
    return number
  }

  /** The word that stands for a number, or the number itself. */
  nameOf(number: number): W | number {
    const word = this.#names.get(number)
    if (word === undefined) return number
    return word
  }
}
