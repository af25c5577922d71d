import type { HostTransport } from '../../netlink/transport/transport.ts'
import type { Requests } from './network-call.ts'

/** What the calls of one client share. */
export interface NetworkClient {
  readonly requests: Requests
  readonly transport: HostTransport
}
