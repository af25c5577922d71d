import { type Family, familyOf } from '../../netlink/wire/address.ts'
import { ADDRESS_BITS, containsAddress, type IpPrefix, parsePrefix } from '../../netlink/wire/ip-prefix.ts'
import { ROUTE_TABLES, type Route } from '../../route/model/route.ts'

/** Route lookup on the facts of a host. Policy rules and the tables that they select are ignored. */

/** The route to an address: the longest matching prefix, then the lowest metric. */
export function findRoute(routes: readonly Route[], address: string): Route | undefined {
  const lengthOf = (route: Route) => destinationPrefix(route).prefixLength
  return outboundRoutes(routes, familyOf(address)!)
    .filter((route) => coversAddress(route, address))
    .sort((one, other) => lengthOf(other) - lengthOf(one) || compareMetrics(one, other))[0]
}

/** The default route with the lowest metric. */
export function findDefaultRoute(routes: readonly Route[], family: Family): Route | undefined {
  return outboundRoutes(routes, family)
    .filter(({ destination }) => destination === 'default')
    .sort(compareMetrics)[0]
}

/** Whether packets for an address are accepted because of a local route, even if no interface has the address. */
export function hasLocalRoute(routes: readonly Route[], address: string): boolean {
  const family = familyOf(address)!
  return routes.some(
    (route) => route.type === 'local' && route.family === family && coversAddress(route, address),
  )
}

/** Routes for packets to other hosts. */
function outboundRoutes(routes: readonly Route[], family: Family): Route[] {
  const tables: readonly number[] = [ROUTE_TABLES.main, ROUTE_TABLES.default]
  return routes.filter(
    (route) => route.type === 'unicast' && route.family === family && tables.includes(route.table),
  )
}

function coversAddress(route: Route, address: string): boolean {
  return containsAddress(destinationPrefix(route), address)
}

function destinationPrefix({ destination, family }: Route): IpPrefix {
  if (destination === 'default') return { address: family === 'ipv4' ? '0.0.0.0' : '::', prefixLength: 0 }
  const { address = destination, prefixLength = ADDRESS_BITS[family] } = parsePrefix(destination) ?? {}
  return { address, prefixLength }
}

function compareMetrics(one: Route, other: Route): number {
  return (one.metric ?? 0) - (other.metric ?? 0)
}
