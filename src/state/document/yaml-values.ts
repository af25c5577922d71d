import type { Alias, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'

/** How deep lists and objects of a document may be nested. A table needs 6 levels. */
export const MAX_DEPTH = 100
/**
 * How many values the aliases of a document may stand for together, counted as if each was written out. It bounds aliases of
 * aliases, which double with each line; 10,000 services with an alias of 20 destinations need 820,000.
 */
export const MAX_ALIASED_VALUES = 1_000_000

/** Reports a mistake at an offset of the text. */
type Report = (message: string, offset: number) => void

/** A converted node, and how many values it stands for. */
interface Converted {
  readonly value: unknown
  readonly size: number
}

const NOTHING: Converted = { value: null, size: 1 }

/**
 * Converts the nodes of a YAML document to plain data in one pass: each node once, each alias with one look-up. The package
 * itself searches the document from its beginning for every alias. Aliases of one anchor share an object.
 */
export class YamlValues {
  readonly #yaml: typeof import('yaml')
  readonly #report: Report
  /** The latest anchor of each name; without a value while its node is being converted. */
  readonly #anchors = new Map<string, { readonly converted?: Converted }>()
  #depth = 0
  #aliased = 0
  #isStopped = false

  constructor(yaml: typeof import('yaml'), report: Report) {
    this.#yaml = yaml
    this.#report = report
  }

  convert(node: unknown): unknown {
    return this.#convert(node).value
  }

  #convert(node: unknown): Converted {
    if (this.#isStopped || node === null || node === undefined) return NOTHING
    if (this.#yaml.isAlias(node)) return this.#resolve(node)
    const { anchor } = node as Scalar
    if (anchor === undefined) return this.#convertContent(node as Node)
    const entry: { converted?: Converted } = {}
    this.#anchors.set(anchor, entry)
    // An anchor inside may have the same name; it is the later one.
    entry.converted = this.#convertContent(node as Node)
    return entry.converted
  }

  #convertContent(node: Node): Converted {
    const { isMap, isSeq } = this.#yaml
    if (!isMap(node) && !isSeq(node)) return { value: (node as Scalar).value, size: 1 }
    if (this.#depth === MAX_DEPTH) {
      return this.#stop(`the document is nested deeper than ${MAX_DEPTH} levels`, node)
    }
    this.#depth++
    const converted = isMap(node) ? this.#convertMap(node) : this.#convertSequence(node)
    this.#depth--
    return converted
  }

  #convertSequence({ items }: YAMLSeq): Converted {
    let size = 1
    const value = items.map((item) => {
      const converted = this.#convert(item)
      size += converted.size
      return converted.value
    })
    return { value, size }
  }

  #convertMap({ items }: YAMLMap): Converted {
    const value: Record<string, unknown> = {}
    const written = new Set<string>()
    let size = 1
    for (const { key, value: content } of items as Pair<Scalar, Node | null>[]) {
      const converted = this.#convert(content)
      size += converted.size
      if (isMergeKey(key)) {
        this.#merge(value, converted.value, content)
        continue
      }
      const name = String(key.value)
      if (written.has(name)) this.#report('Map keys must be unique', key.range?.[0] ?? 0)
      written.add(name)
      setField(value, name, converted.value)
    }
    return { value, size }
  }

  /** Adds the fields of an object, or of a list of objects, that are not there yet. */
  #merge(target: Record<string, unknown>, value: unknown, node: Node | null): void {
    for (const source of Array.isArray(value) ? value : [value]) {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) {
        this.#report('Merge sources must be maps or map aliases', node?.range?.[0] ?? 0)
        continue
      }
      for (const [name, field] of Object.entries(source)) {
        if (!Object.hasOwn(target, name)) setField(target, name, field)
      }
    }
  }

  #resolve(alias: Alias): Converted {
    const { source } = alias
    const target = this.#anchors.get(source)?.converted
    if (target !== undefined) {
      this.#count(target.size, alias)
      return target
    }
    const reason = this.#anchors.has(source)
      ? `alias *${source} is inside the value of its own anchor &${source}`
      : `unknown alias *${source}: no anchor &${source} precedes it`
    this.#report(reason, alias.range?.[0] ?? 0)
    return NOTHING
  }

  #count(values: number, node: Node | null): void {
    this.#aliased += values
    if (this.#aliased <= MAX_ALIASED_VALUES || this.#isStopped) return
    this.#stop(`the aliases of the document stand for more than ${MAX_ALIASED_VALUES} values`, node)
  }

  #stop(message: string, node: Node | null): Converted {
    this.#isStopped = true
    this.#report(message, node?.range?.[0] ?? 0)
    return NOTHING
  }
}

/** The key `<<` without quotes, which the package turns into a symbol. */
function isMergeKey({ value, type }: Scalar): boolean {
  if (typeof value === 'symbol') return value.description === '<<'
  return value === '<<' && (type === undefined || type === 'PLAIN')
}

/** Sets a field even if it is named like one of Object.prototype. */
function setField(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name in object) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
  } else object[name] = value
}
