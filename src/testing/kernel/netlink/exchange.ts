import { setTimeout } from 'node:timers/promises'
import type { ExchangeReport, ExchangeRequest } from '../../../netlink/transport/transport.ts'
import { errorNumber } from '../../../netlink/wire/errno.ts'
import { NLMSG_DONE, NLMSG_ERROR, NLMSG_HDRLEN } from '../../../netlink/wire/uapi.ts'
import { align4, LITTLE_ENDIAN } from '../../../netlink/wire/wire.ts'
import type { Fault } from '../../wire/fault.ts'
import type { Received } from '../../wire/receive-queue.ts'
import type { NetlinkRequest, RequestSender } from '../../wire/request.ts'

/** Buffer size of one datagram, and datagrams read by one system call, as in the addon. */
const SLOT_BYTES = 32 * 1024
const SLOTS = 16

const ECANCELED = errorNumber('ECANCELED')

/** The parts of a socket that an exchange uses. */
export interface ExchangeSocket extends Pick<RequestSender, 'queue'> {
  readonly isClosed: boolean
  parse(datagram: Uint8Array): readonly NetlinkRequest[]
  execute(requests: readonly NetlinkRequest[]): void
  receive(room: number): Received
}

type MutableReport = { -readonly [Name in keyof ExchangeReport]: ExchangeReport[Name] }

/** One exchange, with the system calls that the addon would make. */
export class SimulatedExchange {
  readonly #socket: ExchangeSocket
  readonly #request: ExchangeRequest
  readonly #report: MutableReport
  #overrun = false
  #truncated = false

  constructor(socket: ExchangeSocket, request: ExchangeRequest) {
    this.#socket = socket
    this.#request = request
    const { first, awaiting } = request
    this.#report = {
      ...{ state: 'complete', datagram: first, awaiting, received: 0 },
      ...{ errno: 0, syscall: '', sends: 0, receives: 0 },
    }
  }

  async run(): Promise<ExchangeReport> {
    const report = this.#report
    const { count, replies } = this.#request
    for (; report.datagram < count; report.datagram++) {
      if (!report.awaiting) {
        if (replies.length - report.received < SLOT_BYTES) return this.#end('full')
        if (this.#socket.isClosed) return this.#fail('sendmsg', ECANCELED)
        const failed = await this.#send()
        if (failed !== undefined) return failed
      }
      const ended = this.#receive()
      if (ended !== undefined) return ended
      report.awaiting = false
    }
    return this.#end('complete')
  }

  /** Sends a datagram; returns the report if a system call fails. */
  async #send(): Promise<ExchangeReport | undefined> {
    const { datagrams, ends } = this.#request
    const report = this.#report
    const start = report.datagram === 0 ? 0 : ends[report.datagram - 1]!
    const requests = this.#socket.parse(datagrams.slice(start, ends[report.datagram]!))
    const faults = requests.flatMap((request) => request.faults)
    for (const fault of faults) if (fault.kind === 'delay') await setTimeout(fault.milliseconds)
    report.sends++
    const unsent = failingCall(faults, 'sendmsg')
    if (unsent !== undefined) return this.#fail('sendmsg', unsent)
    this.#overrun = false
    this.#truncated = false
    report.awaiting = true
    this.#socket.execute(requests)
    for (const fault of faults) if (fault.kind === 'overrun') this.#socket.queue.dropAllBut(fault.keep ?? 0)
    if (faults.some(({ kind }) => kind === 'hang')) return new Promise(() => {})
    const unread = failingCall(faults, 'recvmmsg')
    return unread === undefined ? undefined : this.#fail('recvmmsg', unread)
  }

  /** Reads until the last message of the datagram is answered; returns the report if the exchange ended earlier. */
  #receive(): ExchangeReport | undefined {
    const report = this.#report
    const { replies } = this.#request
    const sequence = this.#lastSequence()
    for (let answered = false; !answered || this.#overrun; ) {
      if (this.#socket.isClosed) return this.#fail('recvmmsg', ECANCELED)
      const slots = Math.min(Math.floor((replies.length - report.received) / SLOT_BYTES), SLOTS)
      if (slots === 0) return this.#end('full')
      report.receives++
      for (let slot = 0; slot < slots; slot++) {
        const received = this.#socket.receive(SLOT_BYTES)
        if (received.state === 'overrun') this.#overrun = true
        if (received.state === 'empty' && slot === 0) return this.#unanswered()
        if (received.state !== 'datagram') break
        const { bytes, truncated } = received
        this.#appendReply(bytes)
        this.#truncated ||= truncated
        answered ||= holdsTerminator(bytes, sequence)
      }
    }
    return this.#truncated ? this.#endIncomplete('truncated') : undefined
  }

  #appendReply(bytes: Uint8Array): void {
    const report = this.#report
    const { replies } = this.#request
    const end = report.received + align4(bytes.length)
    replies.set(bytes, report.received)
    replies.fill(0, report.received + bytes.length, end)
    report.received = end
  }

  #unanswered(): ExchangeReport {
    if (this.#overrun) return this.#endIncomplete('overrun')
    return this.#endIncomplete(this.#truncated ? 'truncated' : 'unanswered')
  }

  #endIncomplete(state: ExchangeReport['state']): ExchangeReport {
    this.#report.awaiting = false
    return this.#end(state)
  }

  #fail(syscall: ExchangeReport['syscall'], errno: number): ExchangeReport {
    this.#report.errno = errno
    this.#report.syscall = syscall
    return this.#end('failed')
  }

  #end(state: ExchangeReport['state']): ExchangeReport {
    this.#report.state = state
    return this.#report
  }

  #lastSequence(): number {
    const { datagrams, ends } = this.#request
    const { datagram } = this.#report
    const view = new DataView(datagrams.buffer, datagrams.byteOffset, datagrams.length)
    let at = datagram === 0 ? 0 : ends[datagram - 1]!
    let sequence = 0
    while (ends[datagram]! - at >= NLMSG_HDRLEN) {
      sequence = view.getUint32(at + 8, LITTLE_ENDIAN)
      at += align4(Math.max(view.getUint32(at, LITTLE_ENDIAN), NLMSG_HDRLEN))
    }
    return sequence
  }
}

function failingCall(faults: readonly Fault[], call: 'sendmsg' | 'recvmmsg'): number | undefined {
  for (const fault of faults)
    if (fault.kind === 'system-call' && fault.call === call) return errorNumber(fault.error)
  return undefined
}

/** Whether a datagram contains the acknowledgement of a message or the end of its dump. */
function holdsTerminator(bytes: Uint8Array, sequence: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; bytes.length - at >= NLMSG_HDRLEN; ) {
    const length = view.getUint32(at, LITTLE_ENDIAN)
    const type = view.getUint16(at + 4, LITTLE_ENDIAN)
    const ends = type === NLMSG_DONE || type === NLMSG_ERROR
    if (ends && view.getUint32(at + 8, LITTLE_ENDIAN) === sequence) return true
    if (length < NLMSG_HDRLEN || length > bytes.length - at) return false
    at += align4(length)
  }
  return false
}
