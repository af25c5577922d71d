import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ServiceInput, writeService } from '../../../../src/ipvs/model/service.ts'
import { copyService } from '../../../../src/ipvs/model/service-fields.ts'
import { checkServiceKey } from '../../../../src/ipvs/model/service-key.ts'
import { COMMAND } from '../../../../src/ipvs/protocol/attributes.ts'
import { IPVS_CMD } from '../../../../src/ipvs/protocol/uapi.ts'
import { ServiceCommand } from '../../../../src/ipvs/write/service-commands.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'

/** The bytes, or the error. The buffer is not empty before. */
function written(write: (writer: WireWriter) => void): number[] | string {
  const writer = new WireWriter(64)
  writer.append(new Uint8Array(256).fill(0xff))
  writer.truncate(8)
  try {
    write(writer)
    return [...writer.bytes.slice(8, writer.length)]
  } catch (error) {
    return String(error)
  }
}

const writtenByCommand = (service: ServiceInput) =>
  written((writer) => new ServiceCommand(IPVS_CMD.NEW_SERVICE, 'addService', service, service).body(writer))

const writtenOneByOne = (service: ServiceInput) =>
  written((writer) => {
    const fields = copyService(service)
    const key = checkServiceKey(fields as ServiceInput)
    const nest = writer.beginNest(COMMAND.fields.service.type)
    writeService(writer, key, fields)
    writer.endNest(nest)
  })

/** Mostly the first one. */
const rarely = (usual: unknown, ...others: unknown[]) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 8 }, { arbitrary: fc.constantFrom(...others), weight: 1 })

const services = fc.record(
  {
    protocol: fc.oneof(fc.constantFrom<unknown>('tcp', 'udp', 'sctp'), rarely('tcp', 6, 47, 'icmp', null)),
    address: rarely('192.0.2.1', '255.255.255.255', '2001:db8::1', '192.0.2', '', 7),
    port: rarely(80, 0, 65535, 65536, -1, 1.5, Number.NaN, '80', null),
    fwmark: rarely(undefined, 7, null),
    family: rarely(undefined, 'ipv4', 'ipv6', 'inet'),
    scheduler: fc.oneof(
      fc.constantFrom<unknown>('rr', 'wlc', 'lblcr', 'mh'),
      rarely('rr', 'none', 'ours', '', 5),
    ),
    schedulerFlags: rarely(undefined, [], ['sh-port'], ['flag-1'], null),
    onePacket: rarely(undefined, false, true, null, 1),
    persistence: rarely(undefined, null, { timeout: 60 }, { timeout: -1 }, 60),
    persistenceEngine: rarely(undefined, null, 'sip', '', 'a b'),
    wieght: rarely(undefined, 1),
  },
  { requiredKeys: ['protocol', 'address', 'port'] },
) as fc.Arbitrary<unknown> as fc.Arbitrary<ServiceInput>

describe('the attributes of a service', () => {
  it('equal those that are written one by one, and so do the errors', () => {
    fc.assert(
      fc.property(services, (service) => {
        expect(writtenByCommand(service)).toEqual(writtenOneByOne(service))
      }),
      { numRuns: 10_000 },
    )
  })
})
