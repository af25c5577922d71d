import { ArgumentTypeError } from '../../errors.ts'
import type { Fault } from './fault.ts'
import { ERRNO_NAMES } from './kernel-errno.ts'
import type { CommandName, LoggedRequest } from './logged-request.ts'

/** When something goes wrong. */
export interface FaultRule {
  /** The requests affected: a command, several, or a predicate. Default: every request. */
  readonly on?: CommandName | readonly CommandName[] | ((request: LoggedRequest) => boolean) | undefined
  /** How many of them pass first. Default 0. */
  readonly after?: number | undefined
  /** Of the requests that follow, the fault happens to every n-th: 1, the default, for each. */
  readonly every?: number | undefined
  /** How often it happens. Default 1; `Infinity` for as long as the rule is active. */
  readonly times?: number | undefined
  /** What happens. */
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

  /** Adds a rule; the function that it returns removes the rule again. */
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
