import {
  checkDestinationAddress,
  checkDestinationSettings,
  type DestinationLimits,
  FORWARDING_ENUM,
  type Forwarding,
} from '../../ipvs/model/destination.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import { checkTunnel, PLAIN_TUNNEL, readTunnel, type Tunnel } from '../../ipvs/model/tunnel.ts'
import { checkPort } from '../../netlink/arguments/check.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import { canonicalIPv6 } from '../../netlink/wire/address.ts'
import type { DesiredDestination, DestinationDefaults } from '../model/desired-state.ts'
import type { StatePath } from '../model/desired-state-error.ts'
import { DESTINATION_SETTINGS, type ResolvedDestination } from '../model/target.ts'
import type { ProblemCollector } from './problem-collector.ts'

const FIELDS = new KnownFields(['address', 'port', 'family', ...DESTINATION_SETTINGS])
const DEFAULTS_FIELDS = new KnownFields(['port', ...DESTINATION_SETTINGS])

/** Where settings that a destination does not name come from, the nearest first. */
export interface DefaultsLayer {
  readonly settings: DestinationDefaults
  readonly path: StatePath
}

/** Refuses defaults with a misspelled field; their values are checked where they are used. */
export function checkDestinationDefaults(
  defaults: DestinationDefaults | undefined,
  path: StatePath,
  findings: ProblemCollector,
): DestinationDefaults | undefined {
  if (defaults === undefined) return undefined
  const known = findings.attempt(
    () => DEFAULTS_FIELDS.check('defaults', defaults),
    ([, ...field]) => [...path, ...field],
  )
  return known === undefined ? undefined : defaults
}

/** What a destination has that names nothing but its address. Not checked yet. */
export interface DestinationBase {
  readonly port: number
  readonly forwarding: DestinationDefaults['forwarding']
  readonly weight: number
  readonly upperThreshold: number
  readonly lowerThreshold: number
  readonly tunnel: DestinationDefaults['tunnel']
}

/** Puts the defaults for the destinations of a service together, once for all of them. */
export function destinationBase(
  service: ResolvedServiceKey,
  layers: readonly DefaultsLayer[],
): DestinationBase {
  return {
    port: orElse(pick('port', layers), service.port ?? 0),
    forwarding: pick('forwarding', layers),
    weight: orElse(pick('weight', layers), 1),
    upperThreshold: orElse(pick('upperThreshold', layers), 0),
    lowerThreshold: orElse(pick('lowerThreshold', layers), 0),
    tunnel: pick('tunnel', layers),
  }
}

function pick<N extends keyof DestinationDefaults>(
  name: N,
  layers: readonly DefaultsLayer[],
): DestinationDefaults[N] {
  return layers.find(({ settings }) => settings[name] !== undefined)?.settings[name]
}

/**
 * Checks a destination and fills in what it leaves open.
 *
 * @throws {ArgumentTypeError | ArgumentRangeError} whose place {@link placeOf} knows.
 */
export function normaliseDestination(
  own: DesiredDestination,
  { family: serviceFamily }: ResolvedServiceKey,
  base: DestinationBase,
): ResolvedDestination {
  FIELDS.check('destination', own)
  const family = checkDestinationAddress(own)
  const port = checkPort('destination.port', orElse(own.port, base.port))
  const given = orElse(own.forwarding, base.forwarding)
  const forwarding = typeof given === 'number' ? FORWARDING_ENUM.nameOf(given) : given
  const target = {
    address: family === 'ipv4' ? own.address : canonicalIPv6(own.address),
    port,
    family,
    forwarding,
    weight: orElse(own.weight, base.weight),
    upperThreshold: orElse(own.upperThreshold, base.upperThreshold),
    lowerThreshold: orElse(own.lowerThreshold, base.lowerThreshold),
    // A default tunnel is for those that have one.
    tunnel: forwarding === 'tun' ? canonicalTunnel(orElse(own.tunnel, base.tunnel)) : (own.tunnel ?? null),
  }
  // Every check that a call would make: after it the settings are what their types say.
  checkDestinationSettings(target as DestinationLimits & Forwarding, family, serviceFamily)
  return target as ResolvedDestination
}

/** A `null` counts as named; where it is not allowed it is refused. */
function orElse<T>(value: T | undefined, otherwise: T): T {
  return value === undefined ? otherwise : value
}

/** Where a field of a destination stands: with the destination itself, or with the defaults that it was taken from. */
export function placeOf(
  field: readonly string[],
  destination: unknown,
  path: StatePath,
  layers: readonly DefaultsLayer[],
): StatePath {
  const place = field[0] === 'destination' ? field.slice(1) : field
  const [name = ''] = place
  const has = (settings: unknown) => (settings as Record<string, unknown> | null)?.[name] !== undefined
  const layer = has(destination) ? undefined : layers.find(({ settings }) => has(settings))
  return [...(layer?.path ?? path), ...place]
}

function canonicalTunnel(tunnel: Tunnel | null | undefined): Tunnel {
  return readTunnel(tunnel === undefined || tunnel === null ? PLAIN_TUNNEL : checkTunnel(tunnel))
}
