import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { Definitions, expandRepetition } from './definitions.ts'
import { type ConfigurationProblem, problemAt, type SourceLine, splitLines } from './source-line.ts'

/** A file that a configuration includes. */
export interface IncludedFile {
  /** Its name in errors; files that it includes are relative to its directory. */
  readonly path: string
  /** Its content. */
  readonly text: string
}

/** Finds the files that match a pattern, which is relative to a directory; an empty list if there are none. */
export type FindIncluded = (pattern: string, directory: string) => Promise<readonly IncludedFile[]>

/** The nesting depth at which includes and definitions are considered circular. */
const MAX_DEPTH = 64

/** Placeholders for the characters that start a comment, until comments have been removed. */
const PROTECTED = { _HASH: '\u0001', _BANG: '\u0002' } as const

/** Reads the lines of a configuration, with conditions evaluated, definitions expanded and files included. */
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
    for (const line of splitLines(path, text)) {
      const include = /^include[rmwba]?\s+(.*)$/.exec(line.text)
      if (include === null) this.#process(line, 0)
      else await this.#include(line, include[1]!.replace(/^(["'])(.*)\1$/, '$2'), depth)
    }
  }

  async #include(line: SourceLine, pattern: string, depth: number): Promise<void> {
    if (depth === MAX_DEPTH) {
      this.problems.push(problemAt(line, `${pattern} includes itself`))
      return
    }
    const files = await this.#find(pattern, dirname(line.file))
    // keepalived ignores a pattern without matches.
    if (files.length === 0) this.problems.push(problemAt(line, `include: no file matches ${pattern}`))
    for (const file of files) await this.read(file, depth + 1)
    this.#definitions.define('_PWD', dirname(line.file))
  }

  /** Reads a line, or the lines that a definition or a repetition expands to, each with the definitions before it. */
  #process(line: SourceLine, depth: number): void {
    const text = this.#applyConditions(line.text.trim())
    if (text === undefined || text === '') return
    if (depth === MAX_DEPTH) {
      this.problems.push(problemAt(line, 'the definition refers to itself'))
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

  /** Evaluates `@id`, which restricts a line to one configuration, and `@^id`, which excludes one. */
  #applyConditions(text: string): string | undefined {
    const condition = /^@(\^?)(\S*)(.*)$/s.exec(text)
    if (condition === null) return text
    const [, not, id, rest = ''] = condition
    return (id === this.#id) === (not === '') ? this.#applyConditions(rest.trim()) : undefined
  }

  #repeat(line: SourceLine, head: string, rest: string, depth: number): void {
    const lines = expandRepetition(head)
    if (lines === undefined) {
      this.problems.push(problemAt(line, `invalid repetition ${head}`))
      return
    }
    for (const definitions of lines) {
      for (const [name, text] of definitions) this.#definitions.define(name, text)
      this.#process({ ...line, text: rest }, depth + 1)
    }
  }
}
