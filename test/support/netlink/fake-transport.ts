import { constants } from 'node:os'
import type {
  ExchangeReport,
  ExchangeRequest,
  NetlinkSocket,
  Transport,
} from '../../../src/netlink/transport/transport.ts'
import { NLMSG_MIN_TYPE } from '../../../src/netlink/wire/uapi.ts'
import { type Answer, encodeAnswers, messagesOf, type SentMessage } from './answers.ts'

/** The failure of the exchange of one datagram. `keep` is the number of replies that survive. */
export type ScriptedEnd =
  | { readonly state: 'overrun'; readonly keep: number }
  | { readonly state: 'truncated'; readonly keep: number; readonly cut: number }
  | { readonly state: 'failed'; readonly errno: number; readonly sent: boolean }
  | { readonly state: 'never' }
  | { readonly state: 'rejected'; readonly cause: Error }

/** The end of an exchange; undefined if it was rejected. */
type Ended = ExchangeReport['state'] | undefined

/**
 * A transport that implements the rules of netlink and gets its replies from `answer`. It exists in addition to the simulated
 * kernel because it tests the socket, not IPVS: a test can end each exchange in any state, delay exchanges, limit the reply
 * buffer and the number of exchanges in flight, and read a file in chunks of seven bytes. The simulated kernel offers none of
 * this: its socket behaves like a socket of Linux.
 */
export class FakeTransport implements Transport {
  answer: (message: SentMessage) => Answer | undefined = () => undefined
  /** Every datagram that was sent, on all sockets. */
  readonly datagrams: SentMessage[][] = []
  readonly sockets: FakeSocket[] = []
  /** The outcomes of the next calls of `open` and the next datagrams, one each; `undefined` for success. */
  readonly openings: (Error | Promise<void> | undefined)[] = []
  readonly endings: (ScriptedEnd | undefined)[] = []
  readonly files = new Map<string, string | Error>()
  receiveBuffer = 4 * 1024 * 1024
  sendBuffer = 1024 * 1024
  /** Bytes of the reply buffer that are used. */
  room = Number.POSITIVE_INFINITY
  gate: Promise<void> | undefined
  /** Exchanges that a socket accepts at the same time. */
  depth = 1

  async open(): Promise<NetlinkSocket> {
    const opening = this.openings.shift()
    if (opening instanceof Error) throw opening
    await opening
    const socket = new FakeSocket(this)
    this.sockets.push(socket)
    return socket
  }

  async *readFile(path: string): AsyncIterable<Uint8Array> {
    const text = this.files.get(path) ?? Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
    if (text instanceof Error) throw text
    for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7), 'latin1')
  }

  /** Delays every exchange until the returned function is called. */
  pause(): () => void {
    const { promise, resolve } = deferred()
    this.gate = promise
    return () => {
      this.gate = undefined
      resolve()
    }
  }

  /** The messages that were sent, regardless of their datagrams. */
  get messages(): SentMessage[] {
    return this.datagrams.flat()
  }
}

export class FakeSocket implements NetlinkSocket {
  readonly portId = 1
  readonly receiveBuffer: number
  readonly sendBuffer: number
  readonly depth: number
  readonly requests: ExchangeRequest[] = []
  closed = false
  readonly #transport: FakeTransport
  readonly #closing = deferred()
  #answers: Uint8Array[] = []
  #answered = false
  #ending: ScriptedEnd | undefined
  /** The previous exchange: resolves with its end. */
  #before: Promise<Ended> = Promise.resolve(undefined)

  constructor(transport: FakeTransport) {
    this.#transport = transport
    this.depth = transport.depth
    this.receiveBuffer = transport.receiveBuffer
    this.sendBuffer = transport.sendBuffer
  }

  close(): void {
    this.closed = true
    this.#closing.resolve()
  }

  exchange(request: ExchangeRequest): Promise<ExchangeReport> {
    this.requests.push(request)
    const before = this.#before
    const result = this.#follow(before, request)
    this.#before = result.then(
      ({ state }) => state,
      () => undefined,
    )
    return result
  }

  /** Starts the exchange when the previous one has ended, or at once if only one is allowed at a time. */
  async #follow(before: Promise<Ended>, request: ExchangeRequest): Promise<ExchangeReport> {
    if (this.depth > 1) {
      const state = await Promise.race([before, this.#closing.promise])
      if (this.closed || (request.onlyIfPreviousComplete === true && state !== 'complete')) {
        const { first, awaiting } = request
        return {
          state: 'not-started',
          datagram: first,
          awaiting,
          received: 0,
          errno: 0,
          syscall: '',
          sends: 0,
          receives: 0,
        }
      }
    }
    return this.#run(request)
  }

  async #run(request: ExchangeRequest): Promise<ExchangeReport> {
    await Promise.race([this.#transport.gate, this.#closing.promise])
    const progress = {
      datagram: request.first,
      awaiting: request.awaiting,
      received: 0,
      sends: 0,
      receives: 0,
    }
    const end = (state: ExchangeReport['state'], errno = 0): ExchangeReport => {
      const syscall = errno === 0 ? '' : progress.awaiting ? 'recvmmsg' : 'sendmsg'
      if (state !== 'full' && state !== 'failed') progress.awaiting = false
      return { state, errno, syscall, ...progress }
    }
    const room = Math.min(request.replies.length, this.#transport.room)
    for (; progress.datagram < request.count; progress.datagram++) {
      if (this.closed) return end('failed', constants.errno.ECANCELED)
      if (!progress.awaiting) {
        const ending = this.#transport.endings.shift()
        if (ending?.state === 'rejected') throw ending.cause
        if (ending?.state === 'failed' && !ending.sent) return end('failed', ending.errno)
        progress.sends++
        progress.awaiting = true
        this.#execute(request, progress.datagram, ending)
        if (ending?.state === 'never') return new Promise(() => {})
      }
      progress.receives++
      for (let next = this.#answers[0]; next !== undefined; next = this.#answers[0]) {
        if (next.length > room - progress.received) return end('full')
        request.replies.set(next, progress.received)
        progress.received += (next.length + 3) & ~3
        this.#answers.shift()
      }
      if (this.#ending?.state === 'failed') return end('failed', this.#ending.errno)
      if (this.#ending?.state === 'overrun' || this.#ending?.state === 'truncated')
        return end(this.#ending.state)
      if (!this.#answered) return end('unanswered')
      progress.awaiting = false
    }
    return end('complete')
  }

  #execute(request: ExchangeRequest, index: number, ending: ScriptedEnd | undefined): void {
    const start = index === 0 ? 0 : request.ends[index - 1]!
    const messages = messagesOf(request.datagrams.slice(start, request.ends[index]!))
    this.#transport.datagrams.push(messages)
    const answers = messages.map((message) => {
      const asked = message.type < NLMSG_MIN_TYPE ? undefined : this.#transport.answer(message)
      return encodeAnswers(message, asked ?? {})
    })
    this.#answered = answers.at(-1)?.ends ?? false
    this.#answers = answers.flatMap(({ pieces }) => pieces)
    this.#ending = ending
    if (ending?.state === 'overrun' || ending?.state === 'truncated') this.#answers.length = ending.keep
    if (ending?.state === 'truncated') this.#answers.push(this.#answers.pop()!.slice(0, -ending.cut))
  }
}

export function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
