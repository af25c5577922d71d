import { NLM_F_REQUEST, NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../../netlink/wire/uapi.ts'
import { LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'
import type { SimulatedSocket } from '../kernel/simulated-socket.ts'
import { ExtendedAck } from './extended-ack.ts'
import type { Fault } from './faults.ts'

/** An answer as it is queued. */
export interface QueuedReply {
  readonly bytes: Uint8Array
  /** Whether its end is missing and the reader is to be told. */
  readonly truncated?: boolean
}

const NO_FAULTS: readonly Fault[] = []

/** A message that came to the kernel. It is kept for the log, so that it holds no more than it must. */
export class NetlinkRequest {
  readonly socket: SimulatedSocket
  readonly view: DataView
  /** Where its header begins in `view`. */
  readonly start: number
  /** When it came, in seconds on the kernel's clock. */
  readonly time: number
  /** What goes wrong with it. */
  faults = NO_FAULTS
  /** How it was refused; 0 when it was done. */
  errno = 0
  /** Spoils an answer on its way out. */
  corrupt: ((answer: QueuedReply) => QueuedReply) | undefined
  #ack: ExtendedAck | undefined

  constructor(socket: SimulatedSocket, view: DataView, start: number) {
    this.socket = socket
    this.view = view
    this.start = start
    this.time = socket.namespace.clock.now
  }

  /** Where it ends, padding apart. */
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

  /** Where what follows the header begins. */
  get payload(): number {
    return this.start + NLMSG_HDRLEN
  }

  /** The command, of a message long enough to have one. */
  get command(): number | undefined {
    return this.end > this.payload ? this.view.getUint8(this.payload) : undefined
  }

  /** What there is to say about it in words. */
  get ack(): ExtendedAck {
    this.#ack ??= new ExtendedAck()
    return this.#ack
  }

  /** Whether the kernel looks at it; to what is no request it says yes without a look. */
  get isProcessed(): boolean {
    return (this.flags & NLM_F_REQUEST) !== 0 && this.type >= NLMSG_MIN_TYPE
  }
}
