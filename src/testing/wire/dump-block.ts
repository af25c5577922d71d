import { NLM_F_ACK_TLVS, NLM_F_MULTI, NLMSG_DONE } from '../../netlink/wire/uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../netlink/wire/wire.ts'
import type { ExtendedAck } from './extended-ack.ts'

/** Fills one block of a dump after another with the next entries, and keeps the position. */
export type DumpSource = (block: DumpBlock, ack: ExtendedAck) => void

const scratch = new WireWriter(64 * 1024)

/** The messages of a dump in one datagram. */
export class DumpBlock {
  readonly #size: number
  readonly #type: number
  readonly #sequence: number
  readonly #portId: number

  constructor(size: number, type: number, sequence: number, portId: number) {
    this.#size = size
    this.#type = type
    this.#sequence = sequence
    this.#portId = portId
    scratch.truncate(0)
  }

  /** Adds a message; false if it does not fit. */
  add(write: (writer: WireWriter) => void): boolean {
    const start = this.#begin(this.#type, NLM_F_MULTI)
    write(scratch)
    scratch.endMessage(start)
    if (scratch.length <= this.#size) return true
    scratch.truncate(start)
    return false
  }

  /** Adds the message that ends a dump, with the kernel's report about the request. */
  addDone(ack: ExtendedAck): void {
    const start = this.#begin(NLMSG_DONE, NLM_F_MULTI | (ack.isEmpty ? 0 : NLM_F_ACK_TLVS))
    const at = scratch.reserve(4)
    scratch.view.setInt32(at, 0, LITTLE_ENDIAN)
    ack.write(scratch, false, false)
    scratch.endMessage(start)
  }

  get isEmpty(): boolean {
    return scratch.length === 0
  }

  /** A copy of the block. */
  get bytes(): Uint8Array {
    return scratch.bytes.slice(0, scratch.length)
  }

  #begin(type: number, flags: number): number {
    const start = scratch.beginMessage(type, flags, this.#sequence)
    scratch.view.setUint32(start + 12, this.#portId, LITTLE_ENDIAN)
    return start
  }
}
