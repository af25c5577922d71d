import type {
  ExchangeReport,
  ExchangeRequest,
  NetlinkProtocol,
  NetlinkSocket,
  Transport,
} from '../../netlink/transport/transport.ts'
import { formatDatagrams, formatExchange } from './transcript.ts'

/**
 * Records the exchanges of a transport as text that people can read and {@link Replay} can replay: each message with its
 * command, its attributes and its bytes, four per line.
 */
export class Recorder implements Transport {
  readonly #transport: Transport
  readonly #parts: string[] = []
  #sockets = 0

  /** @param transport The transport to record, of a real or a simulated kernel. */
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The recording so far. */
  get text(): string {
    return this.#parts.join('\n')
  }

  /** Opens a socket and records its exchanges. */
  async open(protocol: NetlinkProtocol): Promise<NetlinkSocket> {
    const socket = await this.#transport.open(protocol)
    const number = ++this.#sockets
    const { portId, receiveBuffer, sendBuffer } = socket
    this.#parts.push(
      `open ${number} protocol=${protocol} port=${portId} receive=${receiveBuffer} send=${sendBuffer}\n`,
    )
    return new RecordedSocket(socket, (request, report) => {
      const { datagrams, ends, first, count, replies } = request
      const sent = formatDatagrams(datagrams, ends, first, count)
      const received = replies.slice(0, report.received)
      this.#parts.push(formatExchange({ socket: number, sent, received, report }))
    })
  }

  /** Reads a file, and records it after it has been read to its end. */
  async *readFile(path: string): AsyncIterable<Uint8Array> {
    const pieces: Uint8Array[] = []
    for await (const piece of this.#transport.readFile(path)) {
      pieces.push(piece)
      yield piece
    }
    const lines = Buffer.concat(pieces).toString('latin1').split('\n')
    this.#parts.push([`file ${path}`, ...lines.map((line) => `| ${line}`), ''].join('\n'))
  }
}

class RecordedSocket implements NetlinkSocket {
  readonly portId: number
  readonly receiveBuffer: number
  readonly sendBuffer: number
  readonly #socket: NetlinkSocket
  readonly #record: (request: ExchangeRequest, report: ExchangeReport) => void

  constructor(socket: NetlinkSocket, record: (request: ExchangeRequest, report: ExchangeReport) => void) {
    this.portId = socket.portId
    this.receiveBuffer = socket.receiveBuffer
    this.sendBuffer = socket.sendBuffer
    this.#socket = socket
    this.#record = record
  }

  async exchange(request: ExchangeRequest): Promise<ExchangeReport> {
    const report = await this.#socket.exchange(request)
    this.#record(request, report)
    return report
  }

  close(): void {
    this.#socket.close()
  }
}
