import { seededRandom } from '../../../src/testing/time/random.ts'

/** Random choices that a seed repeats. */
export class Random {
  readonly #next: () => number

  constructor(seed: number) {
    this.#next = seededRandom(seed)
  }

  /** A whole number below `count`. */
  below(count: number): number {
    return Math.floor(this.#next() * count)
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!
  }

  /** Whether something with this probability happens. */
  chance(probability: number): boolean {
    return this.#next() < probability
  }

  /** Some of the choices, up to `most` times, each perhaps more than once. */
  some<T>(choices: readonly T[], most: number): T[] {
    return Array.from({ length: this.below(most + 1) }, () => this.pick(choices))
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items]
    for (let index = shuffled.length - 1; index > 0; index--) {
      const other = this.below(index + 1)
      const item = shuffled[index]!
      shuffled[index] = shuffled[other]!
      shuffled[other] = item
    }
    return shuffled
  }
}

/** How many cases a comparison has: the variable LVS_CASES, or a few. */
export function caseCount(usual: number): number {
  return Number(process.env['LVS_CASES'] ?? usual)
}

/** The seed of the first case: the variable LVS_SEED, or 1. Each case has the next. */
export function firstSeed(): number {
  return Number(process.env['LVS_SEED'] ?? 1)
}
