import type { Sysctls } from '../../sysctl/sysctls.ts'
import type { TableClient } from '../model/table.ts'
import { FileLedger } from '../ownership/file-ledger.ts'
import { InMemoryLedger, type Ledger, PredicateLedger } from '../ownership/ledger.ts'
import type { CheckedOptions } from '../plan/options.ts'

/** The state that the plans of one client share. */
export class ClientContext {
  readonly client: TableClient
  /** The sysctls of the client's network namespace. */
  readonly sysctls: Pick<Sysctls, 'find'>
  readonly #ledger = new InMemoryLedger()
  #last: Promise<unknown> = Promise.resolve()

  constructor(client: TableClient, sysctls: Pick<Sysctls, 'find'>) {
    this.client = client
    this.sysctls = sysctls
  }

  /** Opens the ledger that the options select. */
  async openLedger({ owns, set }: Pick<CheckedOptions, 'owns' | 'set'>): Promise<Ledger> {
    if (set !== undefined) return await FileLedger.load(set)
    return owns === undefined ? this.#ledger : new PredicateLedger(owns, this.#ledger)
  }

  /** Runs work that reads, plans and sends, without another plan of this client in between. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }
}
