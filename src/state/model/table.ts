import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import type { Daemon } from '../../ipvs/model/daemon.ts'
import type { Service } from '../../ipvs/model/service.ts'
import type { Timeouts } from '../../ipvs/model/settings.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'

/** The methods of a client that read and write the table. */
export type TableClient = Pick<
  IpvsClient,
  'services' | 'service' | 'timeouts' | 'daemons' | 'batch' | 'setTimeouts' | 'startDaemon' | 'stopDaemon'
>

/** The table at one moment. */
export interface CurrentTable {
  /** The virtual services with their destinations. */
  readonly services: readonly Service[]
  /** The connection timeouts. */
  readonly timeouts: Timeouts
  /** The running synchronisation daemons. */
  readonly daemons: readonly Daemon[]
}

/** A table without services and daemons. */
export const EMPTY_TABLE: CurrentTable = {
  services: [],
  timeouts: { tcp: 0, tcpFin: 0, udp: 0 },
  daemons: [],
}

/** Reads the table. */
export async function readTable(client: TableClient, options: CallOptions = {}): Promise<CurrentTable> {
  const [services, timeouts, daemons] = await Promise.all([
    client.services(options),
    client.timeouts(options),
    client.daemons(options),
  ])
  return { services, timeouts, daemons }
}
