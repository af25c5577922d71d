import type { NetworkNamespace } from '../ipvs/namespace.ts'

/**
 * State of the module `ip_vs`: `loaded`; `unloaded` until a client looks up the family; or `absent`, as on a kernel that was
 * built without it.
 */
export type ModuleState = 'loaded' | 'unloaded' | 'absent'

/** The kernel module `ip_vs`. */
export class IpvsModule {
  #state: ModuleState = 'unloaded'
  #nextFamily: number
  #familyId: number | undefined
  readonly #namespaces: ReadonlyMap<string, NetworkNamespace>

  constructor(namespaces: ReadonlyMap<string, NetworkNamespace>, familyId: number) {
    this.#namespaces = namespaces
    this.#nextFamily = familyId
  }

  /** Its state. */
  get state(): ModuleState {
    return this.#state
  }

  /** The current number of the family IPVS; undefined while the module is not loaded. */
  get familyId(): number | undefined {
    return this.#familyId
  }

  /** Loads the module unless it is absent. The family gets a new number each time. */
  load(): void {
    if (this.#state !== 'unloaded') return
    this.#state = 'loaded'
    this.#familyId = this.#nextFamily++
  }

  /** Unloads the module, which loses all its state; pass `absent` if it cannot be loaded again. */
  unload(state: 'unloaded' | 'absent' = 'unloaded'): void {
    for (const namespace of this.#namespaces.values()) namespace.reset()
    this.#state = state
    this.#familyId = undefined
  }
}
