import { ArgumentRangeError } from '../../errors.ts'
import { ADDRESS_BITS } from '../../netlink/wire/ip-prefix.ts'
import { type Link, resolvesAddresses } from '../../route/model/link.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { ADDRESS, formatPrefixOnInterface } from '../resource/network-resources.ts'
import { SYSCTL } from '../resource/sysctl-resources.ts'
import { ensure, notNeeded, observe, type RoleItem } from './role-item.ts'
import { formatVip, type Vip } from './vip.ts'

/** A virtual address that a host answers for on a network. */
export interface VisibleVip {
  readonly vip: Vip
  readonly interface: string
  /** IPv4 only. Default: the name of the interface. */
  readonly label?: string | undefined
  readonly owner: string
}

/** Announcements are repeated because frames may be lost. The interval is in seconds. */
const ANNOUNCEMENTS = { times: 3, interval: 0.1 } as const

/** Items that report whether the interfaces are up. Roles do not change that: the interfaces belong to the network setup. */
export function interfaceUpItems(vips: readonly VisibleVip[]): RoleItem[] {
  return [...new Set(vips.map(({ interface: name }) => name))].map((name) =>
    observe(`link ${name}`, 'up', [], async ({ network }) => {
      const link = await network.findLink(name)
      return { actual: link === undefined ? 'none' : link.up ? 'up' : 'down', ok: link?.up === true }
    }),
  )
}

/** Items that add the addresses to their interfaces. */
export function visibleAddressItems(vips: readonly VisibleVip[]): RoleItem[] {
  return vips.flatMap(({ vip, interface: name, label, owner }) => {
    const isHostPrefix = vip.family === 'ipv6' || vip.prefixLength === ADDRESS_BITS.ipv4
    const address = ensure({
      handler: ADDRESS,
      subject: formatPrefixOnInterface({ prefix: formatVip(vip), interface: name }),
      // At a failover another host may still have the address, and duplicate address detection would then refuse it. As the
      // newest address of its interface it would also become the source address of the host's own IPv6 packets, such as tunnel
      // packets to real servers (RFC 6724; ipv6_dev_get_saddr). The kernel does not choose a deprecated address.
      value:
        vip.family === 'ipv6' ? { nodad: true, preferredLifetime: 0 } : label === undefined ? {} : { label },
      owners: [owner],
    })
    return isHostPrefix ? [address] : [promoteSecondariesItem(name, owner), address]
  })
}

/**
 * Keeps addresses of the same network that are added later, even if this address was the first and is removed (inet_del_ifa).
 */
function promoteSecondariesItem(name: string, owner: string): RoleItem {
  return ensure({
    handler: SYSCTL,
    subject: `net.ipv4.conf.${name.replaceAll('.', '/')}.promote_secondaries`,
    value: '1',
    owners: [owner],
    isNeeded: notNeeded,
  })
}

/** Items that remove the addresses from their interfaces. */
export function visibleAddressRemovalItems(vips: readonly VisibleVip[]): RoleItem[] {
  return vips.map(({ vip, interface: name, owner }) =>
    ensure({
      handler: ADDRESS,
      subject: formatPrefixOnInterface({ prefix: formatVip(vip), interface: name }),
      value: null,
      owners: [owner],
    }),
  )
}

/**
 * Rejects an interface that does not exist, and a VIP that would claim its whole network on an interface where no other host
 * is, before anything is changed.
 */
export function checkVisibleVips(links: readonly Link[], vips: readonly VisibleVip[], field: string): void {
  for (const { vip, interface: name } of vips) {
    const link = links.find((each) => each.name === name)
    if (link === undefined) {
      throw new ArgumentRangeError(field, `one of ${links.map((each) => each.name).join(', ')}`, name)
    }
    const bits = ADDRESS_BITS[vip.family]
    if (resolvesAddresses(link) || link.type === 'ppp' || vip.prefixLength === bits) continue
    const allowed = `an interface of its network; on ${name}, ${vip.address} must have /${bits}`
    throw new ArgumentRangeError(field, allowed, `${formatVip(vip)} on ${name}`)
  }
}

/** Announces the addresses on their networks, except on interfaces without ARP and neighbour discovery. */
export async function announceVips({ network }: RoleHost, vips: readonly VisibleVip[]): Promise<void> {
  const links = new Map((await network.links()).map((link) => [link.name, link]))
  const announced = vips.filter(({ interface: name }) => {
    const link = links.get(name)
    return link?.type === 'ether' && link.arp && link.up
  })
  await Promise.all(
    announced.map(({ vip, interface: name }) => network.announce(vip.address, name, ANNOUNCEMENTS)),
  )
}
