import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { formatPath, type StatePath, type StateProblem } from '../model/desired-state-error.ts'

/** What is found to be wrong with a document, so that all of it can be told at once. */
export class ProblemCollector {
  readonly problems: StateProblem[] = []

  add(path: StatePath, complaint: string): void {
    const where = formatPath(path)
    const message = complaint.startsWith(':') ? `${where}${complaint}` : `${where} ${complaint}`
    this.problems.push({ path, message: message.trimStart() })
  }

  /**
   * Makes a check. What it complains of is noted under the path that `place` gives for the field, or under `path` itself for
   * what a text says.
   */
  attempt<T>(check: () => T, place: (field: readonly string[]) => StatePath): T | undefined {
    try {
      return check()
    } catch (error) {
      this.addError(error, place)
      return undefined
    }
  }

  /** Notes what a check has thrown; anything else is thrown again. */
  addError(error: unknown, place: (field: readonly string[]) => StatePath): void {
    if (!(error instanceof ArgumentTypeError || error instanceof ArgumentRangeError)) throw error
    const field = error.field.split('.')
    const path = place(field)
    const isNamed = String(path.at(-1)) === field.at(-1)
    this.add(path, isNamed ? error.message.slice(error.field.length).trimStart() : `: ${error.message}`)
  }
}
