import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { Definitions, expandRepetition } from './definitions.ts'
import { type ConfigurationProblem, problemAt, type SourceLine } from './source-line.ts'
import { joinContinuedLines } from './text-lines.ts'

/** A file that `include` has brought in. */
export interface IncludedFile {
  /** What it is called in errors. */
  readonly path: string
  /** What it says. */
  readonly text: string
}

/** Finds the files that a pattern stands for, which is relative to a directory; none is an empty list. */
export type FindIncluded = (pattern: string, directory: string) => Promise<readonly IncludedFile[]>

/** How deep files may include one another, and definitions may stand in one another. */
const MAX_DEPTH = 64

/** Stand for the characters that would begin a comment, until comments have been taken away. */
const PROTECTED = { _HASH: '\u0001', _BANG: '\u0002' } as const

/** Reads the lines of a configuration: without comments and what conditions leave out, with definitions and files put in. */
export class SourceReader {
  readonly lines: SourceLine[] = []
  readonly problems: ConfigurationProblem[] = []
  readonly #find: FindIncluded
  readonly #id: string
  readonly #definitions = new Definitions()

  constructor(find: FindIncluded, id: string | undefined) {
    this.#find = find
    this.#id = id ?? hostname()
    this.#definitions.define('_INSTANCE', this.#id)
    for (const [name, text] of Object.entries(PROTECTED)) this.#definitions.define(name, text)
  }

  async read({ path, text }: IncludedFile, depth = 0): Promise<void> {
    this.#definitions.define('_PWD', dirname(path))
    for (const line of joinContinuedLines(path, text)) {
      const include = /^include[rmwba]?\s+(.*)$/.exec(line.text)
      if (include === null) this.#process(line, 0)
      else await this.#include(line, include[1]!.replace(/^(["'])(.*)\1$/, '$2'), depth)
    }
  }

  async #include(line: SourceLine, pattern: string, depth: number): Promise<void> {
    if (depth === MAX_DEPTH) {
      this.problems.push(problemAt(line, `${pattern} is included in itself`))
      return
    }
    const files = await this.#find(pattern, dirname(line.file))
    // keepalived goes on without them.
    if (files.length === 0) this.problems.push(problemAt(line, `include: there is no file ${pattern}`))
    for (const file of files) await this.read(file, depth + 1)
    this.#definitions.define('_PWD', dirname(line.file))
  }

  /** Takes a line, or the lines that a definition or a repetition makes of it, each with what is defined by then. */
  #process(line: SourceLine, depth: number): void {
    const text = this.#applyConditions(line.text.trim())
    if (text === undefined || text === '') return
    if (depth === MAX_DEPTH) {
      this.problems.push(problemAt(line, 'A definition stands for itself'))
      return
    }
    const definition = /^\$([A-Za-z_]\w*)=(.*)$/s.exec(text)
    if (definition !== null) {
      this.#definitions.define(definition[1]!, definition[2]!.trim())
      return
    }
    const repetition = /^(~(?:SEQx?|LST)\((?:[^(){}]|\$?\{[^}]*\})*\))(.*)$/s.exec(text)
    if (repetition !== null) {
      this.#repeat(line, this.#definitions.expand(repetition[1]!), repetition[2]!, depth)
      return
    }
    const expanded = this.#definitions.expand(text)
    if (expanded === text) {
      this.lines.push({
        ...line,
        text: text.replaceAll(PROTECTED._HASH, '#').replaceAll(PROTECTED._BANG, '!'),
      })
      return
    }
    for (const part of expanded.split('\n')) this.#process({ ...line, text: part }, depth + 1)
  }

  /** `@id` before a line keeps it for one configuration, `@^id` for all but one. */
  #applyConditions(text: string): string | undefined {
    const condition = /^@(\^?)(\S*)(.*)$/s.exec(text)
    if (condition === null) return text
    const [, not, id, rest = ''] = condition
    return (id === this.#id) === (not === '') ? this.#applyConditions(rest.trim()) : undefined
  }

  #repeat(line: SourceLine, head: string, rest: string, depth: number): void {
    const lines = expandRepetition(head)
    if (lines === undefined) {
      this.problems.push(problemAt(line, `${head} is no repetition`))
      return
    }
    for (const definitions of lines) {
      for (const [name, text] of definitions) this.#definitions.define(name, text)
      this.#process({ ...line, text: rest }, depth + 1)
    }
  }
}
