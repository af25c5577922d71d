import { constants } from 'node:os'
import {
  type AttributeSet,
  AttributeSet as Attributes,
  type AttributeTable,
  type Fields,
} from '../../../src/netlink/attributes.ts'
import type {
  ExchangeReport,
  ExchangeRequest,
  NetlinkSocket,
  Transport,
} from '../../../src/netlink/transport.ts'
import * as uapi from '../../../src/netlink/uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../../src/netlink/wire.ts'

/** A message that left, as the kernel would see it. */
export interface SentMessage {
  readonly type: number
  readonly flags: number
  readonly sequence: number
  /** The command of generic netlink; undefined when the message is too short for one. */
  readonly command: number | undefined
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What the scripted kernel says to one message. By default it is done, and acknowledged where that was asked for. */
export interface Answer {
  readonly replies?: readonly Reply[]
  /** A refusal, with the text of an extended acknowledgement. */
  readonly errno?: number
  readonly text?: string
  /** The kernel does it and says nothing: neither acknowledgement nor end of a dump. */
  readonly silent?: boolean
  /** These bytes in place of everything else. */
  readonly raw?: Uint8Array
}

export interface Reply {
  readonly command: number
  readonly body: (writer: WireWriter) => void
  /** Default: that of the request. */
  readonly sequence?: number
}

/** How the exchange of one datagram goes wrong. `keep`: how many of its answers survive. */
export type Ending =
  | { readonly state: 'overrun'; readonly keep: number }
  | { readonly state: 'truncated'; readonly keep: number; readonly cut: number }
  | { readonly state: 'failed'; readonly errno: number; readonly sent: boolean }
  | { readonly state: 'never' }
  | { readonly state: 'rejected'; readonly cause: Error }

/** A kernel made of a script: it speaks netlink's rules by itself and takes the answers from `answer`. */
export class FakeTransport implements Transport {
  answer: (message: SentMessage) => Answer | undefined = () => undefined
  /** Every datagram that was sent, over all sockets. */
  readonly datagrams: SentMessage[][] = []
  readonly sockets: FakeSocket[] = []
  /** What the next calls of `open` and the next datagrams come to, one each; `undefined` for all is well. */
  readonly openings: (Error | Promise<void> | undefined)[] = []
  readonly endings: (Ending | undefined)[] = []
  readonly files = new Map<string, string | Error>()
  receiveBuffer = 4 * 1024 * 1024
  sendBuffer = 1024 * 1024
  /** Bytes of the reply buffer that are used. */
  room = Number.POSITIVE_INFINITY
  gate: Promise<void> | undefined

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

  /** Lets no exchange begin until the function it gives is called. */
  pause(): () => void {
    const { promise, resolve } = deferred()
    this.gate = promise
    return () => {
      this.gate = undefined
      resolve()
    }
  }

  /** The messages that were sent, whatever datagram they travelled in. */
  get messages(): SentMessage[] {
    return this.datagrams.flat()
  }
}

export class FakeSocket implements NetlinkSocket {
  readonly portId = 1
  readonly receiveBuffer: number
  readonly sendBuffer: number
  readonly requests: ExchangeRequest[] = []
  closed = false
  readonly #transport: FakeTransport
  readonly #closing = deferred()
  #answers: Uint8Array[] = []
  #answered = false
  #ending: Ending | undefined

  constructor(transport: FakeTransport) {
    this.#transport = transport
    this.receiveBuffer = transport.receiveBuffer
    this.sendBuffer = transport.sendBuffer
  }

  close(): void {
    this.closed = true
    this.#closing.resolve()
  }

  async exchange(request: ExchangeRequest): Promise<ExchangeReport> {
    this.requests.push(request)
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

  #execute(request: ExchangeRequest, index: number, ending: Ending | undefined): void {
    const start = index === 0 ? 0 : request.ends[index - 1]!
    const messages = messagesOf(request.datagrams.slice(start, request.ends[index]!))
    this.#transport.datagrams.push(messages)
    const answers = messages.map((message) => {
      const asked = message.type < uapi.NLMSG_MIN_TYPE ? undefined : this.#transport.answer(message)
      return encodeAnswers(message, asked ?? {})
    })
    this.#answered = answers.at(-1)?.ends ?? false
    this.#answers = answers.flatMap(({ pieces }) => pieces)
    this.#ending = ending
    if (ending?.state === 'overrun' || ending?.state === 'truncated') this.#answers.length = ending.keep
    if (ending?.state === 'truncated') this.#answers.push(this.#answers.pop()!.slice(0, -ending.cut))
  }
}

/** The attributes of a message, read through a table. */
export function attributesOf<F extends Fields>(
  message: SentMessage,
  table: AttributeTable<F>,
): AttributeSet<F> {
  const { buffer, length } = message.bytes
  return new Attributes(table).readStrictly(
    new DataView(buffer),
    uapi.NLMSG_HDRLEN + uapi.GENL_HDRLEN,
    length,
  )
}

/** Takes a datagram apart, with its own idea of where a message ends. */
export function messagesOf(datagram: Uint8Array<ArrayBuffer>): SentMessage[] {
  const messages: SentMessage[] = []
  for (let at = 0; at < datagram.length; ) {
    const view = new DataView(datagram.buffer, datagram.byteOffset + at)
    const length = view.getUint32(0, LITTLE_ENDIAN)
    messages.push({
      type: view.getUint16(4, LITTLE_ENDIAN),
      flags: view.getUint16(6, LITTLE_ENDIAN),
      sequence: view.getUint32(8, LITTLE_ENDIAN),
      command: length > uapi.NLMSG_HDRLEN ? view.getUint8(uapi.NLMSG_HDRLEN) : undefined,
      bytes: datagram.slice(at, at + length),
    })
    at += Math.ceil(length / 4) * 4
  }
  return messages
}

/** The answers to one message, each a piece of its own, and whether the last one ends the exchange. */
function encodeAnswers(message: SentMessage, answer: Answer): { pieces: Uint8Array[]; ends: boolean } {
  if (answer.raw !== undefined) return { pieces: [answer.raw], ends: true }
  const { type, sequence, flags } = message
  const dump = (flags & uapi.NLM_F_DUMP) === uapi.NLM_F_DUMP
  const pieces = (answer.replies ?? []).map((reply) =>
    encode(type, dump ? uapi.NLM_F_MULTI : 0, reply.sequence ?? sequence, (writer) => {
      writer.genericHeader(reply.command, 1)
      reply.body(writer)
    }),
  )
  if (answer.silent === true) return { pieces, ends: false }
  if (answer.errno !== undefined) pieces.push(acknowledgement(sequence, answer.errno, answer.text))
  else if (dump)
    pieces.push(encode(uapi.NLMSG_DONE, uapi.NLM_F_MULTI, sequence, (writer) => int32(writer, 0)))
  else if ((flags & uapi.NLM_F_ACK) !== 0) pieces.push(acknowledgement(sequence, 0))
  else return { pieces, ends: false }
  return { pieces, ends: true }
}

/** An NLMSG_ERROR, capped: it holds the header of the request and not its body. */
export function acknowledgement(sequence: number, errno: number, text?: string): Uint8Array<ArrayBuffer> {
  const flags = uapi.NLM_F_CAPPED | (text === undefined ? 0 : uapi.NLM_F_ACK_TLVS)
  return encode(uapi.NLMSG_ERROR, flags, sequence, (writer) => {
    int32(writer, -errno)
    writer.endMessage(writer.beginMessage(0, 0, sequence))
    if (text === undefined) return
    const offset = writer.payload(1, text.length + 1)
    writer.bytes.set(Buffer.from(`${text}\0`), offset)
  })
}

/** One message as bytes of its own. */
export function encode(
  type: number,
  flags: number,
  sequence: number,
  body: (writer: WireWriter) => void,
): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter(64)
  const start = writer.beginMessage(type, flags, sequence)
  body(writer)
  writer.endMessage(start)
  return writer.bytes.slice(0, writer.length)
}

function int32(writer: WireWriter, value: number): void {
  const offset = writer.reserve(4)
  writer.view.setInt32(offset, value, LITTLE_ENDIAN)
}

export function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
