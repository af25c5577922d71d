import { type ConfigurationProblem, problemAt } from './source-line.ts'
import type { KeepalivedStatement } from './statement.ts'

/** What is found to be wrong with a configuration, and the words in it that nobody knows. */
export class ConfigurationProblems {
  readonly problems: ConfigurationProblem[] = []
  readonly unknown: ConfigurationProblem[] = []

  add(statement: KeepalivedStatement, message: string): void {
    this.problems.push(problemAt({ file: statement.file, number: statement.line }, message))
  }

  addUnknown(statement: KeepalivedStatement, place: string): void {
    const message = `${statement.words[0]} is not known ${place}`
    this.unknown.push(problemAt({ file: statement.file, number: statement.line }, message))
  }

  /** The whole number that is the word at `index`, or what stands for a missing one. */
  readNumber(statement: KeepalivedStatement, index: number, missing?: number): number {
    const word = statement.words[index]
    if (word === undefined && missing !== undefined) return missing
    if (word !== undefined && /^\d+$/.test(word)) return Number(word)
    this.add(
      statement,
      `${statement.words[0]} must have a whole number behind it${word === undefined ? '' : `, not ${word}`}`,
    )
    return 0
  }

  /** One of a list of words, whatever its case. */
  readWord<W extends string>(
    statement: KeepalivedStatement,
    index: number,
    allowed: Readonly<Record<W, unknown>>,
  ): W | undefined {
    const word = statement.words[index]
    const found = (Object.keys(allowed) as W[]).find((each) => each.toLowerCase() === word?.toLowerCase())
    if (found === undefined) {
      const list = Object.keys(allowed).join(', ')
      this.add(
        statement,
        `${statement.words[0]} must be one of ${list}${word === undefined ? '' : `, not ${word}`}`,
      )
    }
    return found
  }

  /** A switch: on when nothing stands behind it. */
  readBoolean(statement: KeepalivedStatement): boolean {
    if (statement.words.length === 1) return true
    return ['on', 'true', 'yes'].includes(this.readWord(statement, 1, BOOLEANS) ?? '')
  }
}

const BOOLEANS = { on: 1, off: 1, true: 1, false: 1, yes: 1, no: 1 }
