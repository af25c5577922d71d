import { ArgumentTypeError } from '../../errors.ts'
import { checkInteger } from './check.ts'

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
