import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkFamily, checkInteger, KnownFields } from '../../netlink/arguments/check.ts'
import { isRefusedWith } from '../../netlink/refused.ts'
import { FAMILY_NUMBER, type Family } from '../../netlink/wire/address.ts'
import { writeStructure } from '../../netlink/wire/structure.ts'
import { SCOPES } from '../model/interface-address.ts'
import { readRouteReply, resolveInterfaces } from '../model/read-route.ts'
import {
  ROUTE_PROTOCOLS,
  ROUTE_TABLES,
  ROUTE_TYPES,
  type Route,
  type RouteFilter,
  type RouteInput,
} from '../model/route.ts'
import {
  type CheckedRoute,
  checkNewRoute,
  checkRoutePattern,
  formatDestination,
  writeNewRoute,
  writeRoutePattern,
} from '../model/route-message.ts'
import { ROUTE_HEADER } from '../protocol/attributes.ts'
import { NLM_F_CREATE, NLM_F_EXCL, RTM } from '../protocol/uapi.ts'
import { readInterfaceIndex, readInterfaceNames } from './interface-names.ts'
import { isRemoved, type NetworkCall } from './network-call.ts'
import type { NetworkClient } from './network-client.ts'

const FILTER_FIELDS = new KnownFields(['family', 'table'])
/** The metric of a route that is added without one; for IPv6 IP6_RT_PRIO_USER. */
const DEFAULT_METRIC = { ipv4: 0, ipv6: 1024 } as const satisfies Record<Family, number>

export async function listRoutes(
  client: NetworkClient,
  filter: RouteFilter,
  { signal }: CallOptions,
): Promise<Route[]> {
  FILTER_FIELDS.check('filter', filter)
  const { family, table = ROUTE_TABLES.main } = filter
  if (family !== undefined) checkFamily('filter.family', family)
  if (table !== 'all') checkInteger('filter.table', table, 1, 2 ** 32 - 1)
  return await client.call('routes', '', signal, async (call) => {
    const routes = await dumpRoutes(call, family)
    return table === 'all' ? routes : routes.filter((route) => route.table === table)
  })
}

async function dumpRoutes(call: NetworkCall, family: Family | undefined): Promise<Route[]> {
  const number = family === undefined ? 0 : FAMILY_NUMBER[family]
  const found = await call.dump(
    { type: RTM.GETROUTE, body: (writer) => writeStructure(writer, ROUTE_HEADER, { family: number }) },
    readRouteReply,
  )
  // After the routes: the kernel removes the routes of an interface together with the interface.
  const names = await readInterfaceNames(call)
  return found.flatMap((reply) => {
    const route = resolveInterfaces(reply, names)
    return route !== undefined && (family ?? route.family) === route.family ? [route] : []
  })
}

export async function addRoute(
  client: NetworkClient,
  input: RouteInput,
  { signal }: CallOptions,
): Promise<void> {
  const route = checkNewRoute(input)
  await client.call('addRoute', formatDestination(route), signal, (call) => sendNewRoute(call, route))
}

export async function ensureRoute(
  client: NetworkClient,
  input: RouteInput,
  { signal }: CallOptions,
): Promise<boolean> {
  const route = checkNewRoute(input)
  return await client.call('ensureRoute', formatDestination(route), signal, async (call) => {
    try {
      await sendNewRoute(call, route)
      return true
    } catch (error) {
      if (!isRefusedWith(error, 'EEXIST')) throw error
      const routes = await dumpRoutes(call, route.family)
      const found = routes.find((candidate) => conflictsWith(route, candidate))
      if (found === undefined) throw error
      if (matchesRequest(route, found)) return false
      throw call.existsError(error, `is ${describeRoute(found)}`)
    }
  })
}

export async function removeRoute(
  client: NetworkClient,
  input: RouteInput,
  { signal }: CallOptions,
): Promise<void> {
  const route = checkRoutePattern(input)
  await client.call('removeRoute', formatDestination(route), signal, (call) => sendDeleteRoute(call, route))
}

export async function ensureNoRoute(
  client: NetworkClient,
  input: RouteInput,
  { signal }: CallOptions,
): Promise<boolean> {
  const route = checkRoutePattern(input)
  return await client.call('ensureNoRoute', formatDestination(route), signal, (call) =>
    isRemoved(sendDeleteRoute(call, route), 'ESRCH', 'ENODEV'),
  )
}

async function sendNewRoute(call: NetworkCall, route: CheckedRoute): Promise<void> {
  const index = await outputIndex(call, route)
  await call.send({
    type: RTM.NEWROUTE,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    errorContext: { interface: route.interface },
    body: (writer) => writeNewRoute(writer, route, index),
  })
}

async function sendDeleteRoute(call: NetworkCall, route: CheckedRoute): Promise<void> {
  const index = await outputIndex(call, route)
  await call.send({
    type: RTM.DELROUTE,
    errorContext: { interface: route.interface },
    body: (writer) => writeRoutePattern(writer, route, index),
  })
}

async function outputIndex(
  call: NetworkCall,
  { interface: name }: CheckedRoute,
): Promise<number | undefined> {
  return name === undefined ? undefined : await readInterfaceIndex(call, name)
}

/** Whether the kernel treats two routes as the same: destination, table and metric are equal (fib_table_insert). */
function conflictsWith(route: CheckedRoute, found: Route): boolean {
  return (
    found.destination === formatDestination(route) &&
    found.table === route.table &&
    (found.metric ?? 0) === (route.metric || DEFAULT_METRIC[route.family])
  )
}

/** Whether an existing route is the requested one. Settings that the request omits are ignored. */
function matchesRequest(route: CheckedRoute, found: Route): boolean {
  const { gateway, interface: name, source, type = ROUTE_TYPES.unicast, protocol, scope, mtu } = route
  return (
    numberOf(found.type, ROUTE_TYPES) === type &&
    found.gateway === gateway &&
    (name === undefined || found.interface === name) &&
    (source === undefined || found.source === source) &&
    (protocol === undefined || numberOf(found.protocol, ROUTE_PROTOCOLS) === protocol) &&
    (scope === undefined || numberOf(found.scope, SCOPES) === scope) &&
    (mtu === undefined || found.mtu === mtu) &&
    found.nextHops === undefined
  )
}

function numberOf<W extends string>(word: W | number, numbers: Readonly<Record<W, number>>): number {
  return typeof word === 'number' ? word : numbers[word]
}

function describeRoute({ type, gateway, interface: name, source }: Route): string {
  const parts = [`${type}`]
  if (gateway !== undefined) parts.push(`via ${gateway}`)
  if (name !== undefined) parts.push(`dev ${name}`)
  if (source !== undefined) parts.push(`src ${source}`)
  return parts.join(' ')
}
