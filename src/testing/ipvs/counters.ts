import type { Statistics } from '../../ipvs/model/statistics.ts'
import { STATISTICS_32, STATISTICS_64 } from '../../ipvs/protocol/attributes.ts'
import type { Field } from '../../netlink/wire/codecs.ts'
import { writeU64 } from '../../netlink/wire/codecs.ts'
import { LITTLE_ENDIAN, type WireWriter } from '../../netlink/wire/wire.ts'

/** The five counters, in the kernel's order. */
export interface Totals {
  connections: number
  incomingPackets: number
  outgoingPackets: number
  incomingBytes: number
  outgoingBytes: number
}

const NAMES = ['connections', 'incomingPackets', 'outgoingPackets', 'incomingBytes', 'outgoingBytes'] as const
const RATE_NAMES = [
  'connectionsPerSecond',
  'incomingPacketsPerSecond',
  'outgoingPacketsPerSecond',
  'incomingBytesPerSecond',
  'outgoingBytesPerSecond',
] as const
/** Rates of bytes have 5 binary places, the others 10 (ip_vs_est.c). */
const PLACES = [10, 10, 10, 5, 5] as const
/** Seconds between samples. */
export const SAMPLING_SECONDS = 2

const noTotals = (): Totals => ({
  connections: 0,
  incomingPackets: 0,
  outgoingPackets: 0,
  incomingBytes: 0,
  outgoingBytes: 0,
})

/** Counters of a service, of a destination or in total, live and as of the last sample. */
export class Counters {
  /** Live counters. */
  readonly live = noTotals()
  /** As of the last sample. */
  readonly #sampled = noTotals()
  /** The sample that totals are relative to (ip_vs_zero_stats). */
  #base = noTotals()
  /** The totals of the last rate computation; the kernel allows all but those of bytes to wrap at 32 bits. */
  readonly #last = noTotals()
  readonly #rates = [0, 0, 0, 0, 0]

  /** Takes a sample, and moves each rate by a quarter of its difference (ip_vs_estimation). */
  sample(): void {
    NAMES.forEach((name, index) => {
      const total = this.live[name]
      this.#sampled[name] = total
      const places = PLACES[index]!
      const perSecond = Math.floor(((total - this.#last[name]) * 2 ** places) / SAMPLING_SECONDS)
      this.#last[name] = total
      this.#rates[index]! += Math.floor((perSecond - this.#rates[index]!) / 4)
    })
  }

  /** Resets the totals to the last sample, and the rates to 0. */
  zero(): void {
    this.#base = { ...this.#sampled }
    Object.assign(this.#last, this.#sampled)
    this.#rates.fill(0)
  }

  /** The counters as the kernel reports them: totals minus the base, rates rounded to integers. */
  get shown(): Statistics {
    const shown: Record<string, number> = {}
    NAMES.forEach((name, index) => {
      shown[name] = this.#sampled[name] - this.#base[name]
      shown[RATE_NAMES[index]!] = roundedRate(this.#rates[index]!, PLACES[index]!)
    })
    return shown as unknown as Statistics
  }

  /** Sets the counters that the kernel reports. */
  set shown(statistics: Partial<Statistics>) {
    NAMES.forEach((name, index) => {
      const total = statistics[name] ?? 0
      this.live[name] = total
      this.#sampled[name] = total
      this.#last[name] = total
      this.#rates[index] = (statistics[RATE_NAMES[index]!] ?? 0) * 2 ** PLACES[index]!
    })
    this.#base = noTotals()
  }
}

function roundedRate(rate: number, places: number): number {
  return Math.floor((rate + (places === 10 ? 0x1ff : 0xf)) / 2 ** places)
}

const ORDER = [...NAMES, ...RATE_NAMES]

/** Writes both nests into a message whose buffer starts where the kernel's would. `aligns` adds PAD attributes. */
export function writeCounters(
  writer: WireWriter,
  types: readonly [narrow: number, wide: number],
  counters: Counters | undefined,
  aligns: boolean,
): void {
  const shown = counters?.shown
  const tables = [STATISTICS_32.fields, STATISTICS_64.fields] as const
  tables.forEach((fields, index) => {
    const nest = writer.beginNest(types[index]!)
    for (const name of ORDER) writeCounter(writer, fields[name], shown?.[name] ?? 0, aligns)
    writer.endNest(nest)
  })
}

function writeCounter(
  writer: WireWriter,
  { type, codec }: Field<number>,
  value: number,
  aligns: boolean,
): void {
  if (codec.name === 'u32') {
    const at = writer.payload(type, 4)
    writer.view.setUint32(at, value % 2 ** 32, LITTLE_ENDIAN)
    return
  }
  // The payload starts four bytes after the header (nla_need_padding_for_64bit).
  if (aligns && writer.length % 8 === 0) writer.payload(STATISTICS_64.fields.pad.type, 0)
  const at = writer.payload(type, 8)
  writeU64(writer.view, at, value)
}
