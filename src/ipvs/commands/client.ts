import type { Transport } from '../../netlink/transport/transport.ts'
import type { Commands } from './commands.ts'

/** What the calls of one client share. */
export interface Client {
  readonly commands: Commands
  readonly transport: Transport
}
