import type { DaemonInput, SyncRole } from '../../../ipvs/model/daemon.ts'
import type { ResolvedServiceKey } from '../../../ipvs/model/service-key.ts'
import type { TimeoutChanges } from '../../../ipvs/model/settings.ts'
import type { BatchCommand } from '../../../ipvs/write/batch-command.ts'

/** The columns of a listing. */
export type ListingColumns = 'plain' | 'stats' | 'rate' | 'thresholds' | 'persistent-conn' | 'tun-info'

/** How a listing is printed. */
export interface ListingFormat {
  readonly columns: ListingColumns
  /** Numbers in place of the names of hosts and ports. ipvsadm `-n`. */
  readonly numeric: boolean
  /** Counters in full. ipvsadm `--exact`. */
  readonly exact: boolean
  /** False for the kernel's order. ipvsadm `--nosort`. */
  readonly sorted: boolean
}

/** A command line that was understood. */
export type IpvsadmCommand =
  | { readonly action: 'change'; readonly change: BatchCommand }
  | {
      readonly action: 'list'
      readonly service: ResolvedServiceKey | undefined
      readonly format: ListingFormat
    }
  | { readonly action: 'connections'; readonly numeric: boolean; readonly engines: boolean }
  | { readonly action: 'save'; readonly numeric: boolean }
  | { readonly action: 'set-timeouts'; readonly timeouts: TimeoutChanges }
  | { readonly action: 'start-daemon'; readonly daemon: DaemonInput }
  | { readonly action: 'stop-daemon'; readonly role: SyncRole }
  | { readonly action: 'restore' }
  | { readonly action: 'timeouts' | 'daemons' | 'help' | 'version' }
