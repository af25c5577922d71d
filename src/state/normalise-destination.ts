import {
  checkDestinationKey,
  type DestinationLimits,
  FORWARDING_METHODS,
  type Forwarding,
} from '../ipvs/destination.ts'
import { writeDestination } from '../ipvs/destination-message.ts'
import type { KnownServiceKey } from '../ipvs/service-key.ts'
import { checkTunnel, PLAIN_TUNNEL, readTunnel, type Tunnel } from '../ipvs/tunnel.ts'
import { byNumber, checkWord, wordFor } from '../netlink/check.ts'
import { KnownFields } from '../netlink/known-fields.ts'
import { WireWriter } from '../netlink/wire.ts'
import type { DesiredDestination, DestinationDefaults } from './desired-state.ts'
import type { Findings } from './findings.ts'
import type { StatePath } from './state-error.ts'
import { DESTINATION_SETTINGS, type TargetDestination } from './target.ts'

const FIELDS = new KnownFields(['address', 'port', 'family', ...DESTINATION_SETTINGS])
const DEFAULTS_FIELDS = new KnownFields(['port', ...DESTINATION_SETTINGS])
const FORWARDING_WORDS = byNumber(FORWARDING_METHODS)
const writer = new WireWriter()

/** Where settings that a destination does not name come from, the nearest first. */
export interface DefaultsLayer {
  readonly settings: DestinationDefaults
  readonly path: StatePath
}

/** Refuses defaults with a misspelled field; their values are checked where they are used. */
export function checkDestinationDefaults(
  defaults: DestinationDefaults | undefined,
  path: StatePath,
  findings: Findings,
): DestinationDefaults | undefined {
  if (defaults === undefined) return undefined
  const known = findings.attempt(
    () => DEFAULTS_FIELDS.check('defaults', defaults),
    ([, ...field]) => [...path, ...field],
  )
  return known === undefined ? undefined : defaults
}

/**
 * Checks a destination and fills in what it leaves open.
 *
 * @throws {ArgumentTypeError | ArgumentRangeError} whose place {@link placeOf} knows.
 */
export function normaliseDestination(
  own: DesiredDestination,
  service: KnownServiceKey,
  layers: readonly DefaultsLayer[],
): TargetDestination {
  FIELDS.check('destination', own)
  const port = pick('port', own, layers, service.port ?? 0)
  const forwarding = pick('forwarding', own, layers, undefined)
  const weight = pick('weight', own, layers, 1)
  const upperThreshold = pick('upperThreshold', own, layers, 0)
  const lowerThreshold = pick('lowerThreshold', own, layers, 0)
  // A default tunnel is for those that have one.
  const tunnel = pick('tunnel', own, forwarding === 'tun' ? layers : [], undefined)
  const key = checkDestinationKey(own, port)
  // Writing makes every check that a call would make.
  writer.truncate(0)
  const settings = { forwarding, weight, upperThreshold, lowerThreshold, tunnel }
  writeDestination(writer, { ...key, port }, settings as DestinationLimits & Forwarding, service.family)
  return {
    address: key.address,
    port,
    family: key.family,
    forwarding: wordFor(checkWord('forwarding', forwarding, FORWARDING_METHODS, 7), FORWARDING_WORDS),
    weight,
    upperThreshold,
    lowerThreshold,
    tunnel: forwarding === 'tun' ? canonicalTunnel(tunnel) : null,
  }
}

/** What is named, by the destination itself or by the nearest defaults; `null` counts as named. */
function pick<N extends keyof DestinationDefaults, D>(
  name: N,
  own: DesiredDestination,
  layers: readonly DefaultsLayer[],
  otherwise: D,
): NonNullable<DestinationDefaults[N]> | D {
  let value: DestinationDefaults[N] = own[name]
  for (let index = 0; value === undefined && index < layers.length; index++) {
    value = layers[index]!.settings[name]
  }
  // A `null` is refused where it is checked.
  return value === undefined ? otherwise : (value as NonNullable<DestinationDefaults[N]>)
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
