import { type SourceRow, splitRows } from './rows.ts'
import { type ConfigurationProblem, problemAt, type SourceLine } from './source-line.ts'

/** A line of a configuration, with the block that follows it. */
export interface KeepalivedStatement {
  /** The words of the line, without quotes. */
  readonly words: readonly string[]
  /** The name of its file. */
  readonly file: string
  /** Its line in the file, from 1. */
  readonly line: number
  /** The statements between its braces; undefined if it has none. */
  readonly block?: readonly KeepalivedStatement[] | undefined
}

/** The statements that keepalived knows in a block. */
export interface BlockGrammar {
  /** The place, for messages. */
  readonly place: string
  /** The keywords that begin a block, with the grammar of that block. */
  readonly blocks: ReadonlyMap<string, BlockGrammar>
  /** The other keywords; undefined if any word may begin a line. */
  readonly keywords: ReadonlySet<string> | undefined
  /** Whether keepalived skips a block after these words, counting its braces. */
  readonly isSkipped?: (statement: KeepalivedStatement) => boolean
  /** Whether any line may begin a block: keepalived only counts the braces of blocks that do not concern its checkers. */
  readonly isOpaque?: boolean
}

/** A block whose braces are only counted. */
export const OPAQUE: BlockGrammar = {
  place: 'in a block',
  blocks: new Map(),
  keywords: undefined,
  isOpaque: true,
}

/** Deeper blocks are refused: no keyword of keepalived has more than a few. */
export const MAX_NESTED_BLOCKS = 100

/** The mistakes of a configuration: those that end keepalived, and those that it passes over. */
export interface StatementProblems {
  readonly problems: ConfigurationProblem[]
  readonly ignored: ConfigurationProblem[]
}

/**
 * Builds the tree of blocks as keepalived does: the `{` after a keyword that has no block is passed over, so that the lines that
 * follow belong to the enclosing block, and its `}` ends that block.
 *
 * @param lenient Whether to do so; otherwise the whole block is passed over, because one message for it is enough.
 */
export function readStatements(
  lines: readonly SourceLine[],
  grammar: BlockGrammar,
  lenient: boolean,
  found: StatementProblems,
): readonly KeepalivedStatement[] {
  const reader = new StatementReader(lines.flatMap(splitRows), lenient, found)
  return reader.readBlock(grammar, undefined)
}

class StatementReader {
  readonly #rows: readonly SourceRow[]
  readonly #lenient: boolean
  readonly #found: StatementProblems
  #next = 0
  #depth = 0

  constructor(rows: readonly SourceRow[], lenient: boolean, found: StatementProblems) {
    this.#rows = rows
    this.#lenient = lenient
    this.#found = found
  }

  /** Reads statements until the brace that ends the block of a statement, or until the end of the file. */
  readBlock(grammar: BlockGrammar, owner: SourceRow | undefined): KeepalivedStatement[] {
    const statements: KeepalivedStatement[] = []
    for (let row = this.#rows[this.#next++]; row !== undefined; row = this.#rows[this.#next++]) {
      if (row.brace === '}') {
        if (owner !== undefined) return statements
        this.#ignore(row, 'unexpected }')
      } else if (row.brace === '{') {
        this.#ignore(row, 'unexpected {: there is no keyword before it that has a block')
        this.#skipBlock()
      } else {
        const statement = this.#readStatement(row, grammar)
        if (statement !== undefined) statements.push(statement)
      }
    }
    if (owner !== undefined) this.#ignore(owner, `the { after ${owner.words[0]} is not closed`)
    return statements
  }

  #readStatement(row: SourceRow, grammar: BlockGrammar): KeepalivedStatement | undefined {
    const { words, line } = row
    const [word = ''] = words
    const statement = { words, file: line.file, line: line.number }
    const hasBrace = this.#rows[this.#next]?.brace === '{'
    const inner = grammar.blocks.get(word) ?? (grammar.isOpaque && hasBrace ? OPAQUE : undefined)
    if (inner !== undefined) {
      const found = inner.isSkipped?.(statement) ? OPAQUE : inner
      return { ...statement, block: this.#enterBlock(found, row, hasBrace) }
    }
    if (grammar.keywords === undefined || grammar.keywords.has(word)) return statement
    this.#ignore(row, `unknown keyword ${word} ${grammar.place}`)
    if (hasBrace && !this.#lenient) {
      this.#next++
      this.#skipBlock()
    }
    return undefined
  }

  #enterBlock(grammar: BlockGrammar, owner: SourceRow, hasBrace: boolean): KeepalivedStatement[] {
    if (hasBrace) this.#next++
    else this.#ignore(owner, `there is no { after ${owner.words[0]}`)
    if (this.#depth === MAX_NESTED_BLOCKS) {
      this.#found.problems.push(problemAt(owner.line, `more than ${MAX_NESTED_BLOCKS} blocks in one another`))
      this.#next = this.#rows.length
      return []
    }
    this.#depth++
    const statements = this.readBlock(grammar, owner)
    this.#depth--
    return statements
  }

  /** Passes over the rest of a block whose `{` is read, unless keepalived reads its lines. */
  #skipBlock(): void {
    if (this.#lenient) return
    for (let depth = 1; depth > 0 && this.#next < this.#rows.length; this.#next++) {
      const { brace } = this.#rows[this.#next]!
      if (brace !== undefined) depth += brace === '{' ? 1 : -1
    }
  }

  #ignore({ line }: SourceRow, message: string): void {
    this.#found.ignored.push(problemAt(line, message))
  }
}
