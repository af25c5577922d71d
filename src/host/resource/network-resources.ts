import { NetworkError } from '../../errors.ts'
import type {
  InterfaceAddress,
  InterfaceAddressInput,
  InterfaceAddressKey,
} from '../../route/model/interface-address.ts'
import type { LinkInput } from '../../route/model/link.ts'
import { ROUTE_TABLES } from '../../route/model/route.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { defineHandler } from './resource-handler.ts'

/** An address with its prefix length, or the destination of a route, on an interface. */
export interface PrefixOnInterface {
  readonly prefix: string
  /** Name of the network interface. */
  readonly interface: string
}

const SEPARATOR = ' on '

/** Formats a prefix and an interface: `192.0.2.1/32 on lo`. Neither contains a space. */
export function formatPrefixOnInterface({ prefix, interface: name }: PrefixOnInterface): string {
  return `${prefix}${SEPARATOR}${name}`
}

/** The inverse of {@link formatPrefixOnInterface}. */
function parsePrefixOnInterface(text: string): PrefixOnInterface {
  const at = text.indexOf(SEPARATOR)
  return { prefix: text.slice(0, at), interface: text.slice(at + SEPARATOR.length) }
}

/** The input that adds the address again. Null if the interface does not have it. */
type AddressValue = Omit<InterfaceAddressInput, keyof InterfaceAddressKey> | null

/** An address of an interface. The subject is {@link formatPrefixOnInterface}. */
export const ADDRESS = defineHandler<AddressValue>({
  kind: 'address',
  find: findAddress,
  async apply({ network }, subject, value) {
    const { prefix: address, interface: name } = parsePrefixOnInterface(subject)
    if (value === null) await network.ensureNoAddress({ address, interface: name })
    else await network.ensureAddress({ address, interface: name, ...value })
  },
  // An address with another label or scope is the same address.
  equals: (a, b) => (a === null) === (b === null),
  format: (value) => (value === null ? 'none' : 'present'),
})

async function findAddress({ network }: RoleHost, subject: string): Promise<AddressValue> {
  const { prefix, interface: name } = parsePrefixOnInterface(subject)
  const found = (await addressesOf(network, name)).find(
    ({ address, prefixLength }) => `${address}/${prefixLength}` === prefix,
  )
  return found === undefined ? null : toAddressValue(found)
}

/** The settings with which an address is added again. */
export function toAddressValue(found: InterfaceAddress): Exclude<AddressValue, null> {
  const { family, label, scope, peer, broadcast, flags, interface: name } = found
  return {
    // The kernel sets these defaults itself.
    ...(label === undefined || label === name ? {} : { label }),
    ...(family === 'ipv6' ? {} : { scope }),
    ...(peer === undefined ? {} : { peer }),
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(flags.includes('nodad') ? { nodad: true } : {}),
    ...(flags.includes('deprecated') ? { preferredLifetime: 0 } : {}),
  }
}

/** The addresses of an interface. None if there is no such interface. */
async function addressesOf(network: RoleHost['network'], name: string): Promise<InterfaceAddress[]> {
  try {
    return await network.addresses({ interface: name })
  } catch (error) {
    if (error instanceof NetworkError && error.code === 'ENODEV') return []
    throw error
  }
}

/** A route of the main table through an interface, without a gateway. The subject is {@link formatPrefixOnInterface}. */
export const ROUTE = defineHandler<boolean>({
  kind: 'route',
  async find({ network }, subject) {
    const { prefix, interface: name } = parsePrefixOnInterface(subject)
    const routes = await network.routes({ table: ROUTE_TABLES.main })
    return routes.some(
      (route) => route.destination === prefix && route.interface === name && route.type === 'unicast',
    )
  },
  async apply({ network }, subject, value) {
    const { prefix: destination, interface: name } = parsePrefixOnInterface(subject)
    const route = { destination, interface: name }
    if (value) await network.ensureRoute(route)
    else await network.ensureNoRoute(route)
  },
  equals: (a, b) => a === b,
  format: (value) => (value ? 'present' : 'none'),
})

/** Whether a network interface is up. The subject is its name. The value is null if there is no such interface. */
export const LINK = defineHandler<boolean | null>({
  kind: 'link',
  find: async ({ network }, name) => (await network.findLink(name))?.up ?? null,
  async apply({ network }, name, value, current) {
    if (value !== null && value !== current) await network.updateLink(name, { up: value })
  },
  equals: (a, b) => a === b,
  format: (value) => (value === null ? 'none' : value ? 'up' : 'down'),
})

/** A tunnel interface that this library creates. The subject is its name. The value is null if there is none. */
export const DEVICE = defineHandler<Omit<LinkInput, 'name'> | null>({
  kind: 'device',
  async find({ network }, name) {
    const kind = (await network.findLink(name))?.kind
    return kind === undefined ? null : { kind: kind as LinkInput['kind'] }
  },
  async apply({ network }, name, value) {
    if (value === null) await network.ensureNoLink(name)
    else await network.ensureLink({ name, ...value })
  },
  equals: (a, b) => a?.kind === b?.kind,
  format: (value) => value?.kind ?? 'none',
})
