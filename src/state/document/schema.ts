import type { z as Zod } from 'zod'
import { SYNC_ROLES } from '../../ipvs/model/daemon.ts'
import { FORWARDING_METHODS, MAXIMUM } from '../../ipvs/model/destination.ts'
import { DEFAULT_PERSISTENCE_TIMEOUT } from '../../ipvs/model/persistence.ts'
import { PROTOCOLS } from '../../ipvs/model/service-key.ts'
import { TUNNEL_CHECKSUMS, TUNNEL_TYPES } from '../../ipvs/model/tunnel.ts'
import { loadZod } from './lazy-packages.ts'

let schema: Zod.ZodType | undefined

/**
 * The schema of documents. It validates text and becomes the JSON Schema. Rules that it cannot express (addresses, the flags of
 * a scheduler, repeated services) are validated when the document is resolved.
 */
export function documentSchema(): Zod.ZodType {
  schema ??= makeSchema(loadZod().z)
  return schema
}

/** The JSON Schema of documents, for editors and other programs. The package contains it as a file: `@lvs/netlink/state.schema.json`. */
export function stateJsonSchema(): object {
  return loadZod().z.toJSONSchema(documentSchema(), { target: 'draft-2020-12', unrepresentable: 'any' })
}

const wordsOf = <W extends string>(table: Readonly<Record<W, number>>) => Object.keys(table) as [W, ...W[]]

function makeSchema(z: typeof Zod): Zod.ZodType {
  const integer = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum)
  const port = integer(0, 65_535)
  const family = z.enum(['ipv4', 'ipv6'])
  const address = z.string().describe('An IPv4 or IPv6 address')
  const threshold = integer(0, MAXIMUM)

  const serviceKey = z.union([
    z
      .string()
      .regex(/^((tcp|udp|sctp|\d+):\/\/(\[[^\]]+\]|[^:/[\]]+):\d+|fwmark:\/\/\d+(\/ipv[46])?)$/)
      .describe('tcp://192.0.2.1:80, udp://[2001:db8::1]:53, fwmark://7 or fwmark://7/ipv6'),
    z.strictObject({
      protocol: z.union([z.enum(wordsOf(PROTOCOLS)), port]),
      address,
      port,
      family: family.optional(),
    }),
    z.strictObject({ fwmark: integer(1, 0xffff_ffff), family: family.optional() }),
  ])

  const schedulerFlags = z
    .array(z.enum(['sh-fallback', 'sh-port', 'mh-fallback', 'mh-port', 'flag-1', 'flag-2', 'flag-3']))
    .describe('Flags of the scheduler')

  const serviceSettings = {
    scheduler: z.string().min(1).max(15).describe('rr, wrr, lc, wlc, sh, mh, ...; default wlc').optional(),
    schedulerFlags: schedulerFlags.optional(),
    onePacket: z.boolean().describe('Schedule each UDP packet separately').optional(),
    persistence: z
      .strictObject({
        timeout: integer(0, 4_294_967).describe(`Seconds; default ${DEFAULT_PERSISTENCE_TIMEOUT}`).optional(),
        mask: z
          .union([z.string(), integer(0, 128)])
          .describe('Clients in the same network are persistent together: a dotted mask or a prefix length')
          .optional(),
      })
      .nullable()
      .optional(),
    persistenceEngine: z.string().min(1).max(16).nullable().describe('For example sip').optional(),
  }

  const tunnel = z.strictObject({
    type: z.union([z.enum(wordsOf(TUNNEL_TYPES)), integer(0, 255)]),
    port: port.describe('UDP port of the remote end; gue only').optional(),
    checksum: z.union([z.enum(wordsOf(TUNNEL_CHECKSUMS)), port]).optional(),
  })

  const destinationSettings = {
    port: port.describe('Default: the port of the service, or 0 for a firewall mark').optional(),
    forwarding: z.union([z.enum(wordsOf(FORWARDING_METHODS)), integer(0, 7)]).optional(),
    weight: integer(0, MAXIMUM).describe('Default 1; 0 for no new connections').optional(),
    upperThreshold: threshold.describe('No new connections above this number; 0 for no limit').optional(),
    lowerThreshold: threshold.describe('Accept connections again below this number').optional(),
    tunnel: tunnel.nullable().describe('Only with forwarding tun').optional(),
  }

  const destination = z.strictObject({ address, family: family.optional(), ...destinationSettings })

  const service = z.strictObject({
    service: serviceKey,
    ...serviceSettings,
    defaults: z
      .strictObject(destinationSettings)
      .describe('Defaults for the destinations of this service')
      .optional(),
    destinations: z.array(destination).describe('If omitted, unmanaged; an empty list means none').optional(),
  })

  const timeout = integer(1, 21_474_836).describe('Seconds').optional()

  const daemon = z.strictObject({
    role: z.enum(wordsOf(SYNC_ROLES)),
    interface: z.string().min(1).max(15),
    syncId: integer(0, 255).optional(),
    maximumLength: integer(1, 65_507).optional(),
    group: z.string().describe('A multicast address; default 224.0.0.81').optional(),
    port: integer(1, 65_535).describe('Default 8848').optional(),
    ttl: integer(1, 255).describe('Default 1').optional(),
  })

  return z.strictObject({
    $schema: z.string().optional(),
    defaults: z
      .strictObject({
        service: z.strictObject(serviceSettings).optional(),
        destination: z.strictObject(destinationSettings).optional(),
      })
      .describe('Defaults for the settings that services and destinations omit')
      .optional(),
    services: z.array(service).describe('If omitted, unmanaged; an empty list means none').optional(),
    timeouts: z.strictObject({ tcp: timeout, tcpFin: timeout, udp: timeout }).optional(),
    daemons: z.array(daemon).describe('If omitted, unmanaged; an empty list means none').optional(),
  })
}
