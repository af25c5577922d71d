import { splitPlace } from './place.ts'
import type { RoleHost } from './resource-handler.ts'
import { register } from './resource-handler.ts'

/** The main table, the one that `route(8)` writes to. */
const MAIN = 254

/** A route of the main table straight to an interface, such as `192.0.2.1/32 on lo`. */
export const ROUTE = register<boolean>({
  kind: 'route',
  find,
  async put({ network }, subject, value) {
    const { what: destination, interface: name } = splitPlace(subject)
    const route = { destination, interface: name }
    if (value) await network.ensureRoute(route)
    else await network.ensureNoRoute(route)
  },
  same: (a, b) => a === b,
  show: (value) => (value ? 'there' : 'none'),
})

async function find({ network }: RoleHost, subject: string): Promise<boolean> {
  const { what, interface: name } = splitPlace(subject)
  const routes = await network.routes({ table: MAIN })
  return routes.some(
    (route) => route.destination === what && route.interface === name && route.type === 'unicast',
  )
}
