import type {
  ExchangeReport,
  ExchangeRequest,
  NetlinkProtocol,
  NetlinkSocket,
  Transport,
} from '../../netlink/transport/transport.ts'
import { lineDifference } from '../wire/line-difference.ts'
import { type ExchangeTranscript, formatDatagrams, parseExchange } from './transcript.ts'

/** Settings of a socket that was recorded. */
interface RecordedOpening {
  readonly number: number
  readonly portId: number
  readonly receiveBuffer: number
  readonly sendBuffer: number
}

/**
 * Plays what a {@link Recorder} wrote down: whoever asks the same gets the same answers, byte for byte. Whoever asks
 * something else gets an error with the difference.
 */
export class Replay implements Transport {
  readonly #openings: RecordedOpening[] = []
  readonly #exchanges: ExchangeTranscript[] = []
  readonly #files: { readonly path: string; readonly text: string }[] = []

  /** @param text What was recorded. */
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

  /** Exchanges that nobody asked for yet. */
  get remaining(): number {
    return this.#exchanges.length
  }

  /**
   * Opens the next socket that was recorded.
   *
   * @throws {Error} when no more were opened.
   */
  async open(_protocol: NetlinkProtocol): Promise<NetlinkSocket> {
    const opening = this.#openings.shift()
    if (opening === undefined) throw new Error('No more sockets were opened when this was recorded')
    return {
      ...opening,
      exchange: (request) => this.#exchange(opening.number, request),
      close: () => {},
    }
  }

  /** Reads a file as it was. */
  async *readFile(path: string): AsyncIterable<Uint8Array> {
    const index = this.#files.findIndex((file) => file.path === path)
    if (index === -1) throw new Error(`${path} was not read when this was recorded`)
    const [file] = this.#files.splice(index, 1)
    yield Buffer.from(file!.text, 'latin1')
  }

  async #exchange(socket: number, request: ExchangeRequest): Promise<ExchangeReport> {
    const { datagrams, ends, first, count, replies } = request
    const sent = formatDatagrams(datagrams, ends, first, count)
    const index = this.#exchanges.findIndex((exchange) => exchange.socket === socket)
    const recorded = this.#exchanges[index]
    if (recorded === undefined)
      throw new Error(`Nothing more was sent when this was recorded:\n${sent.join('\n')}`)
    const difference = lineDifference(recorded.sent, sent)
    if (difference !== '') throw new Error(`Something else was sent when this was recorded:\n${difference}`)
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
