import type { HostTransport } from '../netlink/transport.ts'
import type { Requests } from './requests.ts'

/** What the calls of one client share. */
export interface NetworkClient {
  readonly requests: Requests
  readonly transport: HostTransport
}
