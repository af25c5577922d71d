import { escapeControls } from '../../control-characters.ts'
import {
  ArgumentRangeError,
  ArgumentTypeError,
  describeUnknownField,
  UnknownFieldError,
} from '../../errors.ts'

/** The place of a value in a document: names of fields and indexes of lists, from the top. */
export type StatePath = readonly (string | number)[]

/** A problem of a document. */
export interface StateProblem {
  /** The problem and the accepted values. */
  readonly message: string
  /** The place, such as `['services', 0, 'destinations', 2, 'weight']`. */
  readonly path: StatePath
  /** Line of the text, from 1; undefined if the document is not text. */
  readonly line?: number | undefined
  /** Column of the text, from 1; undefined if the document is not text. */
  readonly column?: number | undefined
  /** The file, if the text includes other files. */
  readonly file?: string | undefined
}

/** The number of problems in a message; `problems` has all of them. */
const MAX_SHOWN = 10

/** A document is not a valid desired state. The error lists all problems; nothing was changed. */
export class DesiredStateError extends TypeError {
  /** The class, for messages. */
  override readonly name = 'DesiredStateError'
  /** Constant. */
  readonly code = 'ERR_LVS_DESIRED_STATE'
  /** All problems, in the order of the document. */
  readonly problems: readonly StateProblem[]
  /** The name of the document, such as its file name; may be empty. */
  readonly source: string

  constructor(problems: readonly StateProblem[], source = '') {
    const lines = problems.slice(0, MAX_SHOWN).map((problem) => formatProblem(problem, source))
    if (problems.length > MAX_SHOWN) lines.push(`and ${problems.length - MAX_SHOWN} more`)
    super(lines.join('\n'))
    this.problems = problems
    this.source = source
  }
}

/**
 * Formats a problem on one line as compilers do: `lvs.yaml:3:14: services[0].service must be ...`. Control characters in names of
 * files and fields are escaped, so that a document cannot write to the terminal that shows its problems.
 */
function formatProblem({ message, line, column, file }: StateProblem, source: string): string {
  const place = line === undefined ? '' : `${line}:${column}`
  const where = [file ?? source, place].filter((part) => part !== '').join(':')
  return escapeControls(where === '' ? message : `${where}: ${message}`)
}

/** Formats a path as in JavaScript: `services[0].destinations[2].weight`. */
export function formatPath(path: StatePath): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return text.replace(/^\./, '')
}

/** Collects the problems of a document, so that one error can list all of them. */
export class ProblemCollector {
  readonly problems: StateProblem[] = []

  /** Adds a problem; the message is the path followed by `text`. */
  add(path: StatePath, text: string): void {
    this.problems.push({ path, message: `${formatPath(path)}${text}` })
  }

  /**
   * Runs a validation of the object at `path`, which its error messages call `name`. An argument error becomes a problem at
   * the path that `locate` returns for the rejected field; by default that is the field below `path`.
   */
  attempt<T>(
    name: string,
    path: StatePath,
    validate: () => T,
    locate: (field: readonly string[]) => StatePath = (field) => [...path, ...field],
  ): T | undefined {
    try {
      return validate()
    } catch (error) {
      if (!(error instanceof ArgumentTypeError || error instanceof ArgumentRangeError)) throw error
      const field = error.field.split('.')
      const place = locate(field[0] === name ? field.slice(1) : field)
      if (error instanceof UnknownFieldError) {
        const message = describeUnknownField(
          formatPath(place.slice(0, -1)),
          String(place.at(-1)),
          error.known,
        )
        this.problems.push({ path: place, message })
      } else if (place.length === 0) this.add(place, error.message)
      else if (String(place.at(-1)) === field.at(-1)) this.add(place, error.message.slice(error.field.length))
      else this.add(place, `: ${error.message}`)
      return undefined
    }
  }
}
