import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeServiceIdentity } from '../../../src/ipvs/service-identity.ts'
import { checkServiceKey, type ServiceReference } from '../../../src/ipvs/service-key.ts'
import { WireWriter } from '../../../src/netlink/wire.ts'

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
const TAILS = [undefined, Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6, 7, 8, 9, 10, 11, 12)]

function write(reference: ServiceReference, tail?: Uint8Array) {
  const writer = new WireWriter(64)
  const key = writeServiceIdentity(writer, reference, tail)
  return { key, bytes: [...writer.bytes.slice(0, writer.length)] }
}

/** Makes whatever is kept something else. */
function forget() {
  write({ fwmark: 4711 })
}

describe('which service is meant', () => {
  it('is written alike whatever was written before', () => {
    const step = fc.tuple(fc.constantFrom(...REFERENCES), fc.constantFrom(...TAILS))
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        for (const [reference, tail] of steps) {
          const kept = write(reference, tail)
          forget()
          expect(kept).toEqual(write(reference, tail))
          expect(kept.key).toEqual(checkServiceKey(reference))
          write(reference, tail)
        }
      }),
    )
  })

  it('is looked at again when the caller has changed its object', () => {
    const service = { protocol: 'tcp' as const, address: '192.0.2.1', port: 80 }
    const before = write(service)
    service.port = 8080
    expect(write(service)).not.toEqual(before)
    expect(write(service).key).toMatchObject({ port: 8080 })
  })

  it.each([[undefined], [null], [7], [{}], [{ protocol: 'tcp', address: '192.0.2.1', port: -1 }]])(
    'is refused and not kept when it is %o',
    (reference) => {
      for (let time = 0; time < 2; time++) expect(() => write(reference as never)).toThrow()
      expect(write('fwmark://7').key).toEqual({ fwmark: 7, family: 'ipv4' })
    },
  )
})
