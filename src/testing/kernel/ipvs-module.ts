import type { NetworkNamespace } from '../ipvs/namespace.ts'

/**
 * The module `ip_vs`: `loaded`; `unloaded`, and loaded by the first that asks for the family; or `absent`, as on a kernel
 * that was built without it.
 */
export type ModuleState = 'loaded' | 'unloaded' | 'absent'

/** The kernel module that carries IPVS. */
export class IpvsModule {
  #state: ModuleState = 'unloaded'
  #nextFamily: number
  #familyId: number | undefined
  readonly #namespaces: ReadonlyMap<string, NetworkNamespace>

  constructor(namespaces: ReadonlyMap<string, NetworkNamespace>, familyId: number) {
    this.#namespaces = namespaces
    this.#nextFamily = familyId
  }

  /** Whether it is there. */
  get state(): ModuleState {
    return this.#state
  }

  /** The family's number at present; undefined while the module is not loaded. */
  get familyId(): number | undefined {
    return this.#familyId
  }

  /** Loads it, unless it is absent. Each time the family gets another number. */
  load(): void {
    if (this.#state !== 'unloaded') return
    this.#state = 'loaded'
    this.#familyId = this.#nextFamily++
  }

  /** Unloads it, with all that it knows; `absent` if it cannot be loaded again. */
  unload(state: 'unloaded' | 'absent' = 'unloaded'): void {
    for (const namespace of this.#namespaces.values()) namespace.reset()
    this.#state = state
    this.#familyId = undefined
  }
}
