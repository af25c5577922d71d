import { ArgumentRangeError, ArgumentTypeError } from '../errors.ts'

/** The values that a sysctl accepts, and the kernels that have it. */
export type SysctlDefinition = (IntegerSysctl | ChoiceSysctl | PairSysctl | ProcessorsSysctl) & {
  /** The first Linux version with this sysctl; absent if older than 3.0. */
  readonly since?: string
  /** Other requirements of the sysctl, such as a module. */
  readonly needs?: string
}

/** An integer in a range. */
export interface IntegerSysctl {
  /** The kind. */
  readonly type: 'integer'
  /** The smallest accepted value. */
  readonly minimum: number
  /** The largest accepted value. */
  readonly maximum: number
}

/** One of several numbers. */
export interface ChoiceSysctl {
  /** The kind. */
  readonly type: 'choice'
  /** The accepted values. */
  readonly choices: readonly number[]
}

/** Two numbers: a count of packets, and a period. */
export interface PairSysctl {
  /** The kind. */
  readonly type: 'pair'
}

/** A list of processors as text. */
export interface ProcessorsSysctl {
  /** The kind. */
  readonly type: 'processors'
}

/** The value of a sysctl of any kind. */
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
 * Checks the value for a sysctl. Returns the text to write.
 *
 * @throws {ArgumentTypeError} if the value has another type.
 * @throws {ArgumentRangeError} if the value is not accepted.
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

/** Checks the text for a sysctl without a definition: a single line. */
export function checkText(field: string, value: unknown): string {
  if (typeof value !== 'string' || /[\0\n\r]/.test(value)) {
    throw new ArgumentTypeError(field, 'text of a single line', value)
  }
  return value
}

/** Parses the text of the kernel; undefined if the text is of another kind. Values outside the range are returned unchanged. */
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

/** The first number must be below the second, unless that is 0 (proc_do_sync_threshold, ip_vs_ctl.c). */
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

/** A list of processors in the format of bitmap_parselist: numbers, ranges, ranges with groups, `N` for the last one. */
const PROCESSORS =
  /^(all|(\d{1,5}|N)(-(\d{1,5}|N)(:\d{1,5}\/\d{1,5})?)?)(,(\d{1,5}|N)(-(\d{1,5}|N)(:\d{1,5}\/\d{1,5})?)?)*$/

function formatProcessors(name: string, value: unknown): string {
  const allowed = "a list of processors such as '0-3,8', 'all', or '' for none"
  if (typeof value !== 'string' || (value !== '' && !PROCESSORS.test(value))) {
    throw new ArgumentTypeError(name, allowed, value)
  }
  return value
}
