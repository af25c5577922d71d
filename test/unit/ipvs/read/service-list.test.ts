import { describe, expect, it } from 'vitest'
import { type ServiceHeader, type ServiceInput, writeService } from '../../../../src/ipvs/model/service.ts'
import { checkServiceKey, formatService } from '../../../../src/ipvs/model/service-key.ts'
import { COMMAND } from '../../../../src/ipvs/protocol/attributes.ts'
import type { DumpDeduplicator } from '../../../../src/ipvs/read/dump-deduplicator.ts'
import { createServiceList, decodeService } from '../../../../src/ipvs/read/read-service.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'

type ServiceList = DumpDeduplicator<ServiceHeader>

/** Adds services from replies of the kernel, all in one buffer that is reused later. */
function records(services: readonly ServiceInput[], into = createServiceList()): ServiceList {
  const writer = new WireWriter()
  const ends = services.map((service) => {
    const nest = writer.beginNest(COMMAND.fields.service.type)
    writeService(writer, checkServiceKey(service), service)
    writer.endNest(nest)
    return writer.length
  })
  for (const [index, end] of ends.entries()) into.add(decodeService(writer.view, ends[index - 1] ?? 0, end))
  writer.bytes.fill(0xff)
  return into
}

const marks = (from: number, to: number): ServiceInput[] =>
  Array.from({ length: to - from }, (_, index) => ({ fwmark: from + index, scheduler: 'rr' }))

const namesOf = (headers: readonly ServiceHeader[]) => headers.map((header) => formatService(header))
const all = (of: ServiceList) => of.entries

describe('services of a dump', () => {
  it('are listed in their order', () => {
    const table = records(marks(1, 1001))
    expect(all(table).map(({ fwmark }) => fwmark)).toEqual(marks(1, 1001).map(({ fwmark }) => fwmark))
    expect(table.hasDuplicates).toBe(false)
  })

  it('are distinguished by their complete key', () => {
    const services: ServiceInput[] = [
      { protocol: 'tcp', address: '192.0.2.1', port: 80 },
      { protocol: 'udp', address: '192.0.2.1', port: 80 },
      { protocol: 'tcp', address: '192.0.2.1', port: 81 },
      { protocol: 'tcp', address: '192.0.2.2', port: 80 },
      { protocol: 'tcp', address: '2001:db8::1', port: 80 },
      { protocol: 'tcp', address: '2001:db8::1:0:0:1', port: 80 },
      { protocol: 'tcp', address: '::c000:201', port: 80 },
      { fwmark: 80 },
      { fwmark: 80, family: 'ipv6' },
      { fwmark: 0xffff_ffff },
    ]
    const table = records(services)
    expect(table.hasDuplicates).toBe(false)
    expect(namesOf(all(table))).toEqual(services.map((service) => formatService(checkServiceKey(service))))
  })

  it('that occur twice are returned once, in their last form and at the position of the first', () => {
    const table = records([...marks(1, 4), { fwmark: 2, scheduler: 'lblcr' }, { fwmark: 4 }])
    expect(table.hasDuplicates).toBe(true)
    expect(all(table).map(({ fwmark, scheduler }) => [fwmark, scheduler])).toEqual([
      [1, 'rr'],
      [2, 'lblcr'],
      [3, 'rr'],
      [4, 'wlc'],
    ])
  })

  it('of several reads are combined', () => {
    const together = records([...marks(300, 700), { fwmark: 300, scheduler: 'sed' }], records(marks(1, 500)))
    const services = all(together)
    expect(services.map(({ fwmark }) => fwmark)).toEqual(marks(1, 700).map(({ fwmark }) => fwmark))
    expect(services[299]!.scheduler).toBe('sed')
  })

  it('may exceed the space that is reserved for some hundreds', () => {
    const writer = new WireWriter()
    const nest = writer.beginNest(COMMAND.fields.service.type)
    writeService(writer, checkServiceKey('fwmark://7'), {})
    writer.endNest(nest)
    writer.payload(999, 65_000)
    writer.payload(998, 65_000)
    const table = createServiceList()
    table.add(decodeService(writer.view, 0, writer.length))
    expect(namesOf(all(records(marks(1, 3), table)))).toEqual(['fwmark://7', 'fwmark://1', 'fwmark://2'])
  })
})
