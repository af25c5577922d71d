/** Whether an option requires a value, accepts one, or stands alone. */
export type OptionArgument = 'none' | 'required' | 'optional'

/** The spellings of an option. */
export interface OptionDefinition {
  /** Its long spelling, without hyphens. */
  readonly long: string
  /** Its letter; undefined for an option that has only a long spelling. */
  readonly letter?: string | undefined
  readonly argument: OptionArgument
}

/** Finds an option by any of its spellings. */
export class OptionIndex<O extends OptionDefinition> {
  readonly #spellings = new Map<string, O>()

  constructor(options: readonly O[]) {
    for (const option of options) {
      this.#spellings.set(`--${option.long}`, option)
      if (option.letter !== undefined) this.#spellings.set(option.letter, option)
    }
  }

  /** The option with this letter, or with this long spelling including its hyphens. */
  get(spelling: string): O | undefined {
    return this.#spellings.get(spelling)
  }
}
