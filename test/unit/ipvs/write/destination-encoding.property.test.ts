import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DestinationInput } from '../../../../src/ipvs/model/destination.ts'
import { DestinationEncoder } from '../../../../src/ipvs/model/destination-encoder.ts'
import { checkServiceKey, type ServiceReference } from '../../../../src/ipvs/model/service-key.ts'
import { IPVS_CMD } from '../../../../src/ipvs/protocol/uapi.ts'
import { DestinationCommand } from '../../../../src/ipvs/write/destination-commands.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'

/** A command: a destination of a service. */
type Command = readonly [service: ServiceReference, destination: DestinationInput]

/**
 * Writes commands one after another with one encoder, as a client does, and removes a refused one from the buffer. Returns the
 * bytes or the error of each.
 */
function write(
  commands: readonly Command[],
  writer = new WireWriter(64),
  encoder: DestinationEncoder | undefined = new DestinationEncoder(),
): (number[] | string)[] {
  return commands.map(([service, destination]) => {
    const start = writer.length
    try {
      new DestinationCommand(IPVS_CMD.NEW_DEST, 'addDestination', service, destination, encoder).body(writer)
      return [...writer.bytes.slice(start, writer.length)]
    } catch (error) {
      writer.truncate(start)
      return String(error)
    }
  })
}

/** The plain path, without an encoder. */
function writeAnew([service, destination]: Command): number[] | string {
  const writer = new WireWriter(64)
  try {
    new DestinationCommand(IPVS_CMD.NEW_DEST, 'addDestination', service, destination).body(writer)
    return [...writer.bytes.slice(0, writer.length)]
  } catch (error) {
    return String(error)
  }
}

const services = fc.constantFrom<ServiceReference>(
  { protocol: 'tcp', address: '192.0.2.1', port: 80 },
  { protocol: 'tcp', address: '192.0.2.2', port: 80 },
  { protocol: 'tcp', address: '192.0.2.2', port: 81, family: 'ipv4' },
  { protocol: 'tcp', address: '2001:db8::1', port: 80 },
  { fwmark: 7 },
  'tcp://192.0.2.1:80',
  'fwmark://7/ipv6',
)

/** Usually the first service. */
const rarely = (usual: unknown, ...others: unknown[]) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 8 }, { arbitrary: fc.constantFrom(...others), weight: 1 })

/** Mostly alike, as in practice, and sometimes invalid. */
const destinations = fc.record(
  {
    address: fc.oneof(
      { arbitrary: fc.constantFrom<unknown>('10.0.0.1', '10.0.0.2'), weight: 12 },
      { arbitrary: fc.constantFrom<unknown>('2001:db8::2', '2001:db8::3'), weight: 3 },
      { arbitrary: fc.constantFrom<unknown>('10.0.0', '', 7, undefined), weight: 1 },
    ),
    port: fc.oneof(fc.constantFrom<unknown>(80, 8080), rarely(0, -1, null)),
    family: rarely(undefined, 'ipv4', 'ipv6', 'inet'),
    forwarding: rarely('dr', 'tun', 'nat', 4, 'no'),
    weight: fc.oneof(fc.constantFrom<unknown>(1, 2, undefined), rarely(0, -1, Number.NaN, null)),
    upperThreshold: rarely(0, 100, undefined, -1),
    lowerThreshold: rarely(0, 50, undefined),
    tunnel: rarely(undefined, null, { type: 'gue', port: 6080 }, { type: 'gre' }, { type: 'ipip' }),
    wieght: rarely(undefined, 1),
  },
  { requiredKeys: ['address', 'forwarding', 'upperThreshold', 'lowerThreshold'] },
) as fc.Arbitrary<unknown> as fc.Arbitrary<DestinationInput>

describe('a destination after others', () => {
  it('is written, or rejected, exactly as by itself', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(services, destinations), { minLength: 1, maxLength: 12 }), (commands) => {
        expect(write(commands)).toEqual(commands.map(writeAnew))
      }),
      { numRuns: 5000 },
    )
  })

  it('keeps its own settings when a service with other settings is written in between', () => {
    const other: ServiceReference = { protocol: 'tcp', address: '192.0.2.2', port: 80 }
    const destination = (weight: number, port: number): DestinationInput => ({
      ...{ address: '10.0.0.1', forwarding: 'dr', weight, port },
    })
    const commands: Command[] = [
      ['tcp://192.0.2.1:80', destination(1, 80)],
      [other, destination(5, 81)],
      [other, destination(1, 80)],
      ['fwmark://7', destination(5, 81)],
      ['fwmark://7', destination(1, 80)],
      ['tcp://192.0.2.1:80', destination(5, 80)],
    ]
    expect(write(commands)).toEqual(commands.map(writeAnew))
  })

  it('is written again if the previous bytes have been overwritten', () => {
    const writer = new WireWriter(64)
    const encoder = new DestinationEncoder()
    const command: Command = ['fwmark://7', { address: '10.0.0.1', port: 80, forwarding: 'dr' }]
    write([command], writer, encoder)
    writer.truncate(0)
    writer.append(new Uint8Array(256).fill(0xff))
    expect(write([command], writer, encoder)).toEqual([writeAnew(command)])
  })

  it('belongs to the service that is in the object of the caller now', () => {
    const service = { protocol: 'tcp' as const, address: '192.0.2.1', port: 80 }
    const writer = new WireWriter(64)
    const encoder = new DestinationEncoder()
    const destination: DestinationInput = { address: '10.0.0.1', forwarding: 'dr' }
    write([[service, destination]], writer, encoder)
    service.port = 81
    expect(write([[service, destination]], writer, encoder)).toEqual([
      writeAnew([checkServiceKey(service), destination]),
    ])
  })

  it('is sent as it was checked, with each field read once', () => {
    const reads: string[] = []
    const record = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (object, name) => {
          reads.push(String(name))
          return Reflect.get(object, name)
        },
      })
    const destination = record<DestinationInput>({ address: '10.0.0.1', forwarding: 'dr', weight: 3 })
    write([['fwmark://7', destination]])
    expect(reads).toEqual([...new Set(reads)])
    expect(reads).toContain('weight')
  })
})
