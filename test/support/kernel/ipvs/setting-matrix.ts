/**
 * Every setting of a table: each protocol in each family, each setting of a service, each forwarding method. Each input is
 * paired with the complete value that must be read back.
 */

import {
  type Destination,
  type DestinationInput,
  type DestinationLimits,
  type Family,
  type Forwarding,
  formatService,
  type Persistence,
  type SchedulerFlag,
  type Service,
  type ServiceInput,
  type ServiceKey,
  type ServiceSettings,
  type Statistics,
} from '../../../../src/index.ts'

/** A service and its destinations, as input and as expected when read. */
export interface MatrixEntry {
  readonly service: ServiceInput
  readonly destinations: readonly DestinationInput[]
  readonly read: Service
}

const FAMILIES = ['ipv4', 'ipv6'] as const
const PROTOCOLS = ['tcp', 'udp', 'sctp', 'fwmark'] as const

const WEIGHTS = [undefined, 0, 1, 2, 100, 65535, 2 ** 31 - 1]
const THRESHOLDS: readonly DestinationLimits[] = [
  {},
  { upperThreshold: 1 },
  { upperThreshold: 1000, lowerThreshold: 750 },
  { upperThreshold: 2 ** 31 - 1, lowerThreshold: 2 ** 31 - 1 },
]

/** Tunnels as input and as read. */
const TUNNELS: readonly { write: Forwarding; read: Destination['tunnel'] }[] = [
  { write: { forwarding: 'tun' }, read: { type: 'ipip' } },
  { write: { forwarding: 'tun', tunnel: null }, read: { type: 'ipip' } },
  ...(
    [
      { type: 'ipip' },
      { type: 'gue', port: 1, checksum: 'none' },
      { type: 'gue', port: 6080, checksum: 'checksum' },
      { type: 'gue', port: 65535, checksum: 'remote' },
      { type: 'gre', checksum: 'none' },
      { type: 'gre', checksum: 'checksum' },
    ] as const
  ).map((tunnel) => ({ write: { forwarding: 'tun', tunnel } as const, read: tunnel })),
  {
    write: { forwarding: 'tun', tunnel: { type: 'gue', port: 6080 } },
    read: { type: 'gue', port: 6080, checksum: 'none' },
  },
  { write: { forwarding: 'tun', tunnel: { type: 'gre' } }, read: { type: 'gre', checksum: 'none' } },
]
const FORWARDING = [
  ...(['dr', 'nat', 'local', 'bypass'] as const).map((forwarding) => ({ write: { forwarding }, read: null })),
  ...TUNNELS,
]

/** Persistence as input and as read. */
const PERSISTENCE: Readonly<
  Record<Family, readonly { write: Persistence | null; read: Service['persistence'] }[]>
> = {
  ipv4: [
    { write: null, read: null },
    { write: {}, read: { timeout: 360, mask: '255.255.255.255' } },
    { write: { timeout: 1, mask: 24 }, read: { timeout: 1, mask: '255.255.255.0' } },
    { write: { timeout: 2_678_400, mask: '255.255.0.0' }, read: { timeout: 2_678_400, mask: '255.255.0.0' } },
    { write: { timeout: 4_294_967, mask: '255.0.255.0' }, read: { timeout: 4_294_967, mask: '255.0.255.0' } },
    { write: { timeout: 0, mask: 0 }, read: { timeout: 0, mask: '0.0.0.0' } },
  ],
  ipv6: [
    { write: null, read: null },
    { write: {}, read: { timeout: 360, mask: 128 } },
    { write: { timeout: 1, mask: 64 }, read: { timeout: 1, mask: 64 } },
    { write: { timeout: 4_294_967, mask: 127 }, read: { timeout: 4_294_967, mask: 127 } },
    { write: { timeout: 0, mask: 1 }, read: { timeout: 0, mask: 1 } },
  ],
}

function flagSets(scheduler: string): SchedulerFlag[][] {
  const named = scheduler === 'sh' || scheduler === 'mh'
  const flags: SchedulerFlag[] = named
    ? [`${scheduler}-fallback`, `${scheduler}-port`, 'flag-3']
    : ['flag-1', 'flag-2', 'flag-3']
  return [[], ...flags.map((flag) => [flag]), flags]
}

type Settings = {
  write: ServiceSettings
  read: Omit<Service, 'destinations' | 'statistics' | keyof ServiceKey>
}

/** Each setting with all its values and defaults for the others, then all settings together. */
function settingsOf(scheduler: string, family: Family): Settings[] {
  const plain = {
    scheduler,
    schedulerFlags: [],
    onePacket: false,
    persistence: null,
    persistenceEngine: null,
  }
  const full = PERSISTENCE[family][2]!
  const flags = flagSets(scheduler)
  const all = {
    scheduler,
    schedulerFlags: flags.at(-1)!,
    onePacket: true,
    persistenceEngine: 'sip',
  }
  return [
    { write: { scheduler }, read: plain },
    ...PERSISTENCE[family].map(({ write, read }) => ({
      write: { scheduler, persistence: write },
      read: { ...plain, persistence: read },
    })),
    ...flags.map((schedulerFlags) => ({
      write: { scheduler, schedulerFlags },
      read: { ...plain, schedulerFlags },
    })),
    { write: { scheduler, onePacket: true }, read: { ...plain, onePacket: true } },
    { write: { scheduler, persistenceEngine: 'sip' }, read: { ...plain, persistenceEngine: 'sip' } },
    {
      write: { ...all, persistence: full.write },
      read: { ...all, persistence: full.read },
    },
  ]
}

export const NO_COUNTS: Statistics = {
  connections: 0,
  incomingPackets: 0,
  outgoingPackets: 0,
  incomingBytes: 0,
  outgoingBytes: 0,
  connectionsPerSecond: 0,
  incomingPacketsPerSecond: 0,
  outgoingPacketsPerSecond: 0,
  incomingBytesPerSecond: 0,
  outgoingBytesPerSecond: 0,
}

/** The complete matrix of one scheduler. */
export function matrixOf(scheduler: string): MatrixEntry[] {
  let turn = 0
  return PROTOCOLS.flatMap((protocol) =>
    FAMILIES.flatMap((family) =>
      settingsOf(scheduler, family).map(({ write, read }, index) => {
        const key = keyOf(protocol, family, index)
        const other = family === 'ipv4' ? 'ipv6' : 'ipv4'
        const ways = [
          ...FORWARDING.map((way) => ({ ...way, family })),
          ...TUNNELS.map((way) => ({ ...way, family: other }) as const),
        ]
        // The first service gets all of them, the others a few each.
        const some = index === 0 ? ways : [0, 1, 2].map((offset) => ways[(turn + offset) % ways.length]!)
        const destinations = some.map((way, number) => destinationOf(key, way, number, turn++))
        return {
          service: { ...key, ...write },
          destinations: destinations.map((destination) => destination.write),
          read: {
            ...key,
            family,
            ...read,
            statistics: NO_COUNTS,
            destinations: destinations.map((destination) => destination.read).reverse(),
          },
        }
      }),
    ),
  )
}

function keyOf(protocol: (typeof PROTOCOLS)[number], family: Family, index: number): ServiceKey {
  if (protocol === 'fwmark') return { fwmark: index === 0 ? 0xffff_ffff : index, family }
  return {
    protocol,
    address: family === 'ipv4' ? '10.0.0.1' : '2001:db8::1',
    port: index === 0 ? 65535 : index,
  }
}

function destinationOf(
  service: ServiceKey,
  way: { write: Forwarding; read: Destination['tunnel']; family: Family },
  number: number,
  turn: number,
): { write: DestinationInput; read: Destination } {
  const address = `${way.family === 'ipv4' ? '10.1.0.' : '2001:db8:1::'}${number + 1}`
  const weight = WEIGHTS[turn % WEIGHTS.length]
  const thresholds = THRESHOLDS[turn % THRESHOLDS.length]!
  // Every second one omits its port.
  const port = turn % 2 === 0 ? undefined : way.write.forwarding === 'nat' ? 8080 : (service.port ?? 0)
  return {
    write: { address, port, weight, ...thresholds, ...way.write },
    read: {
      address,
      port: port ?? service.port ?? 0,
      family: way.family,
      forwarding: way.write.forwarding,
      tunnel: way.read,
      weight: weight ?? 1,
      upperThreshold: 0,
      lowerThreshold: 0,
      ...thresholds,
      activeConnections: 0,
      inactiveConnections: 0,
      persistentConnections: 0,
      statistics: NO_COUNTS,
    } as Destination,
  }
}

/** Services by name; the kernel lists them in the order of its hash table. */
export function byName(services: readonly Service[]): Map<string, Service> {
  return new Map(services.map((service) => [formatService(service), service]))
}
