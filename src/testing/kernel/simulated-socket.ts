import { setImmediate } from 'node:timers/promises'
import type { ExchangeReport, ExchangeRequest, NetlinkSocket } from '../../netlink/transport/transport.ts'
import { execute, observe, requestsIn } from './datagram.ts'
import { DumpBlock, type DumpSource } from './dump.ts'
import { Exchange } from './exchange.ts'
import { ExtendedAck } from '../wire/extended-ack.ts'
import type { Machine } from './simulated-machine.ts'
import type { Namespace } from '../ipvs/namespace.ts'
import { ReceiveQueue } from '../wire/receive-queue.ts'
import { Refused } from '../wire/kernel-errno.ts'
import type { Request } from '../wire/request.ts'

/** How a socket is opened. */
export interface SocketOptions {
  readonly privileged: boolean
  readonly receiveBuffer: number
  readonly sendBuffer: number
}

interface RunningDump {
  readonly source: DumpSource
  readonly request: Request
  blocks: number
}

/** A netlink socket of the simulated kernel. */
export class SimulatedSocket implements NetlinkSocket {
  readonly portId: number
  readonly receiveBuffer: number
  readonly sendBuffer: number
  readonly privileged: boolean
  readonly namespace: Namespace
  readonly queue: ReceiveQueue
  readonly #machine: Machine
  #dump: RunningDump | undefined
  #closed = false

  constructor(machine: Machine, namespace: Namespace, portId: number, options: SocketOptions) {
    this.#machine = machine
    this.namespace = namespace
    this.portId = portId
    this.privileged = options.privileged
    this.receiveBuffer = options.receiveBuffer
    this.sendBuffer = options.sendBuffer
    namespace.hold()
    this.queue = new ReceiveQueue(options.receiveBuffer, machine.profile.answerCost)
  }

  /** Begins a dump with its first block; there can be one at a time (__netlink_dump_start). */
  startDump(request: Request, source: DumpSource): void {
    if (this.#dump !== undefined) throw new Refused('EBUSY')
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
    // The kernel works on another thread: nothing happens before the caller's turn ends.
    await setImmediate()
    return new Exchange(this, request).run()
  }

  /** Takes in a datagram; one that is not `observed` is not logged and nothing goes wrong with it. */
  accept(datagram: Uint8Array, observed = true): readonly Request[] {
    const requests = requestsIn(this, datagram)
    if (observed) observe(this.#machine, requests)
    return requests
  }

  /** Executes what a datagram holds; all answers are queued when it returns. */
  execute(requests: readonly Request[]): void {
    for (const request of requests) execute(this.#machine, request)
  }

  /** Reads an answer, and makes the next block of a dump for it (netlink_recvmsg). */
  receive(room: number): ReturnType<ReceiveQueue['receive']> {
    const received = this.queue.receive(room)
    if (received.state === 'datagram' && this.#dump !== undefined && this.queue.takesBlocks) {
      this.#fillBlock(this.#dump)
    }
    this.queue.wake()
    return received
  }

  /** A block without entries has what ends the dump (netlink_dump). */
  #fillBlock(dump: RunningDump): void {
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
    const answer = { bytes: block.bytes }
    this.queue.pushBlock(request.spoil === undefined ? answer : request.spoil(answer), size)
  }
}
