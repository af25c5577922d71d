import type { Node, Pair } from 'yaml'
import { loadYaml } from './lazy-packages.ts'
import { DesiredStateError, type StatePath, type StateProblem } from './problems.ts'

/** A position in a text; line and column count from 1. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

/** A parsed YAML text with the position of every value. JSON is YAML. */
export class YamlDocument {
  /** The content as plain data. */
  readonly data: unknown
  readonly #yaml = loadYaml()
  readonly #lines = new this.#yaml.LineCounter()
  readonly #root: Node | null

  /** @throws {DesiredStateError} if the text is not valid YAML. */
  constructor(text: string, source: string) {
    const document = this.#yaml.parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      stringKeys: true,
      merge: true,
    })
    const problems: StateProblem[] = []
    const report = (message: string, offset: number) =>
      problems.push({ ...this.#placeAt(offset), path: [], message: message.split('\n')[0] ?? message })
    for (const { message, pos } of [...document.errors, ...document.warnings]) report(message, pos[0])
    this.#yaml.visit(document, {
      Alias: (_, alias) => {
        if (alias.resolve(document) !== undefined) return
        report(
          `unknown alias *${alias.source}: no anchor &${alias.source} precedes it`,
          alias.range?.[0] ?? 0,
        )
      },
    })
    if (problems.length > 0) throw new DesiredStateError(problems, source)
    this.#root = document.contents
    this.data = toData(() => document.toJS({ maxAliasCount: 1000 }) as unknown, source)
  }

  /** Returns the position of a path: of the name of a field, or of the beginning of a list entry. */
  placeOf(path: StatePath): TextPlace {
    let node: unknown = this.#root
    let offset = this.#root?.range?.[0] ?? 0
    for (const part of path) {
      const found = childOf(this.#yaml, node, part)
      if (found === undefined) break
      offset = found.offset ?? offset
      node = found.node
    }
    return this.#placeAt(offset)
  }

  #placeAt(offset: number): TextPlace {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
}

function childOf(
  { isMap, isPair, isScalar, isSeq }: typeof import('yaml'),
  node: unknown,
  part: string | number,
): { node: unknown; offset: number | undefined } | undefined {
  const nameOf = ({ key }: Pair) => (isScalar(key) ? key.value : key)
  if (isSeq(node)) {
    const item = node.items[Number(part)] as Node | undefined
    return item === undefined ? undefined : { node: item, offset: item.range?.[0] }
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(
    (item): item is Pair<Node, Node | null> => isPair(item) && nameOf(item) === part,
  )
  return pair === undefined ? undefined : { node: pair.value, offset: pair.key.range?.[0] }
}

/** Rejects aliases that expand to too many others. */
function toData(read: () => unknown, source: string): unknown {
  try {
    return read()
  } catch (error) {
    const problem: StateProblem = { path: [], message: (error as Error).message, line: 1, column: 1 }
    throw new DesiredStateError([problem], source)
  }
}
