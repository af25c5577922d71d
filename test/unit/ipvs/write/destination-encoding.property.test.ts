import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DestinationInput } from '../../../../src/ipvs/model/destination.ts'
import { encodeDestination } from '../../../../src/ipvs/model/destination-message.ts'
import type { ServiceReference } from '../../../../src/ipvs/model/service-key.ts'
import { IPVS_CMD } from '../../../../src/ipvs/protocol/uapi.ts'
import { DestinationCommand } from '../../../../src/ipvs/write/destination-commands.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'

/** A destination of a service. */
type Command = readonly [service: ServiceReference, destination: DestinationInput]

/** Returns the bytes or the error of each command. Removes a refused one from the buffer, as a client does. */
function writeEach(
  commands: readonly Command[],
  write: (writer: WireWriter, ...command: Command) => void,
): (number[] | string)[] {
  const writer = new WireWriter(64)
  return commands.map((command) => {
    const start = writer.length
    try {
      write(writer, ...command)
      return [...writer.bytes.slice(start, writer.length)]
    } catch (error) {
      writer.truncate(start)
      return String(error)
    }
  })
}

const writeCommand = (writer: WireWriter, service: ServiceReference, destination: DestinationInput) =>
  new DestinationCommand(IPVS_CMD.NEW_DEST, 'addDestination', service, destination).body(writer)

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

describe('the attributes of a destination', () => {
  it('equal those that are written one by one, and so do the errors', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(services, destinations), { minLength: 1, maxLength: 12 }), (commands) => {
        expect(writeEach(commands, writeCommand)).toEqual(writeEach(commands, encodeDestination))
      }),
      { numRuns: 5000 },
    )
  })

  it('overwrite the previous content of the buffer', () => {
    const command: Command = ['tcp://192.0.2.1:80', { address: '10.0.0.1', port: 80, forwarding: 'dr' }]
    const writer = new WireWriter(64)
    writer.append(new Uint8Array(256).fill(0xff))
    writer.truncate(0)
    writeCommand(writer, ...command)
    expect([[...writer.bytes.slice(0, writer.length)]]).toEqual(writeEach([command], encodeDestination))
  })

  it('are read from getters of a class', () => {
    class Measured {
      readonly address = '10.0.0.1'
      readonly forwarding = 'dr'
      get weight() {
        return 7
      }
    }
    const service = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
    const plain = { address: '10.0.0.1', forwarding: 'dr', weight: 7 } as const
    expect(writeEach([[service, new Measured()]], writeCommand)).toEqual(
      writeEach([[service, plain]], encodeDestination),
    )
  })

  it('are sent as they were checked, with each field read once', () => {
    const reads: string[] = []
    const record = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (object, name) => {
          reads.push(String(name))
          return Reflect.get(object, name)
        },
      })
    const destination = record<DestinationInput>({ address: '10.0.0.1', forwarding: 'dr', weight: 3 })
    writeEach([['fwmark://7', destination]], writeCommand)
    writeEach([['tcp://192.0.2.1:80', destination]], writeCommand)
    expect(reads.slice(0, reads.length / 2)).toEqual([...new Set(reads)])
    expect(reads).toContain('weight')
  })
})
