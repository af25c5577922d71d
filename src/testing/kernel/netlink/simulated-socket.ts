import { setImmediate } from 'node:timers/promises'
import type { ExchangeReport, ExchangeRequest, NetlinkSocket } from '../../../netlink/transport/transport.ts'
import type { NetworkNamespace } from '../../ipvs/namespace.ts'
import { DumpBlock, type DumpSource } from '../../wire/dump-block.ts'
import { ExtendedAck } from '../../wire/extended-ack.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'
import { ReceiveQueue } from '../../wire/receive-queue.ts'
import type { NetlinkRequest, RequestSender } from '../../wire/request.ts'
import { type ExchangeSocket, SimulatedExchange } from './exchange.ts'
import type { RequestHandler } from './request-handler.ts'

/** The options of opening a socket. */
export interface SocketOptions {
  readonly privileged: boolean
  readonly receiveBuffer: number
  readonly sendBuffer: number
}

interface ActiveDump {
  readonly source: DumpSource
  readonly request: NetlinkRequest
  blocks: number
}

/** A netlink socket of the simulated kernel. */
export class SimulatedSocket implements NetlinkSocket, RequestSender, ExchangeSocket {
  readonly portId: number
  readonly receiveBuffer: number
  readonly sendBuffer: number
  readonly privileged: boolean
  readonly namespace: NetworkNamespace
  readonly queue: ReceiveQueue
  readonly #handler: RequestHandler
  #dump: ActiveDump | undefined
  #closed = false

  constructor(handler: RequestHandler, namespace: NetworkNamespace, portId: number, options: SocketOptions) {
    this.#handler = handler
    this.namespace = namespace
    this.portId = portId
    this.privileged = options.privileged
    this.receiveBuffer = options.receiveBuffer
    this.sendBuffer = options.sendBuffer
    namespace.hold()
    this.queue = new ReceiveQueue(options.receiveBuffer, namespace.profile.answerCost)
  }

  /** Starts a dump with its first block; a socket runs one dump at a time (__netlink_dump_start). */
  startDump(request: NetlinkRequest, source: DumpSource): void {
    if (this.#dump !== undefined) throw new KernelErrno('EBUSY')
    this.#dump = { source, request, blocks: 0 }
    if (!this.queue.isFull) this.#fillBlock(this.#dump)
  }

  get isClosed(): boolean {
    return this.#closed
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.namespace.release()
  }

  async exchange(request: ExchangeRequest): Promise<ExchangeReport> {
    // The kernel works on another thread: nothing happens before the caller returns to the event loop.
    await setImmediate()
    return new SimulatedExchange(this, request).run()
  }

  /** Accepts a datagram. One that is not `observed` is not logged, and no fault happens to it. */
  parse(datagram: Uint8Array, observed = true): readonly NetlinkRequest[] {
    const requests = this.#handler.parse(this, datagram)
    if (observed) this.#handler.log(requests)
    return requests
  }

  /** Executes the requests of a datagram; all replies are queued when it returns. */
  execute(requests: readonly NetlinkRequest[]): void {
    for (const request of requests) this.#handler.execute(request)
  }

  /** Reads a reply, and fills the next block of a dump (netlink_recvmsg). */
  receive(room: number): ReturnType<ReceiveQueue['receive']> {
    const received = this.queue.receive(room)
    if (received.state === 'datagram' && this.#dump !== undefined && this.queue.takesBlocks) {
      this.#fillBlock(this.#dump)
    }
    this.queue.clearCongestion()
    return received
  }

  /** A block without entries contains the end of the dump (netlink_dump). */
  #fillBlock(dump: ActiveDump): void {
    const { source, request } = dump
    const second = dump.blocks++ === 1
    for (const fault of request.faults) if (second && fault.kind === 'between-blocks') fault.run()
    const size = this.queue.blockSize
    const ack = new ExtendedAck()
    const block = new DumpBlock(size, request.type, request.sequence, this.portId)
    source(block, ack)
    if (block.isEmpty) {
      block.addDone(ack)
      this.#dump = undefined
    }
    const reply = { bytes: block.bytes }
    this.queue.pushBlock(request.corrupt === undefined ? reply : request.corrupt(reply), size)
  }
}
