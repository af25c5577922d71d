import type {
  ExchangeReport,
  ExchangeRequest,
  NetlinkProtocol,
  NetlinkSocket,
  Transport,
} from '../../netlink/transport/transport.ts'
import { lineDifference } from '../wire/line-difference.ts'
import { type ExchangeTranscript, formatDatagrams, parseExchange } from './transcript.ts'

/** The settings of a recorded socket. */
interface RecordedOpening {
  readonly number: number
  readonly portId: number
  readonly receiveBuffer: number
  readonly sendBuffer: number
}

/**
 * Replays a recording of a {@link Recorder}: the same requests receive the same replies, byte for byte. A different request
 * rejects with an error that shows the difference.
 */
export class Replay implements Transport {
  readonly #openings: RecordedOpening[] = []
  readonly #exchanges: ExchangeTranscript[] = []
  readonly #files: { readonly path: string; readonly text: string }[] = []

  /** @param text The recording. */
  constructor(text: string) {
    for (const part of text.split('\n\n')) {
      const [heading = '', ...lines] = part.split('\n').filter((line) => line !== '')
      const [kind, name = ''] = heading.split(' ')
      if (kind === 'open') this.#openings.push(openingOf(heading))
      if (kind === 'exchange') this.#exchanges.push(parseExchange(Number(name), lines))
      if (kind === 'file') {
        this.#files.push({ path: name, text: lines.map((line) => line.slice(2)).join('\n') })
      }
    }
  }

  /** Number of exchanges that have not been replayed yet. */
  get remaining(): number {
    return this.#exchanges.length
  }

  /**
   * Opens the next recorded socket.
   *
   * @throws {Error} if the recording has no further socket.
   */
  async open(_protocol: NetlinkProtocol): Promise<NetlinkSocket> {
    const opening = this.#openings.shift()
    if (opening === undefined) throw new Error('The recording has no more sockets')
    return {
      ...opening,
      exchange: (request) => this.#exchange(opening.number, request),
      close: () => {},
    }
  }

  /** Reads a recorded file. */
  async *readFile(path: string): AsyncIterable<Uint8Array> {
    const index = this.#files.findIndex((file) => file.path === path)
    if (index === -1) throw new Error(`The recording has no file ${path}`)
    const [file] = this.#files.splice(index, 1)
    yield Buffer.from(file!.text, 'latin1')
  }

  async #exchange(socket: number, request: ExchangeRequest): Promise<ExchangeReport> {
    const { datagrams, ends, first, count, replies } = request
    const sent = formatDatagrams(datagrams, ends, first, count)
    const index = this.#exchanges.findIndex((exchange) => exchange.socket === socket)
    const recorded = this.#exchanges[index]
    if (recorded === undefined) throw new Error(`The recording ends before this request:\n${sent.join('\n')}`)
    const difference = lineDifference(recorded.sent, sent)
    if (difference !== '') throw new Error(`The request differs from the recording:\n${difference}`)
    this.#exchanges.splice(index, 1)
    replies.set(recorded.received)
    return recorded.report
  }
}

function openingOf(heading: string): RecordedOpening {
  const [, number, port, receive, send] =
    /^open (\d+) protocol=\w+ port=(\d+) receive=(\d+) send=(\d+)/.exec(heading) ?? []
  return {
    number: Number(number),
    portId: Number(port),
    receiveBuffer: Number(receive),
    sendBuffer: Number(send),
  }
}
