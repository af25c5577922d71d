import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkServiceKey,
  type ServiceReference,
  writeServiceReference,
} from '../../../../src/ipvs/model/service-key.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'

const REFERENCES: ServiceReference[] = [
  { protocol: 'tcp', address: '192.0.2.1', port: 80 },
  { protocol: 'tcp', address: '192.0.2.1', port: 80, family: 'ipv4' },
  { protocol: 'tcp', address: '192.0.2.1', port: 81 },
  { protocol: 'udp', address: '192.0.2.1', port: 80 },
  { protocol: 'tcp', address: '192.0.2.2', port: 80 },
  { protocol: 'tcp', address: '2001:db8::1', port: 80 },
  { fwmark: 7 },
  { fwmark: 7, family: 'ipv6' },
  { fwmark: 8 },
  'tcp://192.0.2.1:80',
  'tcp://192.0.2.1:81',
  'fwmark://7',
]
/** Writes references one after another into one writer. Returns the bytes of each. */
function write(...references: ServiceReference[]): number[][] {
  const writer = new WireWriter(64)
  return references.map((reference) => {
    const start = writer.length
    writeServiceReference(writer, checkServiceKey(reference))
    return [...writer.bytes.slice(start, writer.length)]
  })
}

/** The same with a writer for each, after other bytes. */
function writeAnew(reference: ServiceReference): number[] {
  write({ fwmark: 4711 })
  return write(reference)[0]!
}

describe('the reference of a command to its service', () => {
  it('has the same bytes whatever was written before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...REFERENCES), { minLength: 1, maxLength: 8 }), (references) => {
        const written = write(...references)
        expect(written).toEqual(references.map(writeAnew))
      }),
    )
  })

  it('is written again if the previous bytes have been overwritten', () => {
    const writer = new WireWriter(64)
    writeServiceReference(writer, checkServiceKey('fwmark://7'))
    writer.truncate(0)
    writer.append(new Uint8Array(64).fill(0xff))
    const start = writer.length
    writeServiceReference(writer, checkServiceKey('fwmark://7'))
    expect([...writer.bytes.slice(start, writer.length)]).toEqual(writeAnew('fwmark://7'))
  })

  it('is read again if the caller has changed its object', () => {
    const service = { protocol: 'tcp' as const, address: '192.0.2.1', port: 80 }
    const before = write(service)
    service.port = 8080
    expect(write(service)).not.toEqual(before)
    expect(checkServiceKey(service)).toMatchObject({ port: 8080 })
  })

  it.each([[undefined], [null], [7], [{}], [{ protocol: 'tcp', address: '192.0.2.1', port: -1 }]])(
    'is rejected each time if it is %o',
    (reference) => {
      for (let time = 0; time < 2; time++) expect(() => write(reference as never)).toThrow()
      expect(checkServiceKey('fwmark://7')).toEqual({ fwmark: 7, family: 'ipv4' })
      expect(() => write(reference as never)).toThrow()
    },
  )

  it('is read once, so that the checked value is sent', () => {
    const reads: string[] = []
    let ports = 80
    const read = <T>(name: string, value: T): T => {
      reads.push(name)
      return value
    }
    const moving = {
      get protocol() {
        return read('protocol', 'tcp' as const)
      },
      get address() {
        return read('address', '192.0.2.1')
      },
      get port() {
        return read('port', ++ports)
      },
    }
    expect(checkServiceKey(moving)).toMatchObject({ port: 81 })
    expect(reads.toSorted()).toEqual(['address', 'port', 'protocol'])
    expect(write(moving, moving).map((bytes) => bytes.at(-3))).toEqual([82, 83])
  })
})
