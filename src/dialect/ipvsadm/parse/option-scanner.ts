import type { OptionDefinition, OptionIndex } from '../vocabulary/options.ts'

/** Why scanning stopped before the end of the line. */
export interface ScanFailure {
  readonly spelling: string
  readonly reason: 'unknown option' | 'missing argument' | 'option does not take an argument'
}

/**
 * Reads a command line option by option, like popt(3), the library that ipvsadm uses. Letters may be joined (`-Ln`), and so may
 * a letter and its value (`-p3600`, `-p=3600`, `-p 3600`, `--persistent=3600`); `--` ends the options. An optional value is
 * never taken from a word that begins with a hyphen.
 */
export class OptionScanner<O extends OptionDefinition> {
  readonly #options: OptionIndex<O>
  readonly #words: readonly string[]
  #next = 0
  /** The letters of the current word that have not been read yet. */
  #letters = ''
  /** The word that contains the last option. */
  word = ''
  /** The words that are neither options nor values. */
  readonly rest: string[] = []
  /** The value of the last option. */
  value: string | undefined
  /** Set once scanning has stopped because of a mistake. */
  failure: ScanFailure | undefined

  constructor(options: OptionIndex<O>, words: readonly string[]) {
    this.#options = options
    this.#words = words
  }

  /** Reads the next option. Returns undefined at the end and after a failure. */
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
