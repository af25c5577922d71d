import { MAXIMUM_INTERFACE_NAME_BYTES } from '../../netlink/arguments/interface-name.ts'
import type { InterfaceAddress } from '../../route/model/interface-address.ts'
import { ADDRESS } from '../resource/address.ts'
import { formatPrefixOnInterface } from '../resource/place.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { ROUTE } from '../resource/route.ts'
import { ensure, observe, type RoleItem } from './role-item.ts'
import { ADDRESS_BITS, toHostPrefix, type Vip } from './vip.ts'

/** A virtual address that a host has without anybody seeing it. */
export interface HiddenVip {
  readonly vip: Vip
  /** The interface it is put on: `lo`, or the one a tunnel ends at. */
  readonly interface: string
  readonly owner: string
}

/** The addresses, under labels that are still free: `lo:0`, `lo:1`, ... */
export async function hiddenAddressItems(host: RoleHost, vips: readonly HiddenVip[]): Promise<RoleItem[]> {
  const taken = new Set((await host.network.addresses()).map(({ label }) => label))
  return vips.map(({ vip, interface: name, owner: claim }) =>
    ensure({
      handler: ADDRESS,
      subject: formatPrefixOnInterface({ prefix: toHostPrefix(vip), interface: name }),
      value: vip.family === 'ipv6' ? { nodad: true } : chooseLabel(name, taken),
      owners: [claim],
    }),
  )
}

/**
 * The host routes. Linux does not need them, since it has made a local route with the address; they are the custom, and where
 * an address is looked for (`ip route`) they show it. For IPv6 the kernel makes one itself (inet6_addr_add).
 */
export function hostRouteItems(vips: readonly HiddenVip[]): RoleItem[] {
  return vips
    .filter(({ vip }) => vip.family === 'ipv4')
    .map(({ vip, interface: name, owner: claim }) =>
      ensure({
        handler: ROUTE,
        subject: formatPrefixOnInterface({ prefix: toHostPrefix(vip), interface: name }),
        value: true,
        owners: [claim],
      }),
    )
}

/** That the addresses are hidden no longer, the way back. */
export function hiddenAddressRemovalItems(vips: readonly HiddenVip[]): RoleItem[] {
  return vips.flatMap(({ vip, interface: name, owner: claim }) => {
    const subject = formatPrefixOnInterface({ prefix: toHostPrefix(vip), interface: name })
    return [
      ...(vip.family === 'ipv4' ? [ensure({ handler: ROUTE, subject, value: false, owners: [claim] })] : []),
      ensure({ handler: ADDRESS, subject, value: null, owners: [claim] }),
    ]
  })
}

/** That no address is where it would be answered for. Whoever put it there knows why; it is only shown. */
export function notAdvertisedItems(vips: readonly HiddenVip[]): RoleItem[] {
  return vips.map(({ vip, interface: name, owner: claim }) =>
    observe(`visible ${vip.address}`, 'none', [claim], async ({ network }) => {
      const answering = new Set((await network.links()).filter(({ arp }) => arp).map((link) => link.name))
      const visible = (await network.addresses({ family: vip.family })).filter(
        (address) =>
          address.address === vip.address &&
          (answering.has(address.interface)
            ? address.interface !== name
            : address.interface === 'lo' && address.prefixLength < ADDRESS_BITS[vip.family]),
      )
      return { actual: visible.map(formatAddress).join(', ') || 'none', ok: visible.length === 0 }
    }),
  )
}

function formatAddress({ address, prefixLength, interface: name }: InterfaceAddress): string {
  return formatPrefixOnInterface({ prefix: `${address}/${prefixLength}`, interface: name })
}

function chooseLabel(name: string, taken: Set<string | undefined>): { readonly label?: string } {
  for (let number = 0; ; number++) {
    const label = `${name}:${number}`
    if (Buffer.byteLength(label) > MAXIMUM_INTERFACE_NAME_BYTES) return {}
    if (taken.has(label)) continue
    taken.add(label)
    return { label }
  }
}
