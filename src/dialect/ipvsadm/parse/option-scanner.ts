/** What an option takes: nothing, a value, or a value if one follows. */
export type OptionArgument = 'none' | 'required' | 'optional'

/** An option that a scanner knows. */
export interface OptionDefinition {
  /** Its long spelling, without hyphens. */
  readonly long: string
  /** Its letter, where it has one. */
  readonly letter?: string | undefined
  readonly argument: OptionArgument
}

/** Why scanning stopped before the end: the spelling concerned, and what is wrong with it. */
export interface ScanFailure {
  readonly spelling: string
  readonly reason: 'unknown option' | 'missing argument' | 'option does not take an argument'
}

/** Options by their spellings. */
export class OptionIndex<O extends OptionDefinition> {
  readonly #spellings = new Map<string, O>()

  constructor(options: readonly O[]) {
    for (const option of options) {
      this.#spellings.set(`--${option.long}`, option)
      if (option.letter !== undefined) this.#spellings.set(option.letter, option)
    }
  }

  /** The option of a letter, or of a long spelling with its hyphens. */
  get(spelling: string): O | undefined {
    return this.#spellings.get(spelling)
  }
}

/**
 * Reads a command line option by option, as popt does (popt(3)), the library that ipvsadm was built with: letters joined
 * (`-Ln`), values joined or split (`-p3600`, `-p=3600`, `-p 3600`, `--persistent=3600`), `--` before what is no option. A
 * value that may be left out is not taken from a word that begins with a hyphen.
 */
export class OptionScanner<O extends OptionDefinition> {
  readonly #options: OptionIndex<O>
  readonly #words: readonly string[]
  #next = 0
  /** What is left of a word of joined letters. */
  #letters = ''
  /** The word that the last option was read from. */
  word = ''
  /** Words that are no options, in their order. */
  readonly rest: string[] = []
  /** The value of the option that was scanned last. */
  value: string | undefined
  /** Set when scanning cannot go on. */
  failure: ScanFailure | undefined

  constructor(options: OptionIndex<O>, words: readonly string[]) {
    this.#options = options
    this.#words = words
  }

  /** The next option; undefined at the end or after a failure. */
  next(): O | undefined {
    this.value = undefined
    while (this.#letters === '') {
      const word = this.#words[this.#next]
      if (word === undefined) return undefined
      this.#next++
      this.word = word
      if (word === '--') {
        this.rest.push(...this.#words.slice(this.#next))
        this.#next = this.#words.length
      } else if (word.startsWith('--')) {
        return this.#scanLong(word)
      } else if (word.startsWith('-') && word !== '-') {
        this.#letters = word.slice(1)
      } else {
        this.rest.push(word)
      }
    }
    return this.#scanLetter()
  }

  #scanLong(word: string): O | undefined {
    const sign = word.indexOf('=')
    const option = this.#options.get(sign === -1 ? word : word.slice(0, sign))
    if (option === undefined) return this.#fail('unknown option')
    return this.#readValue(option, sign === -1 ? undefined : word.slice(sign + 1))
  }

  #scanLetter(): O | undefined {
    const letters = this.#letters
    const option = this.#options.get(letters.charAt(0))
    if (option === undefined) return this.#fail('unknown option')
    const hasValue = letters.charAt(1) === '='
    const joined = letters.slice(hasValue ? 2 : 1)
    if (option.argument === 'none' && !hasValue) {
      this.#letters = joined
      return option
    }
    this.#letters = ''
    return this.#readValue(option, joined === '' && !hasValue ? undefined : joined)
  }

  #readValue(option: O, joined: string | undefined): O | undefined {
    const following = this.#words[this.#next]
    if (joined !== undefined) {
      if (option.argument === 'none') return this.#fail('option does not take an argument')
      this.value = joined
    } else if (option.argument !== 'none') {
      const isValue =
        following !== undefined && (option.argument === 'required' || !following.startsWith('-'))
      if (isValue) {
        this.value = following
        this.#next++
      } else if (option.argument === 'required') {
        return this.#fail('missing argument')
      }
    }
    return option
  }

  #fail(reason: ScanFailure['reason']): undefined {
    this.failure = { spelling: this.word, reason }
    this.#letters = ''
    this.#next = this.#words.length
    return undefined
  }
}
