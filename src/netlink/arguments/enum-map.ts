import { ArgumentTypeError } from '../../errors.ts'
import { checkInteger } from './check.ts'

/** The words that stand for numbers on the wire, both ways. A number without a word is kept as it is. */
export class Words<W extends string> {
  readonly #numbers: ReadonlyMap<unknown, number>
  readonly #words: ReadonlyMap<number, W>
  /** One thing after another mostly says the same, and to look up takes ten times as long as to compare. */
  #lastWord: W | undefined
  #lastNumber = -1

  constructor(numbers: Readonly<Record<W, number>>) {
    const entries = Object.entries<number>(numbers) as [W, number][]
    this.#numbers = new Map(entries)
    this.#words = new Map(entries.map(([word, number]) => [number, word]))
  }

  /** Checks a word and gives its number; or a number itself, up to `maximum`, as a read gives what has no word yet. */
  check(field: string, value: unknown, maximum: number): number {
    if (value === this.#lastWord && value !== undefined) return this.#lastNumber
    if (typeof value === 'number') return checkInteger(field, value, 0, maximum)
    const number = this.#numbers.get(value)
    if (number === undefined) {
      throw new ArgumentTypeError(field, `one of ${[...this.#numbers.keys()].join(', ')}`, value)
    }
    this.#keep(value as W, number)
    return number
  }

  /** The word that stands for a number, or the number itself. */
  of(number: number): W | number {
    if (number === this.#lastNumber) return this.#lastWord!
    const word = this.#words.get(number)
    if (word === undefined) return number
    this.#keep(word, number)
    return word
  }

  #keep(word: W, number: number): void {
    this.#lastWord = word
    this.#lastNumber = number
  }
}
