import { type ConfigurationProblem, problemAt } from '../source/source-line.ts'
import type { KeepalivedStatement, StatementProblems } from '../source/statement.ts'

/** The largest number of the unsigned integers of keepalived. */
export const MAX_UNSIGNED = 0xffff_ffff

/** Collects what is wrong with a configuration, and reads the values of statements. */
export class ConfigurationProblems implements StatementProblems {
  /** Mistakes that end keepalived. */
  readonly problems: ConfigurationProblem[] = []
  /** What keepalived passes over, with a line in its log. */
  readonly ignored: ConfigurationProblem[] = []

  /** What keepalived passes over although nothing is wrong with it. */
  readonly notes: ConfigurationProblem[] = []

  add(statement: KeepalivedStatement, message: string): void {
    this.problems.push(problemOf(statement, message))
  }

  /** Adds what keepalived passes over because it is unknown, invalid or does not apply. */
  ignore(statement: KeepalivedStatement, message: string): void {
    this.ignored.push(problemOf(statement, message))
  }

  /** Adds what is no mistake, but has no effect. */
  note(statement: KeepalivedStatement, message: string): void {
    this.notes.push(problemOf(statement, message))
  }

  /** The word at `index`; undefined, with a problem, if there is none: keepalived ends then. */
  requireWord(statement: KeepalivedStatement, index: number, expected: string): string | undefined {
    const word = statement.words[index]
    if (word === undefined) this.add(statement, `${statement.words[0]} requires ${expected}`)
    return word
  }

  /** Reads a whole number within a range. Returns undefined for any other text, which keepalived passes over. */
  readNumber(
    statement: KeepalivedStatement,
    index: number,
    [minimum, maximum]: readonly [number, number],
  ): number | undefined {
    const word = this.requireWord(statement, index, 'a whole number')
    if (word === undefined) return undefined
    const number = /^\+?\d+$/.test(word) ? Number(word) : Number.NaN
    if (number >= minimum && number <= maximum) return number
    this.ignore(
      statement,
      `${statement.words[0]} requires a whole number${range(minimum, maximum)}, not ${word}`,
    )
    return undefined
  }

  /**
   * Reads a whole number as keepalived does where it is less strict: only the digits at the start of the word count, and 0 if
   * there are none.
   */
  readDigits(
    statement: KeepalivedStatement,
    index: number,
    [minimum, maximum]: readonly [number, number],
  ): number | undefined {
    const word = this.requireWord(statement, index, 'a whole number')
    if (word === undefined || /^\+?\d+$/.test(word)) {
      return word === undefined ? undefined : this.readNumber(statement, index, [minimum, maximum])
    }
    const number = Number(/^\+?(\d*)/.exec(word)?.[1])
    const isUsed = !word.startsWith('-') && number >= minimum && number <= maximum
    const effect = isUsed ? `; keepalived reads ${number}` : ''
    this.ignore(
      statement,
      `${statement.words[0]} requires a whole number${range(minimum, maximum)}, not ${word}${effect}`,
    )
    return isUsed ? number : undefined
  }

  /** Reads the word at `index` as one of the allowed words, in their case unless `ignoreCase` is set. */
  readWord<W extends string>(
    statement: KeepalivedStatement,
    index: number,
    allowed: Readonly<Record<W, unknown>>,
    ignoreCase = false,
  ): W | undefined {
    const names = Object.keys(allowed) as W[]
    const word = this.requireWord(statement, index, `one of ${names.join(', ')}`)
    if (word === undefined) return undefined
    const found = names.find(
      (each) => each === word || (ignoreCase && each.toLowerCase() === word.toLowerCase()),
    )
    if (found === undefined) {
      this.ignore(statement, `${statement.words[0]} requires one of ${names.join(', ')}, not ${word}`)
    }
    return found
  }

  /** Reads a switch, which is on if it has no value. Returns undefined for an unknown value. */
  readBoolean(statement: KeepalivedStatement): boolean | undefined {
    if (statement.words.length === 1) return true
    const word = this.readWord(statement, 1, BOOLEANS)
    return word === undefined ? undefined : BOOLEANS[word]
  }
}

const BOOLEANS = { on: true, off: false, true: true, false: false, yes: true, no: false } as const

function range(minimum: number, maximum: number): string {
  return minimum === 0 && maximum === MAX_UNSIGNED ? '' : ` from ${minimum} to ${maximum}`
}

function problemOf({ file, line }: KeepalivedStatement, message: string): ConfigurationProblem {
  return problemAt({ file, number: line }, message)
}
