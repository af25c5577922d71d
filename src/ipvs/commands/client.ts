import type { Transport } from '../../netlink/transport/transport.ts'
import type { CommandRunner } from './commands.ts'

/** What the calls of one client share. */
export interface IpvsSession {
  readonly commands: CommandRunner
  readonly transport: Transport
}
