/** Where in a document: names of fields and places in lists, from its top. */
export type StatePath = readonly (string | number)[]

/** Something that is wrong with a document. */
export interface StateProblem {
  /** What is wrong and what is allowed. */
  readonly message: string
  /** Where, as `['services', 0, 'destinations', 2, 'weight']`. */
  readonly path: StatePath
  /** Line of the text, from 1; undefined where there is no text. */
  readonly line?: number | undefined
  /** Column of the text, from 1; undefined where there is no text. */
  readonly column?: number | undefined
  /** Its file, where a text includes others. */
  readonly file?: string | undefined
}

/** Problems that a message shows; the others are in the list. */
const MAX_SHOWN = 10

/**
 * A document that does not say what the table is to be. It lists everything that is wrong with it; nothing was touched. A
 * `TypeError`, as for any other argument.
 */
export class DesiredStateError extends TypeError {
  /** The class, for messages. */
  override readonly name = 'DesiredStateError'
  /** Constant. */
  readonly code = 'ERR_LVS_DESIRED_STATE'
  /** Everything that is wrong, in the order of the document. */
  readonly problems: readonly StateProblem[]
  /** What the document is called, such as the name of its file; may be empty. */
  readonly source: string

  constructor(problems: readonly StateProblem[], source = '') {
    const lines = problems.slice(0, MAX_SHOWN).map((problem) => formatProblem(problem, source))
    if (problems.length > MAX_SHOWN) lines.push(`and ${problems.length - MAX_SHOWN} more`)
    super(lines.join('\n'))
    this.problems = problems
    this.source = source
  }
}

/** A problem on one line, as compilers write it: `lvs.yaml:3:14: services[0].service must be ...`. */
function formatProblem({ message, line, column, file }: StateProblem, source: string): string {
  const place = line === undefined ? '' : `${line}:${column}`
  const where = [file ?? source, place].filter((part) => part !== '').join(':')
  return where === '' ? message : `${where}: ${message}`
}

/** A path as it is written in JavaScript: `services[0].destinations[2].weight`. */
export function formatPath(path: StatePath): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return text.replace(/^\./, '')
}
