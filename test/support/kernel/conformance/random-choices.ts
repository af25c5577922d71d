import { seededRandom } from '../../../../src/testing/time/random.ts'

/** Chance, the same for the same seed. */
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

  /** Some bytes, at most so many. */
  bytes(most: number): number[] {
    return Array.from({ length: this.below(most + 1) }, () => this.pick([0, 0, 1, 8, 65, 255]))
  }

  /** In another order, now and then. */
  shuffled<T>(values: readonly T[]): T[] {
    if (this.chance(0.7)) return [...values]
    return values
      .map((value) => ({ value, place: this.#random() }))
      .sort((one, other) => one.place - other.place)
      .map(({ value }) => value)
  }
}
