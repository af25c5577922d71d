import { seededRandom } from '../../../../src/testing/time/random.ts'

/** Random choices; a seed always gives the same sequence. */
export class RandomChoices {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }

  chance(probability: number): boolean {
    return this.#random() < probability
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  /** At most `most` random bytes. */
  bytes(most: number): number[] {
    return Array.from({ length: this.below(most + 1) }, () => this.pick([0, 0, 1, 8, 65, 255]))
  }

  /** The values, sometimes in another order. */
  shuffled<T>(values: readonly T[]): T[] {
    if (this.chance(0.7)) return [...values]
    return values
      .map((value) => ({ value, place: this.#random() }))
      .sort((one, other) => one.place - other.place)
      .map(({ value }) => value)
  }
}
