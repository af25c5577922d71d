import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import type { ResolvedState } from '../model/target.ts'
import type { Claim, Ownership, OwnershipPredicate } from './ownership.ts'

/** What is remembered of what was made, and of what is draining. */
export interface Ledger extends Ownership {
  /** By {@link drainKey}; milliseconds since 1970. */
  readonly deadlines: Map<string, number>
  /** Notes what is going to be made, before it is. */
  recordPlanned(target: ResolvedState, services: readonly string[], daemons: readonly string[]): void
  /** Notes a daemon that was started. */
  recordDaemon(role: string): void
  /** Forgets what is there no more, or turned out to be somebody else's. */
  forget(services: Iterable<string>, daemons: Iterable<string>): void
  /** The services that are noted. */
  readonly services: Iterable<string>
  /** Keeps what was noted, if it has to be kept longer than this process. */
  save(): Promise<void>
}

/** What one client has made: the caller owns that; what else the document names it may change, but take nothing of it. */
export class InMemoryLedger implements Ledger {
  readonly deadlines = new Map<string, number>()
  readonly services = new Set<string>()
  readonly #daemons = new Set<string>()

  claim(name: string, _: ResolvedServiceKey, exists: boolean): Claim {
    return !exists || this.owns(name) ? 'owned' : 'shared'
  }

  owns(name: string): boolean {
    return this.services.has(name)
  }

  ownsDaemon(role: string): boolean {
    return this.#daemons.has(role)
  }

  explain(): string {
    return ''
  }

  recordPlanned(_: ResolvedState, services: readonly string[], daemons: readonly string[]): void {
    for (const name of services) this.services.add(name)
    for (const role of daemons) this.#daemons.add(role)
  }

  recordDaemon(role: string): void {
    this.#daemons.add(role)
  }

  forget(services: Iterable<string>, daemons: Iterable<string>): void {
    for (const name of services) this.services.delete(name)
    for (const role of daemons) this.#daemons.delete(role)
  }

  async save(): Promise<void> {}
}

/** The caller owns what a predicate says, and the daemons; nothing has to be remembered but what is draining. */
export class PredicateLedger implements Ledger {
  readonly deadlines: Map<string, number>
  readonly services: readonly string[] = []
  readonly #owns: OwnershipPredicate

  constructor(owns: OwnershipPredicate, deadlines: Map<string, number>) {
    this.#owns = owns
    this.deadlines = deadlines
  }

  claim(_: string, key: ResolvedServiceKey): Claim {
    return this.#owns(key) ? 'owned' : 'foreign'
  }

  owns(_: string, key: ResolvedServiceKey): boolean {
    return this.#owns(key)
  }

  ownsDaemon(): boolean {
    return true
  }

  explain(): string {
    return 'is not among what `owns` accepts: take it out of the document, or let `owns` accept it'
  }

  recordPlanned(): void {}

  recordDaemon(): void {}

  forget(): void {}

  async save(): Promise<void> {}
}
