import { AttributeSet } from '../../netlink/wire/attributes.ts'
import { align4 } from '../../netlink/wire/wire.ts'
import { readService, type ServiceHeader } from '../model/service.ts'
import { readServiceIdentity, SERVICE_IDENTITY } from '../model/service-key.ts'
import { COMMAND, SERVICE } from '../protocol/attributes.ts'
import { IntTupleIndex } from './tuple-index.ts'

const command = new AttributeSet(COMMAND)
const service = new AttributeSet(SERVICE)

/** Reads a service out of an answer to IPVS_CMD_GET_SERVICE. */
export function decodeService(view: DataView, start: number, end: number): ServiceHeader {
  command.readStrictly(view, start, end)
  return readService(command.requireNest(COMMAND.fields.service, service))
}

/** Room for some two hundred records. */
const CHUNK_BYTES = 64 * 1024

/** What tells one service from another. */
const identity = new Int32Array(SERVICE_IDENTITY)

/**
 * The services of a table, each as it came until it is taken. V8 would copy ten thousand objects about while they wait for
 * their destinations, and the event loop would stand still meanwhile; bytes stay where they are.
 */
export class EncodedServices {
  /** Whether any came twice; of these the last counts, in the place of the first. */
  hasDuplicates = false
  readonly #index = new IntTupleIndex(SERVICE_IDENTITY)
  /** Where each record lies; a chunk goes when nothing lies there any more. */
  readonly #chunks: (DataView | undefined)[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  #chunk = new DataView(new ArrayBuffer(CHUNK_BYTES))
  #used = 0
  #taken = 0

  /** Takes in an answer to IPVS_CMD_GET_SERVICE. */
  add(view: DataView, start: number, end: number): void {
    command.readStrictly(view, start, end)
    readServiceIdentity(command.requireNest(COMMAND.fields.service, service), identity)
    const place = this.#index.indexOf(identity)
    if (place < this.#starts.length) this.hasDuplicates = true
    this.#starts[place] = this.#copy(view, start, end)
    this.#ends[place] = this.#used
    this.#chunks[place] = this.#chunk
  }

  /** Takes in what another one holds. */
  addAll(other: EncodedServices): void {
    for (const [place, chunk] of other.#chunks.entries()) {
      this.add(chunk!, other.#starts[place]!, other.#ends[place]!)
    }
  }

  /** Gives the next services, in the order in which they came, and lets go of them; none when there are no more. */
  take(count: number): ServiceHeader[] {
    const headers: ServiceHeader[] = []
    const end = Math.min(this.#taken + count, this.#starts.length)
    for (; this.#taken < end; this.#taken++) {
      const place = this.#taken
      headers.push(decodeService(this.#chunks[place]!, this.#starts[place]!, this.#ends[place]!))
      this.#chunks[place] = undefined
    }
    return headers
  }

  /** Gives where the copy begins in the present chunk; it ends where that is used up to. */
  #copy(view: DataView, start: number, end: number): number {
    const size = align4(end - start)
    if (this.#used + size > this.#chunk.byteLength) {
      this.#chunk = new DataView(new ArrayBuffer(Math.max(CHUNK_BYTES, size)))
      this.#used = 0
    }
    const begin = this.#used
    const chunk = this.#chunk
    // Word by word: to make the arrays for one copy takes longer.
    let to = begin
    let at = start
    for (; at + 4 <= end; at += 4, to += 4) chunk.setInt32(to, view.getInt32(at))
    for (; at < end; at++, to++) chunk.setUint8(to, view.getUint8(at))
    this.#used = to
    return begin
  }
}
