import { ArgumentRangeError, ArgumentTypeError } from '../errors.ts'

/** What a sysctl may be set to, and since when there is one. */
export type SysctlDefinition = (IntegerSysctl | ChoiceSysctl | PairSysctl | ProcessorsSysctl) & {
  /** The Linux version that brought it; absent where that is older than 3.0. */
  readonly since?: string
  /** What else it takes for a kernel to have it. */
  readonly needs?: string
}

/** A number in a range. */
export interface IntegerSysctl {
  /** The kind. */
  readonly type: 'integer'
  /** The smallest that is allowed. */
  readonly minimum: number
  /** The largest that is allowed. */
  readonly maximum: number
}

/** One of a few numbers. */
export interface ChoiceSysctl {
  /** The kind. */
  readonly type: 'choice'
  /** Those that mean something. */
  readonly choices: readonly number[]
}

/** Two numbers: how many packets, and out of how many. */
export interface PairSysctl {
  /** The kind. */
  readonly type: 'pair'
}

/** A list of processors in text. */
export interface ProcessorsSysctl {
  /** The kind. */
  readonly type: 'processors'
}

/** What sysctls are worth in JavaScript, all kinds together. */
export type AnySysctlValue = number | readonly [number, number] | string

/** INT_MAX. */
export const LARGEST_INTEGER = 2 ** 31 - 1

export const BOOLEAN = { type: 'choice', choices: [0, 1] } as const satisfies ChoiceSysctl

export function integer(minimum: number, maximum: number): IntegerSysctl {
  return { type: 'integer', minimum, maximum }
}

export function choice(...choices: readonly number[]): ChoiceSysctl {
  return { type: 'choice', choices }
}

/**
 * Checks a value for a sysctl, and gives the text to write.
 *
 * @throws {ArgumentTypeError} when it is of another kind.
 * @throws {ArgumentRangeError} when it is outside of what is allowed.
 */
export function formatValue(name: string, definition: SysctlDefinition, value: unknown): string {
  switch (definition.type) {
    case 'integer':
      return formatInteger(name, definition, value)
    case 'choice':
      return formatChoice(name, definition, value)
    case 'pair':
      return formatPair(name, value)
    case 'processors':
      return formatProcessors(name, value)
  }
}

/** Checks text for a sysctl about which nothing is known: one line. */
export function checkText(field: string, value: unknown): string {
  if (typeof value !== 'string' || /[\0\n\r]/.test(value)) {
    throw new ArgumentTypeError(field, 'text of one line', value)
  }
  return value
}

/** Reads the kernel's text; undefined when it is none of this kind. Values outside of the range are given as they are. */
export function parseValue(definition: SysctlDefinition, text: string): AnySysctlValue | undefined {
  switch (definition.type) {
    case 'integer':
    case 'choice':
      return parseInteger(text)
    case 'pair': {
      const [first = '', second = '', ...rest] = text.split(/\s+/)
      const pair = [parseInteger(first), parseInteger(second)] as const
      if (pair[0] === undefined || pair[1] === undefined || rest.length > 0) return undefined
      return [pair[0], pair[1]]
    }
    case 'processors':
      return text
  }
}

function parseInteger(text: string): number | undefined {
  return /^-?\d+$/.test(text) ? Number(text) : undefined
}

function formatInteger(name: string, { minimum, maximum }: IntegerSysctl, value: unknown): string {
  const allowed = `an integer from ${minimum} to ${maximum}`
  if (typeof value !== 'number') throw new ArgumentTypeError(name, allowed, value)
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    throw new ArgumentRangeError(name, allowed, value)
  }
  return String(value)
}

function formatChoice(name: string, { choices }: ChoiceSysctl, value: unknown): string {
  const allowed = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
  if (typeof value !== 'number') throw new ArgumentTypeError(name, allowed, value)
  if (!choices.includes(value)) throw new ArgumentRangeError(name, allowed, value)
  return String(value)
}

/** proc_do_sync_threshold, ip_vs_ctl.c: the first must be below the second, unless that is 0. */
function formatPair(name: string, value: unknown): string {
  const allowed = 'two integers [count, period] from 0 to 2147483647, count below period unless period is 0'
  const numbers: readonly unknown[] = Array.isArray(value) ? value : []
  const [count, period] = numbers
  if (numbers.length !== 2 || typeof count !== 'number' || typeof period !== 'number') {
    throw new ArgumentTypeError(name, allowed, value)
  }
  const inRange = [count, period].every((n) => Number.isInteger(n) && n >= 0 && n <= LARGEST_INTEGER)
  if (!inRange || (count >= period && period !== 0)) {
    throw new ArgumentRangeError(name, allowed, `[${count}, ${period}]`)
  }
  return `${count} ${period}`
}

/** A list of processors as bitmap_parselist reads it: single ones, ranges, ranges in groups, `N` for the last. */
const PROCESSORS =
  /^(all|(\d{1,5}|N)(-(\d{1,5}|N)(:\d{1,5}\/\d{1,5})?)?)(,(\d{1,5}|N)(-(\d{1,5}|N)(:\d{1,5}\/\d{1,5})?)?)*$/

function formatProcessors(name: string, value: unknown): string {
  const allowed = "a list of processors such as '0-3,8', 'all', or '' for none"
  if (typeof value !== 'string' || (value !== '' && !PROCESSORS.test(value))) {
    throw new ArgumentTypeError(name, allowed, value)
  }
  return value
}
