import { ArgumentRangeError } from '../../errors.ts'
import type { Link } from '../../route/model/link.ts'
import { ADDRESS } from '../resource/address.ts'
import { formatPrefixOnInterface } from '../resource/place.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { SYSCTL } from '../resource/sysctl.ts'
import { ensure, observe, type RoleItem } from './role-item.ts'
import { ADDRESS_BITS, formatVip, type Vip } from './vip.ts'

/** A virtual address that a host answers for. */
export interface VisibleVip {
  readonly vip: Vip
  readonly interface: string
  /** IPv4: default the interface's name. */
  readonly label?: string | undefined
  readonly owner: string
}

/** How often a new place is told, since a frame may be lost, and the seconds between. */
const ANNOUNCEMENTS = { times: 3, interval: 0.1 } as const

/** That the interfaces can carry the addresses. They belong to whoever set the network up, so they are only looked at. */
export function interfaceUpItems(vips: readonly VisibleVip[]): RoleItem[] {
  return [...new Set(vips.map(({ interface: name }) => name))].map((name) =>
    observe(`link ${name}`, 'up', [], async ({ network }) => {
      const link = await network.findLink(name)
      return { actual: link === undefined ? 'none' : link.up ? 'up' : 'down', ok: link?.up === true }
    }),
  )
}

/** The addresses on their interfaces. */
export function visibleAddressItems(vips: readonly VisibleVip[]): RoleItem[] {
  return vips.flatMap(({ vip, interface: name, label, owner: claim }) => {
    const isAlone = vip.family === 'ipv6' || vip.prefixLength === ADDRESS_BITS.ipv4
    const address = ensure({
      handler: ADDRESS,
      subject: formatPrefixOnInterface({ prefix: formatVip(vip), interface: name }),
      // It is another host's until a moment ago: to ask the network whether it is free would be to lose it.
      // As the newest of its interface it would also become the source of what an IPv6 host sends on its own account, tunnels to
      // real servers among it (RFC 6724; ipv6_dev_get_saddr); one that is deprecated is used, but not chosen.
      value:
        vip.family === 'ipv6' ? { nodad: true, preferredLifetime: 0 } : label === undefined ? {} : { label },
      owners: [claim],
    })
    return isAlone ? [address] : [promoteSecondariesItem(name, claim), address]
  })
}

/** That addresses added to the network of this one stay when it goes, although it may be the first (inet_del_ifa). */
function promoteSecondariesItem(name: string, claim: string): RoleItem {
  return ensure({
    handler: SYSCTL,
    subject: `net.ipv4.conf.${name.replaceAll('.', '/')}.promote_secondaries`,
    value: '1',
    owners: [claim],
  })
}

/** That no address is on its interface. */
export function visibleAddressRemovalItems(vips: readonly VisibleVip[]): RoleItem[] {
  return vips.map(({ vip, interface: name, owner: claim }) =>
    ensure({
      handler: ADDRESS,
      subject: formatPrefixOnInterface({ prefix: formatVip(vip), interface: name }),
      value: null,
      owners: [claim],
    }),
  )
}

/** Refuses an interface that is not there, before anything is touched. */
export function checkInterfacesExist(
  links: readonly Link[],
  vips: readonly VisibleVip[],
  field: string,
): void {
  for (const { interface: name } of vips) {
    if (links.some((link) => link.name === name)) continue
    throw new ArgumentRangeError(field, `one of ${links.map((link) => link.name).join(', ')}`, name)
  }
}

/** Tells the networks that the addresses are here now. Where nobody resolves addresses there is nobody to tell. */
export async function announceVips({ network }: RoleHost, vips: readonly VisibleVip[]): Promise<void> {
  const links = new Map((await network.links()).map((link) => [link.name, link]))
  const heard = vips.filter(({ interface: name }) => {
    const link = links.get(name)
    return link?.type === 'ether' && link.arp && link.up
  })
  await Promise.all(
    heard.map(({ vip, interface: name }) => network.announce(vip.address, name, ANNOUNCEMENTS)),
  )
}
