import type { StateProblem } from '../../state/document/problems.ts'

/** A line of a configuration after comments, conditions, definitions and included files have been dealt with. */
export interface SourceLine {
  /** What it says. */
  readonly text: string
  /** The file that it is in. */
  readonly file: string
  /** Its number in that file, from 1; of a line that goes on in the next, the first. */
  readonly number: number
}

/** Something that is wrong with a configuration. */
export interface ConfigurationProblem extends StateProblem {
  /** The file that it is in. */
  readonly file: string
  readonly line: number
}

export function problemAt(
  { file, number }: Pick<SourceLine, 'file' | 'number'>,
  message: string,
): ConfigurationProblem {
  return { path: [], file, line: number, column: 1, message }
}
