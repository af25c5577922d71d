import { ADDRESS_BITS } from '../../netlink/wire/ip-prefix.ts'
import type { InterfaceAddressInput } from '../../route/model/interface-address.ts'
import { resolvesAddresses } from '../../route/model/link.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { formatPrefixOnInterface, toAddressValue } from './network-resources.ts'
import { defineHandler } from './resource-handler.ts'

/**
 * The entries of an address that claim its whole network: on `lo`, a dummy or a tunnel, with a prefix length that is not that of
 * a host. The kernel routes the network to that interface (on `lo` as local addresses, fib_add_ifaddr), so no host of it gets a
 * reply. The subject is the address. The value lists the entries as they are added again.
 */
export const WHOLE_NETWORK = defineHandler<readonly InterfaceAddressInput[]>({
  kind: 'whole-network',
  find: findWholeNetworks,
  async apply({ network }, _, value, current) {
    const missingIn = (list: readonly InterfaceAddressInput[]) => (entry: InterfaceAddressInput) =>
      !list.some((other) => nameOf(other) === nameOf(entry))
    for (const { address, interface: name } of current.filter(missingIn(value))) {
      await network.ensureNoAddress({ address, interface: name })
    }
    for (const entry of value.filter(missingIn(current))) await network.ensureAddress(entry)
  },
  equals: (a, b) => formatEntries(a) === formatEntries(b),
  format: formatEntries,
})

async function findWholeNetworks({ network }: RoleHost, subject: string): Promise<InterfaceAddressInput[]> {
  const [links, addresses] = await Promise.all([network.links(), network.addresses()])
  const hiding = new Set(links.filter((link) => !resolvesAddresses(link)).map(({ name }) => name))
  return addresses
    .filter(
      ({ address, prefixLength, family, peer, interface: name }) =>
        address === subject && hiding.has(name) && prefixLength < ADDRESS_BITS[family] && peer === undefined,
    )
    .map((entry) => ({
      address: `${entry.address}/${entry.prefixLength}`,
      interface: entry.interface,
      ...toAddressValue(entry),
    }))
}

function nameOf({ address, interface: name }: InterfaceAddressInput): string {
  return formatPrefixOnInterface({ prefix: address, interface: name })
}

function formatEntries(entries: readonly InterfaceAddressInput[]): string {
  return entries.map(nameOf).sort().join(', ') || 'none'
}
