/** Any two tables with some common entries, as complete documents. */

import fc from 'fast-check'
import { formatService } from '../../../src/ipvs/model/service-key.ts'
import type { Family } from '../../../src/netlink/wire/address.ts'
import type {
  DesiredDestination,
  DesiredService,
  DesiredState,
} from '../../../src/state/model/desired-state.ts'
import { destination, family, serviceKey, serviceSettings } from '../ipvs/arbitraries.ts'

const weight = fc.constantFrom(0, 0, 1, 2, 100)
/** Ports of the destinations of a service, so few that two tables have common ones. */
const port = fc.integer({ min: 1, max: 5 })

/** A service with up to four of five destinations, so that two services with the same key have common destinations. */
function serviceOf(key: Key, mixed: boolean): fc.Arbitrary<DesiredService> {
  const own = key.family === 'ipv4' ? '198.51.100.7' : '2001:db8::7'
  const other = key.family === 'ipv4' ? '2001:db8::8' : '198.51.100.8'
  const one = fc.tuple(destination(key.family), port, weight).map(([settings, number, share]) => {
    const { family: _, ...rest } = settings
    const address = mixed && settings.forwarding === 'tun' && number > 3 ? other : own
    return { ...rest, address, port: number, weight: share } as DesiredDestination
  })
  const destinations = fc.uniqueArray(one, { maxLength: 4, selector: (each) => each.port })
  return fc
    .tuple(serviceSettings(key.family), destinations)
    .map(([settings, list]) => ({ service: formatService(key), ...settings, destinations: list }))
}

const interfaceName = fc.constantFrom('eth0', 'eth1')
const daemonOf = (role: 'master' | 'backup') =>
  fc.record({
    role: fc.constant(role),
    interface: interfaceName,
    syncId: fc.integer({ min: 0, max: 2 }),
    maximumLength: fc.constantFrom(1400, 1472),
    group: fc.constantFrom('224.0.0.81', 'ff02::81'),
    port: fc.constantFrom(8848, 9000),
    ttl: fc.constantFrom(1, 8),
  })
const daemons = fc
  .tuple(fc.option(daemonOf('master')), fc.option(daemonOf('backup')))
  .map((list) => list.filter((daemon) => daemon !== null))

const seconds = fc.integer({ min: 1, max: 3 })
const timeouts = fc.record({ tcp: seconds, tcpFin: seconds, udp: seconds })

type Key = Parameters<typeof formatService>[0] & { readonly family: Family }

/** Any document over some keys. No daemon runs beside a destination of another family. */
function stateOf(keys: readonly Key[]): fc.Arbitrary<DesiredState> {
  return fc.boolean().chain((mixed) => {
    const services = keys.map((key) => fc.option(serviceOf(key, mixed), { freq: 4 }))
    return fc.record({
      services: fc.tuple(fc.tuple(...services), fc.boolean()).map(([list, turned]) => {
        const found = list.filter((service) => service !== null)
        return turned ? found.reverse() : found
      }),
      timeouts,
      daemons: mixed ? fc.constant([]) : daemons,
    })
  }) as fc.Arbitrary<DesiredState>
}

const keys = fc.uniqueArray(serviceKey(family) as fc.Arbitrary<Key>, {
  minLength: 1,
  maxLength: 4,
  selector: formatService,
})

/** Any two complete documents over the same few services and destinations. */
export const twoStates = keys.chain((some) => fc.tuple(stateOf(some), stateOf(some)))
