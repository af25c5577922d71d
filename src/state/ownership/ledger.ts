import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'

/**
 * The claim of the caller to a service in its document: steps on an `owned` service are not restricted, nothing is removed from
 * a `shared` service, and a `foreign` service must not be changed at all.
 */
export type Claim = 'owned' | 'shared' | 'foreign'

/** Decides whether a service belongs to the caller. */
export type OwnershipPredicate = (service: ResolvedServiceKey) => boolean

/** A service in the document that belongs to another owner. */
export interface OwnershipConflict {
  /** The service as text. */
  readonly service: string
  /** The owner, if it is known, and how to resolve the conflict. */
  readonly explanation: string
}

/** The document contains services that belong to another owner; nothing was changed. */
export class OwnershipError extends Error {
  /** The class, for messages. */
  override readonly name = 'OwnershipError'
  /** Constant. */
  readonly code = 'ERR_LVS_OWNERSHIP'
  /** All such services. */
  readonly conflicts: readonly OwnershipConflict[]

  constructor(conflicts: readonly OwnershipConflict[]) {
    const [first] = conflicts
    const more = conflicts.length > 1 ? ` (and ${conflicts.length - 1} more)` : ''
    super(`${first?.service} ${first?.explanation}${more}`)
    this.conflicts = conflicts
  }
}

/** Records which services and daemons the caller owns, and which destinations drain. */
export interface Ledger {
  /** The latest time at which each draining destination is removed, by {@link drainKey}; milliseconds on the monotonic clock. */
  readonly deadlines: Map<string, number>
  /**
   * The services whose fallback flag is set for the time of a drain. A plan with a document that sets the flag itself, or for
   * which no destination drains, removes the service from here.
   */
  readonly fallbacks: Set<string>
  /** Returns the claim to a service of the document. `exists` says whether the table contains it. */
  claim(name: string, key: ResolvedServiceKey, exists: boolean): Claim
  /** Whether the caller owns a service that the document omits. Such a service is removed. */
  owns(name: string, key: ResolvedServiceKey): boolean
  /** Whether the caller owns a daemon that the document omits. */
  ownsDaemon(role: string): boolean
  /** Explains why a service is foreign and how to resolve the conflict. */
  explain(name: string): string
  /** Records the services that a plan adds, before they are added; `desired` are all services of the document. */
  recordPlanned(added: Iterable<string>, desired: Iterable<string>): void
  /** Records a daemon that the caller starts. */
  recordDaemon(role: string): void
  /** Removes a service that no longer exists or that another process created. */
  forgetService(name: string): void
  /** Removes a daemon that was stopped. */
  forgetDaemon(role: string): void
  /** Writes the records to a place where they outlive the process, if the ledger has one. */
  save(): Promise<void>
}

/** The caller owns the entries that this client created. Other services in the document are shared. */
export class InMemoryLedger implements Ledger {
  readonly deadlines = new Map<string, number>()
  readonly fallbacks = new Set<string>()
  readonly #services = new Set<string>()
  readonly #daemons = new Set<string>()

  claim(name: string, _: ResolvedServiceKey, exists: boolean): Claim {
    return !exists || this.owns(name) ? 'owned' : 'shared'
  }

  owns(name: string): boolean {
    return this.#services.has(name)
  }

  ownsDaemon(role: string): boolean {
    return this.#daemons.has(role)
  }

  explain(): string {
    return ''
  }

  recordPlanned(added: Iterable<string>): void {
    for (const name of added) this.#services.add(name)
  }

  recordDaemon(role: string): void {
    this.#daemons.add(role)
  }

  forgetService(name: string): void {
    this.#services.delete(name)
  }

  forgetDaemon(role: string): void {
    this.#daemons.delete(role)
  }

  async save(): Promise<void> {}
}

/** The caller owns the services that a predicate accepts, and all daemons. Only drains are recorded. */
export class PredicateLedger implements Ledger {
  readonly deadlines: Map<string, number>
  readonly fallbacks: Set<string>
  readonly #owns: OwnershipPredicate

  constructor(owns: OwnershipPredicate, drains: Pick<Ledger, 'deadlines' | 'fallbacks'>) {
    this.#owns = owns
    this.deadlines = drains.deadlines
    this.fallbacks = drains.fallbacks
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
    return 'is not owned, because `owns` returns false for it: remove it from the document, or change `owns`'
  }

  recordPlanned(): void {}

  recordDaemon(): void {}

  forgetService(): void {}

  forgetDaemon(): void {}

  async save(): Promise<void> {}
}
