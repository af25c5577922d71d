import type { Sysctls } from '../../sysctl/sysctls.ts'
import type { TableClient } from '../model/table-client.ts'
import { InMemoryLedger, type Ledger, PredicateLedger } from '../ownership/ledger.ts'
import { FileLedger } from '../ownership/set-ledger.ts'
import type { CheckedOptions } from '../plan/options.ts'
import { SharedPoller } from '../watch/shared-poller.ts'

/** What is remembered for one client while it lives. */
export class ClientContext {
  /** The destinations whose end somebody waits for, by {@link drainKey}; taken out when one is wanted again. */
  readonly awaitedDrains = new Set<string>()
  /** Those of the client's namespace; undefined where there is no kernel. */
  sysctls: Pick<Sysctls, 'find'> | undefined
  readonly #ownWork = new InMemoryLedger()
  #poll: SharedPoller | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** What is known of whose the services are. */
  async openLedger({ owns, set }: CheckedOptions): Promise<Ledger> {
    if (set !== undefined) return FileLedger.load(set)
    return owns === undefined ? this.#ownWork : new PredicateLedger(owns, this.#ownWork.deadlines)
  }

  /** The readings that all who watch share. */
  poller(ipvs: TableClient): SharedPoller {
    this.#poll ??= new SharedPoller(ipvs)
    return this.#poll
  }

  /** Reads, plans and sends without another of this client's plans in between. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }
}

const memories = new WeakMap<TableClient, ClientContext>()

/** The memory of a client. */
export function contextOf(ipvs: TableClient): ClientContext {
  let memory = memories.get(ipvs)
  if (memory === undefined) {
    memory = new ClientContext()
    memories.set(ipvs, memory)
  }
  return memory
}
