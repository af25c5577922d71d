import { ArgumentTypeError } from '../../errors.ts'
import { checkObject } from './check.ts'

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
        const known = [...this.#names].join(', ')
        throw new ArgumentTypeError(`${field}.${name}`, `left out; the fields are ${known}`, name)
      }
    }
    return object
  }
}
