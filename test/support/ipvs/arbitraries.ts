import fc from 'fast-check'
import type { DestinationInput } from '../../../src/ipvs/model/destination.ts'
import { SCHEDULERS, type SchedulerFlag } from '../../../src/ipvs/model/scheduler.ts'
import type { ServiceSettings } from '../../../src/ipvs/model/service.ts'
import type { Tunnel } from '../../../src/ipvs/model/tunnel.ts'
import type { Family } from '../../../src/netlink/wire/address.ts'

/** Every valid input in the form in which it is read back: complete and canonical. */

/** Any integer of a range, its ends more often than others. */
export function integer(min: number, max: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.constantFrom(min, max),
    fc.integer({ min, max }),
    fc.integer({ min, max: Math.min(max, min + 9) }),
  )
}

export const port = integer(0, 65535)

const group = fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
/** IPv6 addresses in the form of RFC 5952, which is that of the URL standard except for IPv4-mapped addresses. */
export const ipv6 = fc.oneof(
  { weight: 9, arbitrary: fc.array(group, { minLength: 8, maxLength: 8 }).map(canonical) },
  { weight: 1, arbitrary: fc.ipV4().map((address) => `::ffff:${address}`) },
)

function canonical(groups: number[]): string {
  if (groups[5] === 0xffff && groups.slice(0, 5).every((number) => number === 0)) return '::1'
  return new URL(`http://[${groups.map((number) => number.toString(16)).join(':')}]`).hostname.slice(1, -1)
}

export const family = fc.constantFrom<Family>('ipv4', 'ipv6')

export function address(of: Family): fc.Arbitrary<string> {
  return of === 'ipv4' ? fc.ipV4() : ipv6
}

const protocol = fc.oneof(
  fc.constantFrom('tcp', 'udp', 'sctp'),
  integer(0, 65535).filter((number) => ![6, 17, 132].includes(number)),
)

/** The key of any service, of one family or of both. */
export function serviceKey(families: fc.Arbitrary<Family> = family) {
  const fwmark = fc.record({ fwmark: integer(1, 0xffff_ffff), family: families })
  const addressed = families.chain((of) =>
    fc.record({
      protocol: protocol as fc.Arbitrary<'tcp'>,
      address: address(of),
      port,
      family: fc.constant(of),
    }),
  )
  return fc.oneof({ weight: 1, arbitrary: fwmark }, { weight: 3, arbitrary: addressed })
}

const printable = fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code))

/** A name that the kernel accepts. */
export function name(maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: printable.filter((character) => character !== '/'), minLength: 1, maxLength })
}

const scheduler = fc.oneof(fc.constantFrom(...SCHEDULERS, 'none'), fc.constantFrom('sh', 'mh'), name(15))

function schedulerFlags(of: string): fc.Arbitrary<SchedulerFlag[]> {
  const named =
    of === 'sh' || of === 'mh' ? ([`${of}-fallback`, `${of}-port`] as const) : (['flag-1', 'flag-2'] as const)
  return fc.subarray<SchedulerFlag>([...named, 'flag-3'])
}

function persistence(of: Family) {
  const mask = of === 'ipv4' ? fc.ipV4() : integer(1, 128)
  return fc.record({ timeout: integer(0, 4_294_967), mask: mask as fc.Arbitrary<string | number> })
}

/** The settings of any service of a family. */
export function serviceSettings(of: Family) {
  return scheduler.chain((named) =>
    fc.record({
      scheduler: fc.constant(named),
      schedulerFlags: schedulerFlags(named),
      onePacket: fc.boolean(),
      persistence: fc.option(persistence(of)),
      persistenceEngine: fc.option(name(16)),
    }),
  ) satisfies fc.Arbitrary<ServiceSettings>
}

const checksum = fc.constantFrom('none', 'checksum', 'remote')
const unknown = integer(3, 65535)

/** Any tunnel, including those without named values. */
export const tunnel = fc.oneof(
  fc.constant({ type: 'ipip' }),
  fc.record({ type: fc.constant('gue'), port: integer(1, 65535), checksum }),
  fc.record({ type: fc.constant('gre'), checksum: fc.constantFrom('none', 'checksum') }),
  fc.record({ type: integer(3, 255), port, checksum: fc.oneof(checksum, unknown) }),
  fc.record({ type: integer(0, 2), port, checksum: unknown }),
  fc.record({ type: fc.constant(0), port: integer(1, 65535), checksum }),
  fc.record({ type: fc.constant(1), port: fc.constant(0), checksum }),
  fc.record({ type: fc.constant(2), port: integer(1, 65535), checksum }),
  fc.record({ type: fc.constant(2), port: fc.constant(0), checksum: fc.constant('remote') }),
) as fc.Arbitrary<Tunnel>

const forwarding = fc.oneof(
  fc.record({ forwarding: fc.constant('tun'), tunnel }),
  fc.record({
    forwarding: fc.oneof(fc.constantFrom('dr', 'nat', 'local', 'bypass'), fc.integer({ min: 5, max: 7 })),
    tunnel: fc.constant(null),
  }),
)

const limits = fc.tuple(integer(0, 2 ** 31 - 1), integer(0, 2 ** 31 - 1)).map(([one, other]) => ({
  upperThreshold: Math.max(one, other),
  lowerThreshold: Math.min(one, other),
}))

/** Any destination of a service of a family; of the other family only through a tunnel. */
export function destination(serviceFamily: Family) {
  return fc
    .tuple(family, forwarding, limits, integer(0, 2 ** 31 - 1), port)
    .chain(([wanted, method, thresholds, weight, number]) => {
      const of = method.forwarding === 'tun' ? wanted : serviceFamily
      return address(of).map((text) => ({
        address: text,
        port: number,
        family: of,
        weight,
        ...thresholds,
        ...method,
      }))
    }) as fc.Arbitrary<DestinationInput & { port: number; family: Family }>
}
