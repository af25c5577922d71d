import { ArgumentRangeError, ArgumentTypeError, UnknownFieldError } from '../../errors.ts'
import { type Family, familyOf } from '../wire/address.ts'

/** Checks of arguments. They return the value, or throw an error with the field and the accepted values. */

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

/** Whether a value is an object as a literal creates it: without a class or a prototype of its own. */
export function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Checks a name for the kernel: printable ASCII without spaces or slashes, of limited length. */
export function checkName(field: string, value: unknown, maximum: number): string {
  const allowed = `a name of 1 to ${maximum} characters without spaces or slashes`
  if (typeof value !== 'string') throw new ArgumentTypeError(field, allowed, value)
  if (value.length > maximum) throw new ArgumentRangeError(field, allowed, value)
  if (!/^[!-.0-~]+$/.test(value)) throw new ArgumentTypeError(field, allowed, value)
  return value
}

/** Checks an IP address in text. Returns its family. */
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

/** The accepted fields of an argument: others, such as misspelled ones, are rejected. */
export class KnownFields {
  readonly #names: ReadonlySet<string>

  constructor(names: readonly string[]) {
    this.#names = new Set(names)
  }

  /** Returns the object. Throws if it is not an object or has an unknown field; `field` is the name of the argument. */
  check(field: string, value: unknown): object {
    const object = checkObject(field, value)
    for (const name in object) this.checkName(field, name)
    return object
  }

  /** Throws if `name` is none of the fields. */
  checkName(field: string, name: string): void {
    if (!this.#names.has(name)) throw new UnknownFieldError(field, name, [...this.#names])
  }
}

/** Maps names to numbers of the kernel and back. A number without a name stays a number. */
export class EnumMap<W extends string> {
  readonly #numbers: ReadonlyMap<unknown, number>
  readonly #names: ReadonlyMap<number, W>

  constructor(numbers: Readonly<Record<W, number>>) {
    const entries = Object.entries<number>(numbers) as [W, number][]
    this.#numbers = new Map(entries)
    this.#names = new Map(entries.map(([word, number]) => [number, word]))
  }

  /**
   * Checks a name and returns its number. Also accepts numbers up to `maximum`: replies contain numbers for values without a
   * name.
   */
  parse(field: string, value: unknown, maximum: number): number {
    if (typeof value === 'number') return checkInteger(field, value, 0, maximum)
    const number = this.#numbers.get(value)
    if (number === undefined) {
      throw new ArgumentTypeError(field, `one of ${[...this.#numbers.keys()].join(', ')}`, value)
    }
    return number
  }

  /** The name of a number; the number itself if it has none. */
  nameOf(number: number): W | number {
    const word = this.#names.get(number)
    if (word === undefined) return number
    return word
  }
}
