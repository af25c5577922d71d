import { ArgumentTypeError } from '../../errors.ts'
import type { Fault } from './fault.ts'
import { ERRNO_NAMES } from './kernel-errno.ts'
import type { CommandName, LoggedRequest } from './logged-request.ts'

/** A fault, and the requests that it happens to. */
export interface FaultRule {
  /** The requests affected: a command, several, or a predicate. Default: every request. */
  readonly on?: CommandName | readonly CommandName[] | ((request: LoggedRequest) => boolean) | undefined
  /** Number of these requests that pass first. Default 0. */
  readonly after?: number | undefined
  /** The fault happens to every n-th of the requests that follow. Default 1: to each of them. */
  readonly every?: number | undefined
  /** Number of times that it happens. Default 1; `Infinity` as long as the rule is active. */
  readonly times?: number | undefined
  /** The fault. */
  readonly fault: Fault
}

interface ActiveRule {
  readonly rule: FaultRule
  seen: number
  happened: number
}

/** The faults of a kernel. */
export class Faults {
  #rules: ActiveRule[] = []

  /** Adds a rule. Returns a function that removes it. */
  inject(rule: FaultRule): () => void {
    const { fault } = rule
    if (typeof fault !== 'object' || fault === null) throw new ArgumentTypeError('fault', 'an object', fault)
    if ('error' in fault && !ERRNO_NAMES.includes(fault.error)) {
      throw new ArgumentTypeError('fault.error', `one of ${ERRNO_NAMES.join(', ')}`, fault.error)
    }
    const active = { rule, seen: 0, happened: 0 }
    this.#rules.push(active)
    return () => {
      this.#rules = this.#rules.filter((other) => other !== active)
    }
  }

  /** Removes every rule. */
  clear(): void {
    this.#rules = []
  }

  /** @internal */
  get isEmpty(): boolean {
    return this.#rules.length === 0
  }

  /**
   * The faults that happen to a request.
   *
   * @internal
   */
  of(request: LoggedRequest): Fault[] {
    return this.#rules.filter((active) => this.#happens(active, request)).map(({ rule }) => rule.fault)
  }

  #happens(active: ActiveRule, request: LoggedRequest): boolean {
    const { on, after = 0, every = 1, times = 1 } = active.rule
    if (active.happened >= times || !matches(on, request)) return false
    const place = active.seen++ - after
    if (place < 0 || (place + 1) % every !== 0) return false
    active.happened++
    return true
  }
}

function matches(on: FaultRule['on'], request: LoggedRequest): boolean {
  if (on === undefined) return true
  if (typeof on === 'function') return on(request)
  return ([on].flat() as readonly unknown[]).includes(request.command)
}
