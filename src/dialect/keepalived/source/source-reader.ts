import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { Definitions, expandRepetition, MAX_REPETITIONS, splitRepetition } from './definitions.ts'
import { MAX_DEPTH, MAX_EXPANDED_CHARACTERS, MAX_INCLUDED_FILES, MIN_LINE_CHARACTERS } from './limits.ts'
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

/** Placeholders for the characters that start a comment, until comments have been removed. */
const PROTECTED = { _HASH: '\u0001', _BANG: '\u0002' } as const

/** Reads the lines of a configuration, with conditions evaluated, definitions expanded and files included. */
export class SourceReader {
  readonly lines: SourceLine[] = []
  /** Mistakes that end keepalived, and limits of this parser. */
  readonly problems: ConfigurationProblem[] = []
  /** Files that do not exist, which keepalived passes over. */
  readonly ignored: ConfigurationProblem[] = []
  /** Patterns that no file matches, which is usual. */
  readonly notes: ConfigurationProblem[] = []
  readonly #find: FindIncluded
  readonly #id: string
  readonly #definitions = new Definitions()
  #characters = 0
  #files = 0

  constructor(find: FindIncluded, id: string | undefined) {
    this.#find = find
    // keepalived uses the name of the host without its domain.
    this.#id = id ?? hostname().replace(/\..*/s, '')
    this.#definitions.define('_INSTANCE', this.#id)
    for (const [name, text] of Object.entries(PROTECTED)) this.#definitions.define(name, text)
  }

  async read({ path, text }: IncludedFile, parents: readonly string[] = []): Promise<void> {
    const files = [...parents, path]
    this.#definitions.define('_PWD', dirname(path))
    for (const line of splitLines(path, text)) {
      if (this.#isExhausted) return
      // An include may have a condition and references, but is not part of a definition.
      const body = this.#applyCondition(line.text)
      const [, check, pattern] = /^include([rmwba]?)\s+(\S.*)$/s.exec(body ?? '') ?? []
      if (pattern === undefined) this.#process(line, 0)
      else await this.#include(line, check ?? '', this.#definitions.expand(pattern), files)
    }
  }

  get #isExhausted(): boolean {
    return this.#characters > MAX_EXPANDED_CHARACTERS || this.#files > MAX_INCLUDED_FILES
  }

  async #include(
    line: SourceLine,
    check: string,
    pattern: string,
    parents: readonly string[],
  ): Promise<void> {
    const found = await this.#findFiles(line, pattern)
    if (found === undefined) return
    if (found.length === 0) this.#reportMissing(line, check, pattern)
    for (const file of found) {
      if (this.#isExhausted) return
      if (parents.includes(file.path) || parents.length === MAX_DEPTH) {
        this.problems.push(problemAt(line, `${file.path} includes itself`))
        continue
      }
      this.#files++
      if (this.#files > MAX_INCLUDED_FILES) {
        this.problems.push(problemAt(line, `more than ${MAX_INCLUDED_FILES} files are included`))
        return
      }
      await this.read(file, parents)
    }
    this.#definitions.define('_PWD', dirname(line.file))
  }

  /** Finds the files of a pattern; undefined, with a problem, if it has too many alternatives. */
  async #findFiles(line: SourceLine, pattern: string): Promise<readonly IncludedFile[] | undefined> {
    try {
      return await this.#find(pattern, dirname(line.file))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.problems.push(problemAt(line, `include: ${error.message}`))
      return undefined
    }
  }

  /** keepalived goes on if no file matches, but for the checks `m`, `w` and `a`. */
  #reportMissing(line: SourceLine, check: string, pattern: string): void {
    const isPattern = /[*?[{]/.test(pattern)
    const problem = problemAt(line, `include${check}: no file matches ${pattern}`)
    if (check === 'm' || check === 'a' || (check === 'w' && isPattern)) this.problems.push(problem)
    else (isPattern ? this.notes : this.ignored).push(problem)
  }

  /** Reads a line, or the lines that a definition or a repetition expands to, each with the definitions before it. */
  #process(line: SourceLine, depth: number): void {
    const text = this.#applyCondition(line.text.trim())
    if (text === undefined || text === '' || this.#isExhausted) return
    this.#characters += Math.max(text.length, MIN_LINE_CHARACTERS)
    if (this.#isExhausted) {
      const message = `the definitions expand to more than ${MAX_EXPANDED_CHARACTERS} characters`
      this.problems.push(problemAt(line, message))
      return
    }
    if (depth === MAX_DEPTH) {
      this.problems.push(problemAt(line, 'the definition refers to itself'))
      return
    }
    const definition = /^\$([A-Za-z_]\w*)=(.*)$/s.exec(text)
    if (definition !== null) {
      this.#definitions.define(definition[1]!, definition[2]!.trim())
      return
    }
    const repetition = splitRepetition(text)
    if (repetition !== undefined) {
      this.#repeat(line, this.#definitions.expand(repetition.head), repetition.rest, depth)
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
  #applyCondition(text: string): string | undefined {
    const condition = /^@(\^?)(\S*)(.*)$/s.exec(text)
    if (condition === null) return text
    const [, not, id, rest = ''] = condition
    return (id === this.#id) === (not === '') ? rest.trim() : undefined
  }

  #repeat(line: SourceLine, head: string, rest: string, depth: number): void {
    const lines = expandRepetition(head)
    if (lines === undefined) {
      const expected = `expected a name and up to three numbers, or lists, with at most ${MAX_REPETITIONS} repetitions`
      this.problems.push(problemAt(line, `invalid repetition ${head}: ${expected}`))
      return
    }
    for (const definitions of lines) {
      for (const [name, text] of definitions) this.#definitions.define(name, text)
      this.#process({ ...line, text: rest }, depth + 1)
    }
  }
}
