import type { KnownServiceKey } from '../../ipvs/model/service-key.ts'
import type { Claim, Ownership, OwnershipPredicate } from './ownership.ts'
import type { TargetTable } from '../model/target.ts'

/** What is remembered of what was made, and of what is draining. */
export interface Ledger extends Ownership {
  /** By {@link drainKey}; milliseconds since 1970. */
  readonly deadlines: Map<string, number>
  /** Notes what is going to be made, before it is. */
  note(target: TargetTable, services: readonly string[], daemons: readonly string[]): void
  /** Notes a daemon that was started. */
  noteDaemon(role: string): void
  /** Forgets what is there no more, or turned out to be somebody else's. */
  forget(services: Iterable<string>, daemons: Iterable<string>): void
  /** The services that are noted. */
  readonly services: Iterable<string>
  /** Keeps what was noted, if it has to be kept longer than this process. */
  save(): Promise<void>
}

/** What one client has made: the caller owns that; what else the document names it may change, but take nothing of it. */
export class OwnWork implements Ledger {
  readonly deadlines = new Map<string, number>()
  readonly services = new Set<string>()
  readonly #daemons = new Set<string>()

  claim(name: string, _: KnownServiceKey, exists: boolean): Claim {
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

  note(_: TargetTable, services: readonly string[], daemons: readonly string[]): void {
    for (const name of services) this.services.add(name)
    for (const role of daemons) this.#daemons.add(role)
  }

  noteDaemon(role: string): void {
    this.#daemons.add(role)
  }

  forget(services: Iterable<string>, daemons: Iterable<string>): void {
    for (const name of services) this.services.delete(name)
    for (const role of daemons) this.#daemons.delete(role)
  }

  async save(): Promise<void> {}
}

/** The caller owns what a predicate says, and the daemons; nothing has to be remembered but what is draining. */
export class OwnedByPredicate implements Ledger {
  readonly deadlines: Map<string, number>
  readonly services: readonly string[] = []
  readonly #owns: OwnershipPredicate

  constructor(owns: OwnershipPredicate, deadlines: Map<string, number>) {
    this.#owns = owns
    this.deadlines = deadlines
  }

  claim(_: string, key: KnownServiceKey): Claim {
    return this.#owns(key) ? 'owned' : 'foreign'
  }

  owns(_: string, key: KnownServiceKey): boolean {
    return this.#owns(key)
  }

  ownsDaemon(): boolean {
    return true
  }

  explain(): string {
    return 'is not among what `owns` accepts: take it out of the document, or let `owns` accept it'
  }

  note(): void {}

  noteDaemon(): void {}

  forget(): void {}

  async save(): Promise<void> {}
}
