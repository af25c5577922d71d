import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { checkAddress, checkFamily, checkInteger, KnownFields } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { FAMILY_NUMBER, type Family } from '../../netlink/wire/address.ts'
import { writeAttribute } from '../../netlink/wire/attributes.ts'
import { ADDRESS_BITS, isNetworkAddress } from '../../netlink/wire/ip-prefix.ts'
import { writeStructure } from '../../netlink/wire/structure.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { ROUTE, ROUTE_HEADER, ROUTE_METRICS } from '../protocol/attributes.ts'
import { SCOPE_ENUM, SCOPES } from './interface-address.ts'
import { checkAddressOfFamily, checkPrefix } from './prefix.ts'
import {
  ROUTE_PROTOCOL_ENUM,
  ROUTE_PROTOCOLS,
  ROUTE_TABLES,
  ROUTE_TYPE_ENUM,
  ROUTE_TYPES,
  type Route,
  type RouteInput,
} from './route.ts'

const { fields } = ROUTE
const KNOWN_FIELDS = new KnownFields([
  ...['destination', 'family', 'gateway', 'interface', 'source', 'scope', 'table', 'protocol'],
  ...['metric', 'type', 'mtu', 'nextHops'],
])
const MAXIMUM_U32 = 2 ** 32 - 1
/** Types of routes that do not forward packets, and need no interface. */
const TERMINAL_TYPES: readonly number[] = [
  ROUTE_TYPES.blackhole,
  ROUTE_TYPES.unreachable,
  ROUTE_TYPES.prohibit,
  ROUTE_TYPES.throw,
]

/** A route to add or remove; omitted settings are undefined. */
export interface CheckedRoute {
  /** The address alone; undefined for `default`. */
  readonly address: string | undefined
  readonly prefixLength: number
  readonly family: Family
  readonly gateway: string | undefined
  readonly interface: string | undefined
  readonly source: string | undefined
  readonly scope: number | undefined
  readonly table: number
  readonly protocol: number | undefined
  readonly metric: number | undefined
  readonly type: number | undefined
  readonly mtu: number | undefined
}

/** Checks a route to remove; omitted settings match any value. */
export function checkRoutePattern(input: RouteInput): CheckedRoute {
  KNOWN_FIELDS.check('route', input)
  const { gateway, source, scope, table, protocol, metric, mtu, nextHops } = input as RouteInput &
    Partial<Route>
  if (nextHops !== undefined) {
    throw new ArgumentTypeError('route.nextHops', 'omitted: multipath routes can only be read', nextHops)
  }
  const destination = checkDestination(input)
  const { family } = destination
  const type = input.type === undefined ? undefined : ROUTE_TYPE_ENUM.parse('route.type', input.type, 255)
  const defaultTable = type === ROUTE_TYPES.local ? ROUTE_TABLES.local : ROUTE_TABLES.main
  return {
    ...destination,
    gateway: gateway === undefined ? undefined : checkAddressOfFamily('route.gateway', gateway, family),
    interface:
      input.interface === undefined ? undefined : checkInterfaceName('route.interface', input.interface),
    source: source === undefined ? undefined : checkAddressOfFamily('route.source', source, family),
    scope: scope === undefined ? undefined : SCOPE_ENUM.parse('route.scope', scope, 255),
    table: table === undefined ? defaultTable : checkInteger('route.table', table, 1, MAXIMUM_U32),
    protocol: protocol === undefined ? undefined : ROUTE_PROTOCOL_ENUM.parse('route.protocol', protocol, 255),
    metric: metric === undefined ? undefined : checkInteger('route.metric', metric, 0, MAXIMUM_U32),
    type,
    mtu: mtu === undefined ? undefined : checkInteger('route.mtu', mtu, 68, 65535),
  }
}

/** Checks a route to add. It needs an interface or a gateway, unless its type needs neither. */
export function checkNewRoute(input: RouteInput): CheckedRoute {
  const route = checkRoutePattern(input)
  const { gateway, interface: name, type = ROUTE_TYPES.unicast } = route
  if (gateway === undefined && name === undefined && !TERMINAL_TYPES.includes(type)) {
    throw new ArgumentTypeError(
      'route.interface',
      'the name of a network interface, unless route.gateway is given',
      name,
    )
  }
  return route
}

function checkDestination({ destination, family, gateway, source }: RouteInput) {
  if (destination === 'default') {
    const checked = family === undefined ? inferFamily(gateway, source) : checkFamily('route.family', family)
    return { address: undefined, prefixLength: 0, family: checked } as const
  }
  const prefix = checkPrefix('route.destination', destination)
  const { address, prefixLength = ADDRESS_BITS[prefix.family] } = prefix
  if (family !== undefined && checkFamily('route.family', family) !== prefix.family) {
    throw new ArgumentRangeError('route.family', `${prefix.family}, the family of the destination`, family)
  }
  if (!isNetworkAddress(address, prefixLength)) {
    const allowed = `a network address, with only zero bits after the first ${prefixLength}`
    throw new ArgumentRangeError('route.destination', allowed, destination)
  }
  return { address: prefixLength === 0 ? undefined : address, prefixLength, family: prefix.family } as const
}

function inferFamily(gateway: string | undefined, source: string | undefined): Family {
  if (gateway !== undefined) return checkAddress('route.gateway', gateway)
  return source === undefined ? 'ipv4' : checkAddress('route.source', source)
}

/** The destination as in messages: `default`, `192.0.2.0/24`. */
export function formatDestination({
  address,
  prefixLength,
}: Pick<CheckedRoute, 'address' | 'prefixLength'>): string {
  return address === undefined ? 'default' : `${address}/${prefixLength}`
}

/** Writes a route to add. Omitted settings get the defaults of ip(8). */
export function writeNewRoute(writer: WireWriter, route: CheckedRoute, index: number | undefined): void {
  const { type = ROUTE_TYPES.unicast, protocol = ROUTE_PROTOCOLS.static } = route
  const scope = route.scope ?? defaultScope(type, route)
  writeRoute(writer, { ...route, type, protocol, scope }, index)
}

/** Writes a route to remove. Omitted settings match any value (fib_table_delete, ip6_route_del). */
export function writeRoutePattern(writer: WireWriter, route: CheckedRoute, index: number | undefined): void {
  writeRoute(writer, { ...route, scope: route.scope ?? SCOPES.nowhere }, index)
}

function defaultScope(type: number, { family, gateway }: CheckedRoute): number {
  if (family === 'ipv6' || gateway !== undefined || TERMINAL_TYPES.includes(type)) return SCOPES.global
  return type === ROUTE_TYPES.local || type === ROUTE_TYPES.nat ? SCOPES.host : SCOPES.link
}

function writeRoute(writer: WireWriter, route: CheckedRoute, index: number | undefined): void {
  const { address, family, prefixLength, gateway, source, metric, table } = route
  writeStructure(writer, ROUTE_HEADER, {
    family: FAMILY_NUMBER[family],
    destinationLength: prefixLength,
    // The header field has eight bits; the attribute contains the complete number.
    table: table > 255 ? 0 : table,
    ...{ protocol: route.protocol, scope: route.scope, type: route.type },
  })
  if (address !== undefined) writeAttribute(writer, fields.destination, address)
  if (gateway !== undefined) writeAttribute(writer, fields.gateway, gateway)
  if (index !== undefined) writeAttribute(writer, fields.outputInterface, index)
  if (source !== undefined) writeAttribute(writer, fields.preferredSource, source)
  if (metric !== undefined) writeAttribute(writer, fields.priority, metric)
  writeAttribute(writer, fields.table, table)
  if (route.mtu === undefined) return
  const nest = writer.beginNest(fields.metrics.type)
  writeAttribute(writer, ROUTE_METRICS.fields.mtu, route.mtu)
  writer.endNest(nest)
}
