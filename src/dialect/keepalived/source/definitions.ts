/** The definitions `$NAME=text`, to which `$NAME` and `${NAME}` refer. */
export class Definitions {
  readonly #texts = new Map<string, string>()

  define(name: string, text: string): void {
    this.#texts.set(name, text)
  }

  /**
   * Replaces each reference with its definition, once. Undefined names stay, as in keepalived: a `$` may belong to the command
   * of a check.
   */
  expand(line: string): string {
    if (!line.includes('$')) return line
    return line.replace(NAME, (whole, braced?: string, plain?: string) => {
      return this.#texts.get(braced ?? plain ?? '') ?? whole
    })
  }
}

/** `${NAME}`, and `$NAME` followed by white space. */
const NAME = /\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)(?=\s|$)/g

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

/** A limit against mistakes that would exhaust the memory. */
const MAX_REPETITIONS = 1_000_000

function parse(text: string): number {
  return text.startsWith('-') ? -Number(text.slice(1)) : Number(text)
}

/** Expands `var, value, ...` or `{var, var}, {value, value}, ...`. */
function expandList(list: string): (readonly [string, string])[][] {
  const items = [...list.matchAll(/\{([^}]*)\}|([^,{}]+)/g)]
    .map(([, braced, plain]) =>
      braced === undefined ? [plain!.trim()] : braced.split(',').map((each) => each.trim()),
    )
    .filter((item) => item.some((each) => each !== ''))
  const [names = [], ...values] = items
  return values.map((value) => names.map((name, index) => [name, value[index] ?? ''] as const))
}
