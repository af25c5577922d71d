import { NLM_F_REQUEST, NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../../netlink/wire/uapi.ts'
import { LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'
import type { NetworkNamespace } from '../ipvs/namespace.ts'
import type { DumpSource } from './dump-block.ts'
import { ExtendedAck } from './extended-ack.ts'
import type { Fault } from './fault.ts'
import type { QueuedReply, ReceiveQueue } from './receive-queue.ts'

/** The part of the sending socket that the kernel uses to handle a request (NETLINK_CB). */
export interface RequestSender {
  readonly namespace: NetworkNamespace
  readonly portId: number
  /** Whether its owner has CAP_NET_ADMIN. */
  readonly privileged: boolean
  /** The queue of its replies. */
  readonly queue: ReceiveQueue
  /** Replies to a request with a dump. */
  startDump(request: NetlinkRequest, source: DumpSource): void
}

const NO_FAULTS: readonly Fault[] = []

/** A message that a socket sent to the kernel. The log keeps it, so it stores as little as possible. */
export class NetlinkRequest {
  readonly sender: RequestSender
  readonly view: DataView
  /** Offset of its header in `view`. */
  readonly start: number
  /** Time of arrival, in seconds on the kernel's clock. */
  readonly time: number
  /** The faults that happen to it. */
  faults = NO_FAULTS
  /** The error number with which it was refused; 0 if it was executed. */
  errno = 0
  /** Corrupts a reply before it is queued. */
  corrupt: ((reply: QueuedReply) => QueuedReply) | undefined
  #ack: ExtendedAck | undefined

  constructor(sender: RequestSender, view: DataView, start: number) {
    this.sender = sender
    this.view = view
    this.start = start
    this.time = sender.namespace.clock.now
  }

  /** Offset of its end, without padding. */
  get end(): number {
    return this.start + this.view.getUint32(this.start, LITTLE_ENDIAN)
  }

  get type(): number {
    return this.view.getUint16(this.start + 4, LITTLE_ENDIAN)
  }

  get flags(): number {
    return this.view.getUint16(this.start + 6, LITTLE_ENDIAN)
  }

  get sequence(): number {
    return this.view.getUint32(this.start + 8, LITTLE_ENDIAN)
  }

  /** Offset of the bytes after the header. */
  get payload(): number {
    return this.start + NLMSG_HDRLEN
  }

  /** The command; undefined if the message is too short to contain one. */
  get command(): number | undefined {
    return this.end > this.payload ? this.view.getUint8(this.payload) : undefined
  }

  /** The text and attributes that its acknowledgement adds. */
  get ack(): ExtendedAck {
    this.#ack ??= new ExtendedAck()
    return this.#ack
  }

  /** Whether the kernel processes it; a message that is not a request is only acknowledged. */
  get isProcessed(): boolean {
    return (this.flags & NLM_F_REQUEST) !== 0 && this.type >= NLMSG_MIN_TYPE
  }
}
