import { describe, expect, it } from 'vitest'
import { readStructure, structure, writeStructure } from '../../../../src/netlink/wire/structure.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../../../src/netlink/wire/wire.ts'

const HEADER = structure('header', 12, {
  family: [0, 'u8'],
  type: [2, 'u16'],
  index: [4, 'i32'],
  flags: [8, 'u32'],
})

describe('a structure', () => {
  it('is written with zeros for omitted members, and read back', () => {
    const writer = new WireWriter()
    writer.bytes.fill(0xee)
    writeStructure(writer, HEADER, { family: 10, type: 0x1234, index: undefined, flags: 0xffff_fffe })
    expect(writer.length).toBe(12)
    const type = LITTLE_ENDIAN ? '3412' : '1234'
    const flags = LITTLE_ENDIAN ? 'feffffff' : 'fffffffe'
    expect(Buffer.from(writer.bytes.subarray(0, 12)).toString('hex')).toBe(`0a00${type}00000000${flags}`)
    expect(readStructure(writer.view, 0, 12, HEADER)).toEqual({
      ...{ family: 10, type: 0x1234, index: 0, flags: 0xffff_fffe },
    })
  })

  it('may be at any offset, and may have negative members', () => {
    const writer = new WireWriter()
    writer.reserve(4)
    writeStructure(writer, HEADER, { index: -1 })
    expect(readStructure(writer.view, 4, 99, HEADER).index).toBe(-1)
  })

  it('that is truncated is malformed', () => {
    const read = () => readStructure(new DataView(new ArrayBuffer(16)), 0, 11, HEADER)
    expect(read).toThrow(expect.objectContaining({ code: 'ERR_LVS_MALFORMED' }))
    expect(read).toThrow('header has 11 bytes')
  })
})
