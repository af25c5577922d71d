/** The texts that `$NAME=` has given names to, and that `$NAME` and `${NAME}` stand for. */
export class Definitions {
  readonly #texts = new Map<string, string>()

  define(name: string, text: string): void {
    this.#texts.set(name, text)
  }

  /**
   * Puts texts in the place of their names, once. Names that were not defined stay as they are, as they do in keepalived: a
   * command may have a `$` that is none of our business.
   */
  expand(line: string): string {
    if (!line.includes('$')) return line
    return line.replace(NAME, (whole, braced?: string, plain?: string) => {
      return this.#texts.get(braced ?? plain ?? '') ?? whole
    })
  }
}

/** `${NAME}`, and `$NAME` before white space. */
const NAME = /\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)(?=\s|$)/g

/** The lines that `~SEQ(...)` or `~LST(...)` at the head of a line stands for, each as what to define for it. */
export function expandRepetition(head: string): readonly (readonly [string, string])[][] | undefined {
  const [, kind, list] = /^~(SEQx?|LST)\((.*)\)$/s.exec(head) ?? []
  if (kind === undefined || list === undefined) return undefined
  return kind === 'LST' ? expandList(list) : expandSequence(list, kind === 'SEQx' ? 16 : 10)
}

/** `var, start, step, end`, of which the step and then the start may be left out. */
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

/** Repetitions that are thinkable. */
const MAX_REPETITIONS = 1_000_000

function parse(text: string): number {
  return text.startsWith('-') ? -Number(text.slice(1)) : Number(text)
}

/** `var, value, ...` or `{var, var}, {value, value}, ...`. */
function expandList(list: string): (readonly [string, string])[][] {
  const items = [...list.matchAll(/\{([^}]*)\}|([^,{}]+)/g)]
    .map(([, braced, plain]) =>
      braced === undefined ? [plain!.trim()] : braced.split(',').map((each) => each.trim()),
    )
    .filter((item) => item.some((each) => each !== ''))
  const [names = [], ...values] = items
  return values.map((value) => names.map((name, index) => [name, value[index] ?? ''] as const))
}
