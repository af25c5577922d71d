// A transport that imitates a kernel: it acknowledges commands and answers reads with recorded records.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { writeAcknowledgement, writeDone, writeFamily } from './answers.mjs'
import { Records } from './records.mjs'

const CONTROLLER = 16
const GET_SERVICE = 4
const DUMP = 0x300
/** The largest block that the kernel sends. */
const BLOCK = 32 * 1024

/** Imitates a kernel that has `services` services with `destinations` destinations each. */
export class Player {
  services = new Records('services')
  destinations = new Records('destinations')
  /** Bytes of commands. */
  bytesTaken = 0
  #table
  #under = undefined

  constructor(table = { services: 0, destinations: 0 }) {
    this.#table = table
  }

  async open() {
    return {
      ...{ portId: 1, receiveBuffer: 4 << 20, sendBuffer: 1 << 20 },
      exchange: async (request) => {
        const report = this.#answer(request)
        // Replies of a kernel arrive through the event loop.
        await nextTurn()
        return report
      },
      close: () => {},
    }
  }

  async *readFile() {}

  #answer({ datagrams, ends, count, first, replies }) {
    const requests = new DataView(datagrams.buffer, datagrams.byteOffset)
    const view = new DataView(replies.buffer, replies.byteOffset)
    const report = { state: 'complete', datagram: count, awaiting: false, received: 0, errno: 0, syscall: '' }
    let datagram = first
    for (; datagram < count; datagram++) {
      const begin = datagram === 0 ? 0 : ends[datagram - 1]
      if (requests.getUint16(begin + 4, true) === CONTROLLER) {
        report.received += writeFamily(view, report.received, requests.getUint32(begin + 8, true))
      } else if ((requests.getUint16(begin + 6, true) & DUMP) === DUMP) {
        if (!this.#dump(requests, begin, replies, view, report)) break
      } else {
        this.bytesTaken += ends[datagram] - begin
        report.received += writeAcknowledgement(
          view,
          report.received,
          lastSequence(requests, begin, ends[datagram]),
        )
      }
    }
    const done = datagram - first
    if (datagram < count) Object.assign(report, { state: 'full', datagram, awaiting: true })
    return { ...report, sends: done, receives: done }
  }

  /** Continues a dump; false if the buffer is full. */
  #dump(requests, begin, replies, view, report) {
    const sequence = requests.getUint32(begin + 8, true)
    const service = requests.getUint8(begin + 16) === GET_SERVICE
    const records = service ? this.services : this.destinations
    const total = service ? this.#table.services : this.#table.destinations
    this.#under ??= { next: 0 }
    while (replies.length - report.received >= BLOCK) {
      const { next } = this.#under
      if (next === total) {
        report.received += writeDone(view, report.received, sequence)
        this.#under = undefined
        return true
      }
      const written = records.write(replies, view, report.received, sequence, next, total)
      if (service) records.number(view, report.received, next, written)
      report.received += written * records.bytesEach
      this.#under.next += written
    }
    return false
  }
}

function lastSequence(requests, begin, end) {
  let sequence = 0
  for (let at = begin; at < end; at += (requests.getUint32(at, true) + 3) & ~3) {
    sequence = requests.getUint32(at + 8, true)
  }
  return sequence
}
