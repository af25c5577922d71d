import type { NetlinkProtocol, NetlinkSocket, Transport } from '../../../src/netlink/transport/transport.ts'

/** A transport that observes the sockets of another transport, and can fail to open one. */
export class ObservedTransport implements Transport {
  /** The sockets in the order in which they were opened. */
  readonly sockets: { exchanges: number; closed: boolean }[] = []
  /** The errors of the next calls of `open`, one each. */
  readonly failures: Error[] = []
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  async open(protocol: NetlinkProtocol): Promise<NetlinkSocket> {
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    const socket = await this.#transport.open(protocol)
    const observed = { exchanges: 0, closed: false }
    this.sockets.push(observed)
    return {
      portId: socket.portId,
      receiveBuffer: socket.receiveBuffer,
      sendBuffer: socket.sendBuffer,
      exchange: (request) => {
        observed.exchanges++
        return socket.exchange(request)
      },
      close: () => {
        observed.closed = true
        socket.close()
      },
    }
  }

  readFile(path: string): AsyncIterable<Uint8Array> {
    return this.#transport.readFile(path)
  }
}
