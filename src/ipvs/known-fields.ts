import { ArgumentTypeError } from '../errors.ts'
import { checkObject } from './check.ts'

/** The fields that an argument may have, so that a misspelled one is not silently passed over. */
export class KnownFields {
  readonly #names: ReadonlySet<string>
  /**
   * The fields of an argument that was right. The next one mostly has the same in the same order, which takes a third of
   * the time to see.
   */
  #usual: readonly string[] = []

  constructor(names: readonly string[]) {
    this.#names = new Set(names)
  }

  /** Gives the object back. Throws when it is none or has another field; `field` is what the argument is called. */
  check(field: string, value: unknown): object {
    const object = checkObject(field, value)
    let count = 0
    for (const name in object) {
      if (name !== this.#usual[count]) return this.#checkEach(field, object)
      count++
    }
    return object
  }

  #checkEach(field: string, object: object): object {
    const names: string[] = []
    for (const name in object) {
      if (!this.#names.has(name)) {
        const known = [...this.#names].join(', ')
        throw new ArgumentTypeError(`${field}.${name}`, `left out; the fields are ${known}`, name)
      }
      names.push(name)
    }
    this.#usual = names
    return object
  }
}
