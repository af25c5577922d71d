import type { DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import { defineHandler } from './resource-handler.ts'

/** The synchronisation daemon of a role, `master` or `backup`; null where it is not running. */
export const DAEMON = defineHandler<DaemonInput | null>({
  kind: 'daemon',
  async find(host, role) {
    const daemons = await (await host.ipvs()).daemons()
    return (daemons.find((daemon) => daemon.role === role) as DaemonInput | undefined) ?? null
  },
  async apply(host, role, value, found) {
    const ipvs = await host.ipvs()
    // A running one takes no changes.
    if (found !== null) await ipvs.stopDaemon(role as SyncRole)
    if (value !== null) await ipvs.startDaemon(value)
  },
  equals: (a, b) =>
    a === null || b === null ? a === b : a.interface === b.interface && (a.syncId ?? 0) === (b.syncId ?? 0),
  format: (value) => (value === null ? 'none' : `on ${value.interface}, syncId ${value.syncId ?? 0}`),
})
