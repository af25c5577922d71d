import { describe, expect, it } from 'vitest'
import { AttributeSet, attributeTable, writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { address, flag, hardwareAddress, interfaceName } from '../../../../src/route/protocol/codecs.ts'

const TABLE = attributeTable('table', {
  address: [1, address],
  hardware: [2, hardwareAddress],
  name: [3, interfaceName],
  flag: [4, flag],
})
const { fields } = TABLE

/** Encodes and decodes a value. Returns the decoded value and the length of the payload. */
function passed<T>(field: Parameters<typeof writeAttribute<T>>[1], value: T): [T | undefined, number] {
  const writer = new WireWriter()
  writer.bytes.fill(0xee)
  writeAttribute(writer, field, value)
  const set = new AttributeSet(TABLE).readStrictly(writer.view, 0, writer.length)
  return [set.get(field), set.lengthOf(field)]
}

describe('an attribute', () => {
  it.each([
    ['192.0.2.1', 4],
    ['255.255.255.255', 4],
    ['2001:db8::1', 16],
    ['::', 16],
  ])('of an address has the length of its family: %s', (text, length) => {
    expect(passed(fields.address, text)).toEqual([text, length])
  })

  it('of a hardware address has the length of that address', () => {
    expect(passed(fields.hardware, '02:00:00:00:00:0a')).toEqual(['02:00:00:00:00:0a', 6])
    expect(passed(fields.hardware, 'c0:00:02:01')).toEqual(['c0:00:02:01', 4])
  })

  it('of the name of an interface is UTF-8, with or without a terminating NUL', () => {
    expect(passed(fields.name, 'eth0')).toEqual(['eth0', 5])
    expect(passed(fields.name, 'brücke')).toEqual(['brücke', 8])
    const writer = new WireWriter()
    const offset = writer.payload(fields.name.type, 2)
    writer.bytes.set([0x6c, 0x6f], offset)
    expect(new AttributeSet(TABLE).read(writer.view, 0, writer.length).get(fields.name)).toBe('lo')
  })

  it('of a flag is present or absent', () => {
    expect(passed(fields.flag, true)).toEqual([true, 0])
    expect(new AttributeSet(TABLE).read(new DataView(new ArrayBuffer(0)), 0, 0).has(fields.flag)).toBe(false)
  })
})
