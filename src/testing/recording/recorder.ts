import type {
  ExchangeReport,
  ExchangeRequest,
  NetlinkProtocol,
  NetlinkSocket,
  Transport,
} from '../../netlink/transport/transport.ts'
import { formatDatagrams, formatExchange } from './transcript.ts'

/**
 * Writes down what goes through a transport, as text that a person can read and {@link Replay} can play again: each exchange
 * with its commands and attributes, the bytes four a line, and what came back.
 */
export class Recorder implements Transport {
  readonly #transport: Transport
  readonly #parts: string[] = []
  #sockets = 0

  /** @param transport What is recorded: a kernel, real or simulated. */
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** What was recorded so far. */
  get text(): string {
    return this.#parts.join('\n')
  }

  /** Opens a socket that is recorded. */
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

  /** Reads a file, which is recorded when it was read to its end. */
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

  constructor(socket: NetlinkSocket, note: (request: ExchangeRequest, report: ExchangeReport) => void) {
    this.portId = socket.portId
    this.receiveBuffer = socket.receiveBuffer
    this.sendBuffer = socket.sendBuffer
    this.#socket = socket
    this.#record = note
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
