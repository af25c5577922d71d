import { type ConfigurationProblem, problemAt } from '../source/source-line.ts'
import type { KeepalivedStatement } from '../source/statement.ts'

const BOOLEANS = { on: 1, off: 1, true: 1, false: 1, yes: 1, no: 1 }

/** Collects the mistakes and the unknown keywords of a configuration, and reads the values of statements. */
export class ConfigurationProblems {
  readonly problems: ConfigurationProblem[] = []
  readonly unknown: ConfigurationProblem[] = []

  add(statement: KeepalivedStatement, message: string): void {
    this.problems.push(problemOf(statement, message))
  }

  /** Adds a statement that keepalived ignores because it is unknown or does not apply. */
  addUnknown(statement: KeepalivedStatement, message: string): void {
    this.unknown.push(problemOf(statement, message))
  }

  addUnknownKeyword(statement: KeepalivedStatement, place: string): void {
    this.addUnknown(statement, `unknown keyword ${statement.words[0]} ${place}`)
  }

  /** Reads the word at `index` as a whole number. Returns `missing` if there is no such word. */
  readNumber(statement: KeepalivedStatement, index: number, missing?: number): number {
    const { words } = statement
    const word = words[index]
    if (word === undefined && missing !== undefined) return missing
    if (word !== undefined && /^\d+$/.test(word)) return Number(word)
    const actual = word === undefined ? '' : `, not ${word}`
    this.add(statement, `${words[0]} requires a whole number${actual}`)
    return 0
  }

  /** Reads the word at `index` as one of the allowed words, ignoring case. */
  readWord<W extends string>(
    statement: KeepalivedStatement,
    index: number,
    allowed: Readonly<Record<W, unknown>>,
  ): W | undefined {
    const word = statement.words[index]
    const found = (Object.keys(allowed) as W[]).find((each) => each.toLowerCase() === word?.toLowerCase())
    if (found === undefined) {
      const actual = word === undefined ? '' : `, not ${word}`
      this.add(statement, `${statement.words[0]} requires one of ${Object.keys(allowed).join(', ')}${actual}`)
    }
    return found
  }

  /** Reads a switch, which is on if it has no value. */
  readBoolean(statement: KeepalivedStatement): boolean {
    if (statement.words.length === 1) return true
    return ['on', 'true', 'yes'].includes(this.readWord(statement, 1, BOOLEANS) ?? '')
  }
}

function problemOf({ file, line }: KeepalivedStatement, message: string): ConfigurationProblem {
  return problemAt({ file, number: line }, message)
}
