import { describe, expect, it } from 'vitest'
import { readStatistics, type Statistics } from '../../../../src/ipvs/model/statistics.ts'
import { SERVICE, STATISTICS_32, STATISTICS_64 } from '../../../../src/ipvs/protocol/attributes.ts'
import { writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { LITTLE_ENDIAN, type WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { NO_TRAFFIC, written } from '../../../support/ipvs/encoding.ts'

const { fields } = SERVICE
const NAMES = Object.keys(NO_TRAFFIC) as (keyof Statistics)[]
/** Ten different numbers. */
const COUNTED = Object.fromEntries(
  NAMES.map((name, index) => [name, 1001 * (index + 1)]),
) as unknown as Statistics

function read(...nests: ((writer: WireWriter) => void)[]): Statistics {
  const set = written(SERVICE, (writer) => {
    for (const nest of nests) nest(writer)
  })
  return readStatistics(set, fields.statistics, fields.statistics64)
}

/** Writes a nest of counters, with padding before each, as a kernel for a machine with strict alignment does. */
function nest(wide: boolean, counters: Partial<Statistics>, padded = false) {
  return (writer: WireWriter) => {
    const table = (wide ? STATISTICS_64 : STATISTICS_32).fields
    const start = writer.beginNest(wide ? fields.statistics64.type : fields.statistics.type)
    for (const [name, value] of Object.entries(counters)) {
      if (padded) writer.payload(table.pad.type, 0)
      writeAttribute(writer, table[name as keyof Statistics], value)
    }
    writer.endNest(start)
  }
}

describe('counters', () => {
  it('have the numbers of the kernel’s header, the same in both forms', () => {
    for (const { fields } of [STATISTICS_32, STATISTICS_64]) {
      expect(NAMES.map((name) => fields[name].type)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    }
  })

  it.each([
    ['64 bits', true],
    ['32 bits, as kernels before 4.1 have them alone', false],
  ])('are read in %s', (_, wide) => {
    expect(read(nest(wide, COUNTED))).toEqual(COUNTED)
  })

  it('are read from the 64-bit form if there are both', () => {
    expect(read(nest(false, NO_TRAFFIC), nest(true, COUNTED))).toEqual(COUNTED)
    expect(read(nest(true, COUNTED), nest(false, NO_TRAFFIC))).toEqual(COUNTED)
  })

  it('may have padding between them', () => {
    expect(read(nest(true, COUNTED, true))).toEqual(COUNTED)
    expect(read(nest(false, COUNTED, true))).toEqual(COUNTED)
  })

  it('may be in any order', () => {
    expect(read(nest(true, Object.fromEntries(Object.entries(COUNTED).reverse())))).toEqual(COUNTED)
  })

  it('are 0 if they are missing', () => {
    expect(read()).toEqual(NO_TRAFFIC)
    expect(read(nest(true, { incomingBytes: 5 }))).toEqual({ ...NO_TRAFFIC, incomingBytes: 5 })
  })

  it('have 64 bits for bytes even in the 32-bit form, and unsigned ones everywhere', () => {
    const full = { connections: 2 ** 32 - 1, incomingBytes: 2 ** 52, outgoingBytesPerSecond: 2 ** 32 - 1 }
    expect(read(nest(false, full))).toEqual({ ...NO_TRAFFIC, ...full })
  })

  it.each([
    [2n ** 53n, 2 ** 53],
    [2n ** 53n + 1n, 2 ** 53],
    [2n ** 53n + 3n, 2 ** 53 + 4],
    [2n ** 64n - 1n, 2 ** 64],
  ])('of %d are rounded to the nearest number', (total, rounded) => {
    const statistics = read((writer) => {
      const start = writer.beginNest(fields.statistics64.type)
      const offset = writer.payload(STATISTICS_64.fields.incomingBytes.type, 8)
      writer.view.setBigUint64(offset, total, LITTLE_ENDIAN)
      writer.endNest(start)
    })
    expect(statistics.incomingBytes).toBe(rounded)
  })

  it('that are too short are malformed', () => {
    const short = (writer: WireWriter) => {
      const start = writer.beginNest(fields.statistics64.type)
      writer.payload(STATISTICS_64.fields.connections.type, 4)
      writer.endNest(start)
    }
    expect(() => read(short)).toThrow(expect.objectContaining({ code: 'ERR_LVS_MALFORMED' }))
  })
})
