import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import { loadYaml } from './lazy-packages.ts'
import { DesiredStateError, type StatePath, type StateProblem } from './problems.ts'
import { MAX_DEPTH, YamlValues } from './yaml-values.ts'

/** Characters of a document; 100,000 services with 10 destinations each have about 40 million. */
export const MAX_DOCUMENT_LENGTH = 128 * 1024 * 1024

type FieldPair = Pair<Scalar & Node, Node | null>

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
  readonly #fields = new WeakMap<YAMLMap, ReadonlyMap<string, FieldPair>>()

  /** @throws {DesiredStateError} if the text is not valid YAML. */
  constructor(text: string, source: string) {
    if (text.length > MAX_DOCUMENT_LENGTH) {
      const message = `the document has more than ${MAX_DOCUMENT_LENGTH} characters`
      throw new DesiredStateError([{ path: [], message, line: 1, column: 1 }], source)
    }
    const document = this.#parse(text, source)
    const problems: StateProblem[] = []
    // The parser calls itself for every level, and reports a full stack as an error of the text.
    if (document.errors.some(({ message }) => message.startsWith('Maximum call stack'))) throw tooDeep(source)
    const report = (message: string, offset: number) =>
      problems.push({ ...this.#placeAt(offset), path: [], message: message.split('\n')[0] ?? message })
    for (const { message, pos } of [...document.errors, ...document.warnings]) report(message, pos[0])
    const data = problems.length > 0 ? null : new YamlValues(this.#yaml, report).convert(document.contents)
    if (problems.length > 0) throw new DesiredStateError(problems, source)
    this.#root = document.contents
    this.data = data
  }

  /** Returns the position of a path: of the name of a field, or of the beginning of a list entry. */
  placeOf(path: StatePath): TextPlace {
    let node: unknown = this.#root
    let offset = this.#root?.range?.[0] ?? 0
    for (const part of path) {
      const found = this.#childOf(node, part)
      if (found === undefined) break
      offset = found.offset ?? offset
      node = found.node
    }
    return this.#placeAt(offset)
  }

  #parse(text: string, source: string): Document.Parsed {
    try {
      return this.#yaml.parseDocument(text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        stringKeys: true,
        merge: true,
        // The package compares every key with every other one; the conversion to data checks them.
        uniqueKeys: false,
      })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw tooDeep(source)
    }
  }

  #childOf(node: unknown, part: string | number): { node: unknown; offset: number | undefined } | undefined {
    const { isMap, isSeq } = this.#yaml
    if (isSeq(node)) {
      const item = node.items[Number(part)] as Node | undefined
      return item === undefined ? undefined : { node: item, offset: item.range?.[0] }
    }
    if (!isMap(node)) return undefined
    const pair = this.#fieldsOf(node).get(String(part))
    return pair === undefined ? undefined : { node: pair.value, offset: pair.key.range?.[0] }
  }

  /** The fields of an object by name, so that many problems of a large object are found in linear time. */
  #fieldsOf(map: YAMLMap): ReadonlyMap<string, FieldPair> {
    let fields = this.#fields.get(map)
    if (fields === undefined) {
      const pairs = (map.items as FieldPair[]).map((pair) => [String(pair.key.value), pair] as const)
      fields = new Map(pairs.reverse())
      this.#fields.set(map, fields)
    }
    return fields
  }

  #placeAt(offset: number): TextPlace {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
}

function tooDeep(source: string): DesiredStateError {
  const message = `the document is nested deeper than ${MAX_DEPTH} levels`
  return new DesiredStateError([{ path: [], message, line: 1, column: 1 }], source)
}
