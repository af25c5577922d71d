import { ArgumentTypeError } from '../../errors.ts'
import { ERRNO, type ErrnoName } from './kernel-errno.ts'
import type { CommandName, LoggedRequest } from './logged-request.ts'

/** Something that goes wrong. */
export type Fault =
  | {
      /** The command is not carried out, and refused. */
      readonly kind: 'refuse'
      /** With which error. */
      readonly error: ErrnoName
    }
  | {
      /** The command is carried out and nothing is said, as a kernel does with a daemon that is stopped too early. */
      readonly kind: 'silence'
    }
  | {
      /**
       * The receive buffer overflows (ENOBUFS): the commands of the datagram are carried out, and of their answers only the
       * first few survive.
       */
      readonly kind: 'overrun'
      /** How many survive. Default 0. */
      readonly keep?: number | undefined
    }
  | {
      /** The answer is cut, and the kernel says so (MSG_TRUNC). */
      readonly kind: 'truncate'
      /** Bytes that are missing at its end. Default 4. */
      readonly bytes?: number | undefined
    }
  | {
      /** The answer is torn: its end is missing, and nothing says so. */
      readonly kind: 'tear'
      /** Bytes that are missing. Default 4. */
      readonly bytes?: number | undefined
    }
  | {
      /** The answer has the number of a request that was never made. */
      readonly kind: 'foreign-sequence'
    }
  | {
      /** The kernel takes its time over the datagram. */
      readonly kind: 'delay'
      /** Real milliseconds. */
      readonly milliseconds: number
    }
  | {
      /** The kernel carries the datagram out and never comes back to say so. */
      readonly kind: 'hang'
    }
  | {
      /** A system call on the socket fails. */
      readonly kind: 'system-call'
      /** `sendmsg`: the datagram is not sent; `recvmmsg`: it is carried out and the answers cannot be read. */
      readonly call: 'sendmsg' | 'recvmmsg'
      /** How. */
      readonly error: ErrnoName
    }
  | {
      /** Something else happens before the command: another client changes the table, the module goes. */
      readonly kind: 'meanwhile'
      /** What it is; {@link SimulatedKernel.run} carries out commands of another client. */
      readonly run: () => void
    }
  | {
      /** Something else happens between the first block of a dump and the second. */
      readonly kind: 'between-blocks'
      /** What it is. */
      readonly run: () => void
    }

/** When something goes wrong. */
export interface FaultRule {
  /** The requests concerned: a command, several, or a predicate. Default: every request. */
  readonly on?: CommandName | readonly CommandName[] | ((request: LoggedRequest) => boolean) | undefined
  /** How many of them pass first. Default 0. */
  readonly after?: number | undefined
  /** Of those that follow, every how many-th is concerned: 1, the default, for each. */
  readonly every?: number | undefined
  /** How often it happens. Default 1; `Infinity` for as long as the rule stands. */
  readonly times?: number | undefined
  /** What happens. */
  readonly fault: Fault
}

interface ActiveRule {
  readonly rule: FaultRule
  seen: number
  happened: number
}

/** What goes wrong in a kernel. */
export class Faults {
  #rules: ActiveRule[] = []

  /** Has something go wrong; gives what takes it back. */
  inject(rule: FaultRule): () => void {
    const { fault } = rule
    if (typeof fault !== 'object' || fault === null) throw new ArgumentTypeError('fault', 'an object', fault)
    if ('error' in fault && !Object.hasOwn(ERRNO, fault.error)) {
      throw new ArgumentTypeError('fault.error', `one of ${Object.keys(ERRNO).join(', ')}`, fault.error)
    }
    const standing = { rule, seen: 0, happened: 0 }
    this.#rules.push(standing)
    return () => {
      this.#rules = this.#rules.filter((other) => other !== standing)
    }
  }

  /** Takes all back. */
  clear(): void {
    this.#rules = []
  }

  /** @internal */
  get isEmpty(): boolean {
    return this.#rules.length === 0
  }

  /**
   * What goes wrong with a request.
   *
   * @internal
   */
  of(request: LoggedRequest): Fault[] {
    return this.#rules.filter((standing) => this.#happens(standing, request)).map(({ rule }) => rule.fault)
  }

  #happens(standing: ActiveRule, request: LoggedRequest): boolean {
    const { on, after = 0, every = 1, times = 1 } = standing.rule
    if (standing.happened >= times || !matches(on, request)) return false
    const place = standing.seen++ - after
    if (place < 0 || (place + 1) % every !== 0) return false
    standing.happened++
    return true
  }
}

function matches(on: FaultRule['on'], request: LoggedRequest): boolean {
  if (on === undefined) return true
  if (typeof on === 'function') return on(request)
  return ([on].flat() as readonly unknown[]).includes(request.command)
}
