import type { Connection } from '../../netlink/connection/connection.ts'
import { isTraced, trace } from '../../netlink/tracing.ts'
import type { HostTransport } from '../../netlink/transport/transport.ts'
import { NetworkCall } from './network-call.ts'

/** What the methods of one {@link Network} share: its connection and transport. */
export class NetworkClient {
  readonly connection: Connection
  readonly transport: HostTransport

  constructor(connection: Connection, transport: HostTransport) {
    this.connection = connection
    this.transport = transport
  }

  /**
   * Runs a method and traces it. Requests and errors of the method carry its name, `command`, and its `subject`: the affected
   * interface, address or route.
   */
  async call<T>(
    command: string,
    subject: string,
    signal: AbortSignal | undefined,
    run: (call: NetworkCall) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted()
    const start = () => run(new NetworkCall(this.connection, command, subject, signal))
    return isTraced() ? await trace({ command, subject }, start) : await start()
  }
}
