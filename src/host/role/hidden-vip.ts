import { MAXIMUM_INTERFACE_NAME_BYTES } from '../../netlink/arguments/interface-name.ts'
import { formatHostPrefix } from '../../netlink/wire/ip-prefix.ts'
import type { InterfaceAddress } from '../../route/model/interface-address.ts'
import { resolvesAddresses } from '../../route/model/link.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { ADDRESS, formatPrefixOnInterface, ROUTE } from '../resource/network-resources.ts'
import { WHOLE_NETWORK } from '../resource/whole-network-resource.ts'
import { ensure, notNeeded, observe, type RoleItem } from './role-item.ts'
import type { Vip } from './vip.ts'

/** A virtual address that a host has and does not advertise on any network. */
export interface HiddenVip {
  readonly vip: Vip
  /** The interface that it is added to: `lo`, or a tunnel interface. */
  readonly interface: string
  readonly owner: string
}

/** Items that add the addresses, with the first labels that are free: `lo:0`, `lo:1`, ... */
export async function hiddenAddressItems(host: RoleHost, vips: readonly HiddenVip[]): Promise<RoleItem[]> {
  const labels = new Set((await host.network.addresses()).map(({ label }) => label))
  return vips.map(({ vip, interface: name, owner }) =>
    ensure({
      handler: ADDRESS,
      subject: subjectOf(vip, name),
      value: vip.family === 'ipv6' ? { nodad: true } : chooseLabel(name, labels),
      owners: [owner],
    }),
  )
}

/**
 * Items that add the host routes. Linux does not need them because it adds a local route with the address. They are customary,
 * and `ip route` shows them. For IPv6 the kernel adds the route itself (inet6_addr_add).
 */
export function hostRouteItems(vips: readonly HiddenVip[]): RoleItem[] {
  return vips
    .filter(({ vip }) => vip.family === 'ipv4')
    .map(({ vip, interface: name, owner }) =>
      ensure({
        handler: ROUTE,
        subject: subjectOf(vip, name),
        value: true,
        owners: [owner],
        isNeeded: notNeeded,
      }),
    )
}

/** Items that remove the addresses and their host routes. */
export function hiddenAddressRemovalItems(vips: readonly HiddenVip[]): RoleItem[] {
  return vips.flatMap(({ vip, interface: name, owner }) => {
    const subject = subjectOf(vip, name)
    return [
      ...(vip.family === 'ipv4' ? [ensure({ handler: ROUTE, subject, value: false, owners: [owner] })] : []),
      ensure({ handler: ADDRESS, subject, value: null, owners: [owner] }),
    ]
  })
}

/**
 * Items that remove the addresses where they claim a whole network, such as `192.0.2.1/24` on `lo`, which some guides advise. They
 * come after those that add the addresses, so that the host has them at every moment.
 */
export function wholeNetworkItems(
  vips: readonly { readonly vip: Vip; readonly owner: string }[],
): RoleItem[] {
  return vips.map(({ vip, owner }) =>
    ensure({ handler: WHOLE_NETWORK, subject: vip.address, value: [], owners: [owner] }),
  )
}

/**
 * Items that report an address on an interface that answers for it. They do not remove the address, because it may be intended.
 */
export function notAdvertisedItems(vips: readonly HiddenVip[]): RoleItem[] {
  return vips.map(({ vip, interface: name, owner }) =>
    observe(`visible ${vip.address}`, 'none', [owner], async ({ network }) => {
      const answering = new Set((await network.links()).filter(resolvesAddresses).map((link) => link.name))
      const visible = (await network.addresses({ family: vip.family })).filter(
        (address) =>
          address.address === vip.address && address.interface !== name && answering.has(address.interface),
      )
      return { actual: visible.map(formatAddress).join(', ') || 'none', ok: visible.length === 0 }
    }),
  )
}

function subjectOf({ address }: Vip, interfaceName: string): string {
  return formatPrefixOnInterface({ prefix: formatHostPrefix(address), interface: interfaceName })
}

function formatAddress({ address, prefixLength, interface: name }: InterfaceAddress): string {
  return formatPrefixOnInterface({ prefix: `${address}/${prefixLength}`, interface: name })
}

/** Chooses the first free label of an interface, or no label if its name is too long. */
function chooseLabel(name: string, labels: Set<string | undefined>): { readonly label?: string } {
  for (let number = 0; ; number++) {
    const label = `${name}:${number}`
    if (Buffer.byteLength(label) > MAXIMUM_INTERFACE_NAME_BYTES) return {}
    if (labels.has(label)) continue
    labels.add(label)
    return { label }
  }
}
