import { SCHEDULERS } from '../../../src/ipvs/model/scheduler.ts'
import type {
  DesiredDestination,
  DesiredService,
  DesiredState,
} from '../../../src/state/model/desired-state.ts'
import type { Random } from './random.ts'

/** A random document with one to three services, all settings of which the kernel accepts. */
export function randomDocument(random: Random): DesiredState {
  return {
    services: Array.from({ length: 1 + random.below(3) }, (_, index) => randomService(random, index + 1)),
  }
}

function randomService(random: Random, number: number): DesiredService {
  const isV6 = random.chance(0.3)
  const isMark = random.chance(0.2)
  const protocol = random.pick(['tcp', 'udp', 'sctp'] as const)
  const port = random.pick([80, 443, 65_535, 0])
  const address = isV6 ? `[2001:db8::${number}]` : `10.0.0.${number}`
  const scheduler = random.pick(SCHEDULERS)
  const isPersistent = (!isMark && port === 0) || random.chance(0.3)
  const timeout = random.pick([1, 60, 360, 2_678_400])
  const mask = isV6 ? random.pick([64, 128]) : random.pick(['255.255.255.0', '255.255.255.255', '0.0.0.255'])
  return {
    service: isMark ? `fwmark://${number}${isV6 ? '/ipv6' : ''}` : `${protocol}://${address}:${port}`,
    scheduler,
    ...(scheduler === 'sh'
      ? { schedulerFlags: random.pick([[], ['sh-port'], ['sh-port', 'sh-fallback']] as const) }
      : {}),
    ...(random.chance(0.2) && (isMark || protocol === 'udp') ? { onePacket: true } : {}),
    ...(isPersistent ? { persistence: { timeout, ...(random.chance(0.5) ? { mask } : {}) } } : {}),
    ...(isPersistent && random.chance(0.2) ? { persistenceEngine: 'sip' } : {}),
    destinations: Array.from({ length: 1 + random.below(3) }, (_, index) =>
      randomDestination(random, isV6, isMark ? 0 : port, index),
    ),
  }
}

function randomDestination(random: Random, isV6: boolean, port: number, index: number): DesiredDestination {
  const forwarding = random.pick(['dr', 'nat', 'tun'] as const)
  const upperThreshold = random.pick([0, 0, 100, 4_294_967])
  const tunnel = random.pick([
    { type: 'ipip' },
    { type: 'gue', port: 7000, checksum: 'checksum' },
    { type: 'gre', checksum: 'none' },
  ] as const)
  return {
    address: isV6 ? `2001:db8:1::${index + 1}` : `192.0.2.${10 + index}`,
    port: forwarding === 'nat' ? random.pick([port, 8080, 81]) : port,
    forwarding,
    weight: random.pick([0, 1, 7, 65_535]),
    upperThreshold,
    lowerThreshold: random.pick([0, upperThreshold]),
    ...(forwarding === 'tun' ? { tunnel } : {}),
  }
}
