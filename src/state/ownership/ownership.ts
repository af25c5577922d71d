import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'

/**
 * Whose a service is that the document names: `owned` by the caller, who may do anything to it; `shared`, so that nothing of
 * it may be removed; or `foreign`, so that it may not be touched.
 */
export type Claim = 'owned' | 'shared' | 'foreign'

/** What of a table the caller may touch. */
export interface Ownership {
  /** For a service that the document names, which exists or is to be made. */
  claim(name: string, key: ResolvedServiceKey, exists: boolean): Claim
  /** Whether a service that the document does not name is the caller's, so that it is to be removed. */
  owns(name: string, key: ResolvedServiceKey): boolean
  /** Whether a daemon that the document does not name is the caller's. */
  ownsDaemon(role: string): boolean
  /** Whose a foreign service is, as far as that is known, and what to do about it. */
  explain(name: string): string
}

/** Says which services are the caller's. */
export type OwnershipPredicate = (service: ResolvedServiceKey) => boolean

/** A service that the document names and that is not the caller's. */
export interface OwnershipConflict {
  /** The service as text. */
  readonly service: string
  /** Whose it is, as far as that is known, and what to do about it. */
  readonly explanation: string
}

/** The document names services that are not the caller's; nothing was touched. */
export class OwnershipError extends Error {
  /** The class, for messages. */
  override readonly name = 'OwnershipError'
  /** Constant. */
  readonly code = 'ERR_LVS_OWNERSHIP'
  /** All such services. */
  readonly conflicts: readonly OwnershipConflict[]

  constructor(clashes: readonly OwnershipConflict[]) {
    const [first] = clashes
    const more = clashes.length > 1 ? ` (and ${clashes.length - 1} more)` : ''
    super(`${first?.service} ${first?.explanation}${more}`)
    this.conflicts = clashes
  }
}
