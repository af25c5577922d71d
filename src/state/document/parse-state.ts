import type { z } from 'zod'
import { ArgumentTypeError } from '../../errors.ts'
import type { DesiredState } from '../model/desired-state.ts'
import { DesiredStateError, formatPath, type StatePath, type StateProblem } from './problems.ts'
import { findProblems } from './resolve-desired-state.ts'
import { documentSchema } from './schema.ts'
import { checkWhole } from './whole-document.ts'
import { YamlDocument } from './yaml-document.ts'

/**
 * Parses a desired state from YAML or JSON.
 *
 * @param source The name of the text in errors, such as its file name.
 * @throws {DesiredStateError} with all problems, each with line, column, path and the accepted values.
 */
export function parseState(text: string, source = ''): DesiredState {
  if (typeof text !== 'string') throw new ArgumentTypeError('text', 'a string of YAML or JSON', text)
  checkWhole(text, source)
  const document = new YamlDocument(text, source)
  const problems = problemsOf(document.data)
  if (problems.length > 0) {
    const placed = problems.map((problem) => ({ ...problem, ...document.placeOf(problem.path) }))
    throw new DesiredStateError(placed.sort(byPlace), source)
  }
  const { $schema: _, ...desired } = document.data as DesiredState & { readonly $schema?: unknown }
  return desired
}

function problemsOf(data: unknown): StateProblem[] {
  const shape = documentSchema().safeParse(data)
  const problems: StateProblem[] = []
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) {
    const { $schema: _, ...desired } = data as DesiredState & { readonly $schema?: unknown }
    problems.push(...findProblems(desired))
  }
  const known = new KnownPaths(problems.map(({ path }) => path))
  // If both report a problem, the validation of the library wins: it knows the accepted values at that place.
  for (const problem of shape.error?.issues.flatMap(problemsIn) ?? []) {
    if (!known.touches(problem.path)) problems.push(problem)
  }
  return problems
}

function problemsIn(issue: z.core.$ZodIssue): StateProblem[] {
  const path = issue.path as StatePath
  if (issue.code === 'unrecognized_keys') {
    const place = path.length === 0 ? '' : ` in ${formatPath(path)}`
    return issue.keys.map((key) => ({ path: [...path, key], message: `unknown field \`${key}\`${place}` }))
  }
  if (path.length === 0)
    return [
      { path, message: 'A document must be an object with the fields services, defaults, timeouts, daemons' },
    ]
  if (issue.code === 'invalid_type' && issue.input === undefined && / undefined$/.test(issue.message)) {
    return [schemaProblem(path, `is required: expected ${issue.expected}`)]
  }
  return [schemaProblem(path, `is invalid: ${issue.message}`)]
}

function schemaProblem(path: StatePath, text: string): StateProblem {
  return { path, message: `${formatPath(path)} ${text}` }
}

/** Paths of problems, searched in time that does not grow with their number. */
class KnownPaths {
  readonly #paths = new Set<string>()
  /** The paths and everything above them. */
  readonly #above = new Set<string>()

  constructor(paths: readonly StatePath[]) {
    for (const path of paths) {
      const names = prefixesOf(path)
      this.#paths.add(names.at(-1)!)
      for (const name of names) this.#above.add(name)
    }
  }

  /** Whether one of the paths is the given one, above it or below it. */
  touches(path: StatePath): boolean {
    const names = prefixesOf(path)
    return this.#above.has(names.at(-1)!) || names.some((name) => this.#paths.has(name))
  }
}

/** A path and everything above it as text, from the top. */
function prefixesOf(path: StatePath): string[] {
  const names = ['']
  for (const part of path) names.push(`${names.at(-1)}${JSON.stringify(part)}/`)
  return names
}

function byPlace(one: StateProblem, other: StateProblem): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0)
}
