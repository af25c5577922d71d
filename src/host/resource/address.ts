import { NetworkError } from '../../errors.ts'
import type {
  InterfaceAddress,
  InterfaceAddressInput,
  InterfaceAddressKey,
} from '../../route/model/interface-address.ts'
import { parsePrefixOnInterface } from './place.ts'
import { defineHandler, type RoleHost } from './resource-handler.ts'

/** What an address is besides its place: what it takes to make it again. */
type AddressValue = Omit<InterfaceAddressInput, keyof InterfaceAddressKey> | null

/** An address with its prefix length on an interface, such as `192.0.2.1/32 on lo`. */
export const ADDRESS = defineHandler<AddressValue>({
  kind: 'address',
  find: findAddress,
  async apply({ network }, subject, value) {
    const { prefix: address, interface: name } = parsePrefixOnInterface(subject)
    if (value === null) await network.ensureNoAddress({ address, interface: name })
    else await network.ensureAddress({ address, interface: name, ...value })
  },
  // Another label or scope is no other address.
  equals: (a, b) => (a === null) === (b === null),
  format: (value) => (value === null ? 'none' : 'there'),
})

async function findAddress({ network }: RoleHost, subject: string): Promise<AddressValue> {
  const { prefix: what, interface: name } = parsePrefixOnInterface(subject)
  const found = (await addressesOf(network, name)).find(
    ({ address, prefixLength }) => `${address}/${prefixLength}` === what,
  )
  if (found === undefined) return null
  const { family, label, scope, peer, broadcast, flags } = found
  return {
    // The kernel's own choice is left to it.
    ...(label === undefined || label === name ? {} : { label }),
    ...(family === 'ipv6' ? {} : { scope }),
    ...(peer === undefined ? {} : { peer }),
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(flags.includes('nodad') ? { nodad: true } : {}),
    ...(flags.includes('deprecated') ? { preferredLifetime: 0 } : {}),
  }
}

/** An interface that is not there has no addresses. */
async function addressesOf(network: RoleHost['network'], name: string): Promise<InterfaceAddress[]> {
  try {
    return await network.addresses({ interface: name })
  } catch (error) {
    if (error instanceof NetworkError && error.code === 'ENODEV') return []
    throw error
  }
}
