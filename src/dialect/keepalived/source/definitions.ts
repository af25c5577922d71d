import { MAX_EXPANDED_CHARACTERS } from './limits.ts'

/** The definitions `$NAME=text`, to which `$NAME` and `${NAME}` refer. */
export class Definitions {
  readonly #texts = new Map<string, string>()

  define(name: string, text: string): void {
    this.#texts.set(name, text)
  }

  /**
   * Replaces each reference with its definition, once. Undefined names stay, as in keepalived: a `$` may belong to the command
   * of a check. The rest stays too once the limit of characters is passed, which the reader reports.
   */
  expand(line: string): string {
    if (!line.includes('$')) return line
    let length = line.length
    return line.replace(NAME, (whole, braced?: string, plain?: string) => {
      const text = length > MAX_EXPANDED_CHARACTERS ? undefined : this.#texts.get(braced ?? plain ?? '')
      length += text?.length ?? 0
      return text ?? whole
    })
  }
}

/** `${NAME}`, and `$NAME` followed by white space. */
const NAME = /\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)(?=\s|$)/g

/** A line that begins with `~SEQ(...)`, `~SEQx(...)` or `~LST(...)`: that head, and the rest of the line. */
export interface RepeatedLine {
  readonly head: string
  readonly rest: string
}

/** Splits a repeated line behind the parenthesis that ends its head; undefined for any other line. Takes one pass. */
export function splitRepetition(line: string): RepeatedLine | undefined {
  if (!/^~(?:SEQx?|LST)\(/.test(line)) return undefined
  const end = line.indexOf(')')
  return end === -1 ? undefined : { head: line.slice(0, end + 1), rest: line.slice(end + 1) }
}

/**
 * The definitions for each repetition that `~SEQ(...)` or `~LST(...)` at the start of a line requests; undefined if it is
 * invalid.
 */
export function expandRepetition(head: string): readonly (readonly [string, string])[][] | undefined {
  const [, kind, list] = /^~(SEQx?|LST)\((.*)\)$/s.exec(head) ?? []
  if (kind === undefined || list === undefined) return undefined
  return kind === 'LST' ? expandList(list) : expandSequence(list, kind === 'SEQx' ? 16 : 10)
}

/** Expands `var, start, step, end`, where the step, or the start and the step, may be omitted. */
function expandSequence(list: string, radix: number): (readonly [string, string])[][] | undefined {
  const [name = '', ...numbers] = list.split(',').map((each) => each.trim())
  const values = numbers.map((text) => (/^-?(0x[\da-f]+|\d+)$/i.test(text) ? parse(text) : Number.NaN))
  if (values.length === 0 || values.length > 3 || values.some(Number.isNaN)) return undefined
  const end = values.at(-1)!
  const start = values.length === 1 ? (end > 0 ? 1 : -1) : values[0]!
  const step = values.length === 3 ? values[1]! : end >= start ? 1 : -1
  if (step === 0 || Math.abs((end - start) / step) > MAX_REPETITIONS) return undefined
  const lines: (readonly [string, string])[][] = []
  for (let value = start; step > 0 ? value <= end : value >= end; value += step) {
    lines.push([[name, value.toString(radix)]])
  }
  return lines
}

/** A limit against mistakes that would exhaust the memory: the repetitions of one line. */
export const MAX_REPETITIONS = 65_536

function parse(text: string): number {
  return text.startsWith('-') ? -Number(text.slice(1)) : Number(text)
}

/** Expands `var, value, ...` or `{var, var}, {value, value}, ...`. */
function expandList(list: string): (readonly [string, string])[][] {
  const items = splitList(list)
    .map((item) => item.split(',').map((each) => each.trim()))
    .filter((item) => item.some((each) => each !== ''))
  const [names = [], ...values] = items
  return values.map((value) => names.map((name, index) => [name, value[index] ?? ''] as const))
}

/** The parts between braces, and those between commas outside braces. */
function splitList(list: string): string[] {
  const items: string[] = []
  for (let start = 0; start < list.length; ) {
    const isBraced = list[start] === '{'
    const end = isBraced ? list.indexOf('}', start) : indexOfAny(list, start)
    const stop = end === -1 ? list.length : end
    items.push(list.slice(isBraced ? start + 1 : start, stop))
    start = !isBraced && list[stop] === '{' ? stop : stop + 1
  }
  return items
}

function indexOfAny(list: string, start: number): number {
  let index = start
  while (index < list.length && !',{}'.includes(list[index]!)) index++
  return index
}
