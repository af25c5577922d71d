import type { Sysctls } from '../../sysctl/sysctls.ts'
import { type Ledger, OwnedByPredicate, OwnWork } from '../ownership/ledger.ts'
import type { CheckedOptions } from '../plan/options.ts'
import { Poll } from '../watch/shared-poller.ts'
import { SetLedger } from '../ownership/set-ledger.ts'
import type { TableClient } from '../model/table-client.ts'

/** What is remembered for one client while it lives. */
export class Memory {
  /** The destinations whose end somebody waits for, by {@link drainKey}; taken out when one is wanted again. */
  readonly waiting = new Set<string>()
  /** Those of the client's namespace; undefined where there is no kernel. */
  sysctls: Pick<Sysctls, 'find'> | undefined
  readonly #ownWork = new OwnWork()
  #poll: Poll | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** What is known of whose the services are. */
  async ledger({ owns, set }: CheckedOptions): Promise<Ledger> {
    if (set !== undefined) return SetLedger.load(set)
    return owns === undefined ? this.#ownWork : new OwnedByPredicate(owns, this.#ownWork.deadlines)
  }

  /** The readings that all who watch share. */
  poll(ipvs: TableClient): Poll {
    this.#poll ??= new Poll(ipvs)
    return this.#poll
  }

  /** Reads, plans and sends without another of this client's plans in between. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }
}

const memories = new WeakMap<TableClient, Memory>()

/** The memory of a client. */
export function memoryOf(ipvs: TableClient): Memory {
  let memory = memories.get(ipvs)
  if (memory === undefined) {
    memory = new Memory()
    memories.set(ipvs, memory)
  }
  return memory
}
