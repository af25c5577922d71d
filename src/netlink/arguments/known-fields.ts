import { ArgumentTypeError } from '../../errors.ts'
import { checkObject } from './check.ts'

/** The fields that an argument may have, so that a misspelled one is not silently passed over. */
export class KnownFields {
  readonly #names: ReadonlySet<string>
  /**
   * The fields of an argument that was right. The next one mostly has the same in the same order, which takes a third of
   * the time to see.
   */
  #lastFields: readonly string[] = []

  constructor(names: readonly string[]) {
    this.#names = new Set(names)
  }

  /** Gives the object back. Throws when it is none or has another field; `field` is what the argument is called. */
  check(field: string, value: unknown): object {
    const usual = this.#lastFields
    let count = 0
    for (const name in value as object) {
      if (name !== usual[count]) return this.#checkEach(field, checkObject(field, value))
      count++
    }
    return count === 0 ? checkObject(field, value) : (value as object)
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
    this.#lastFields = names
    return object
  }
}
