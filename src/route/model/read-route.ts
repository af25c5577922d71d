import { readAddress } from '../../netlink/wire/address.ts'
import { AttributeSet } from '../../netlink/wire/attributes.ts'
import { ADDRESS_BYTES } from '../../netlink/wire/ip-prefix.ts'
import { readStructure } from '../../netlink/wire/structure.ts'
import { align4, LITTLE_ENDIAN, malformed } from '../../netlink/wire/wire.ts'
import { ROUTE, ROUTE_HEADER, ROUTE_METRICS } from '../protocol/attributes.ts'
import { familyByNumber } from '../protocol/codecs.ts'
import { RTNEXTHOP_BYTES } from '../protocol/uapi.ts'
import { SCOPE_ENUM } from './interface-address.ts'
import { type NextHop, ROUTE_PROTOCOL_ENUM, ROUTE_TYPE_ENUM, type Route } from './route.ts'
import { formatDestination } from './route-message.ts'

const { fields } = ROUTE
const attributes = new AttributeSet(ROUTE)
const hopAttributes = new AttributeSet(ROUTE)
const metrics = new AttributeSet(ROUTE_METRICS)

/** A route as the kernel reports it, with the indexes of its interfaces. */
export interface RouteReply {
  readonly route: Omit<Route, 'interface' | 'nextHops'>
  readonly index: number | undefined
  readonly hops: readonly NextHopReply[]
}

interface NextHopReply {
  readonly hop: Omit<NextHop, 'interface'>
  readonly index: number
}

/** Reads a route; undefined if it is of another family. */
export function readRouteReply(view: DataView, start: number, end: number): RouteReply | undefined {
  const header = readStructure(view, start, end, ROUTE_HEADER)
  const family = familyByNumber(header.family)
  if (family === undefined) return undefined
  attributes.readStrictly(view, start + ROUTE_HEADER.size, end)
  const prefixLength = header.destinationLength
  const address = prefixLength === 0 ? undefined : attributes.get(fields.destination)
  const gateway = readGateway(attributes)
  const source = attributes.get(fields.preferredSource)
  const metric = attributes.get(fields.priority)
  const mtu = attributes.nest(fields.metrics, metrics)?.get(ROUTE_METRICS.fields.mtu)
  return {
    route: {
      ...{ destination: formatDestination({ address, prefixLength }), family },
      ...(gateway === undefined ? {} : { gateway }),
      ...(source === undefined ? {} : { source }),
      scope: SCOPE_ENUM.nameOf(header.scope),
      table: attributes.get(fields.table) ?? header.table,
      protocol: ROUTE_PROTOCOL_ENUM.nameOf(header.protocol),
      ...(metric === undefined ? {} : { metric }),
      type: ROUTE_TYPE_ENUM.nameOf(header.type),
      ...(mtu === undefined ? {} : { mtu }),
    },
    index: attributes.get(fields.outputInterface),
    hops: attributes.has(fields.multipath) ? readNextHops() : [],
  }
}

/** Each next hop is a struct rtnexthop (u16 length, u8 flags, u8 weight minus one, s32 interface), then attributes. */
function readNextHops(): NextHopReply[] {
  const { view } = attributes
  const start = attributes.offsetOf(fields.multipath)
  const end = start + attributes.lengthOf(fields.multipath)
  const hops: NextHopReply[] = []
  for (let at = start; end - at >= RTNEXTHOP_BYTES; ) {
    const length = view.getUint16(at, LITTLE_ENDIAN)
    if (length < RTNEXTHOP_BYTES || length > end - at) throw malformed(`a next hop of ${length} bytes`)
    const gateway = readGateway(hopAttributes.readStrictly(view, at + RTNEXTHOP_BYTES, at + length))
    hops.push({
      hop: { ...(gateway === undefined ? {} : { gateway }), weight: view.getUint8(at + 3) + 1 },
      index: view.getInt32(at + 4, LITTLE_ENDIAN),
    })
    at += align4(length)
  }
  return hops
}

/** The gateway; a gateway of the other family is in RTA_VIA (struct rtvia: u16 family, then the address). */
function readGateway(set: AttributeSet<typeof fields>): string | undefined {
  const length = set.lengthOf(fields.via) - 2
  if (length < ADDRESS_BYTES.ipv4) return set.get(fields.gateway)
  const at = set.offsetOf(fields.via)
  const family = familyByNumber(set.view.getUint16(at, LITTLE_ENDIAN))
  const isComplete = family !== undefined && length >= ADDRESS_BYTES[family]
  return isComplete ? readAddress(set.view, at + 2, family) : undefined
}

/** Adds the names of the interfaces; undefined if the interface of the route, and with it the route, was removed. */
export function resolveInterfaces(found: RouteReply, names: ReadonlyMap<number, string>): Route | undefined {
  const { route, index, hops } = found
  const name = names.get(index ?? 0)
  if (index !== undefined && name === undefined) return undefined
  const nextHops = hops.map(({ hop, index: number }): NextHop => {
    const hopName = names.get(number)
    return hopName === undefined ? hop : { ...hop, interface: hopName }
  })
  return {
    ...route,
    ...(name === undefined ? {} : { interface: name }),
    ...(nextHops.length === 0 ? {} : { nextHops }),
  }
}
