import { ROUTE_TABLES } from '../../route/model/route.ts'
import { parsePrefixOnInterface } from './place.ts'
import type { RoleHost } from './resource-handler.ts'
import { defineHandler } from './resource-handler.ts'

/** A route of the main table straight to an interface, such as `192.0.2.1/32 on lo`. */
export const ROUTE = defineHandler<boolean>({
  kind: 'route',
  find: findRoute,
  async apply({ network }, subject, value) {
    const { prefix: destination, interface: name } = parsePrefixOnInterface(subject)
    const route = { destination, interface: name }
    if (value) await network.ensureRoute(route)
    else await network.ensureNoRoute(route)
  },
  equals: (a, b) => a === b,
  format: (value) => (value ? 'there' : 'none'),
})

async function findRoute({ network }: RoleHost, subject: string): Promise<boolean> {
  const { prefix: what, interface: name } = parsePrefixOnInterface(subject)
  const routes = await network.routes({ table: ROUTE_TABLES.main })
  return routes.some(
    (route) => route.destination === what && route.interface === name && route.type === 'unicast',
  )
}
