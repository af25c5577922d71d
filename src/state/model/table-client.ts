import type { IpvsClient } from '../../ipvs/ipvs-client.ts'

/** What of a client this room uses, so that anything that behaves like a table can stand in its place. */
export type TableClient = Pick<
  IpvsClient,
  'services' | 'service' | 'timeouts' | 'daemons' | 'batch' | 'setTimeouts' | 'startDaemon' | 'stopDaemon'
>
