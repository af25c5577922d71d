import type { InterfaceAddress } from '../../route/model/interface-address.ts'
import { ADDRESS } from '../resource/address.ts'
import { formatPlace } from '../resource/place.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { ROUTE } from '../resource/route.ts'
import { expect, type Item, settle } from './role-item.ts'
import { ADDRESS_BITS, asHost, type Vip } from './vip.ts'

/** A virtual address that a host has without anybody seeing it. */
export interface HiddenVip {
  readonly vip: Vip
  /** The interface it is put on: `lo`, or the one a tunnel ends at. */
  readonly interface: string
  readonly claim: string
}

/** IFNAMSIZ of <linux/if.h>, less the zero byte at the end. */
const LABEL_BYTES = 15

/** The addresses, under labels that are still free: `lo:0`, `lo:1`, ... */
export async function hiddenAddresses(host: RoleHost, vips: readonly HiddenVip[]): Promise<Item[]> {
  const taken = new Set((await host.network.addresses()).map(({ label }) => label))
  return vips.map(({ vip, interface: name, claim }) =>
    settle({
      register: ADDRESS,
      subject: formatPlace({ what: asHost(vip), interface: name }),
      value: vip.family === 'ipv6' ? { nodad: true } : freeLabel(name, taken),
      claims: [claim],
    }),
  )
}

/**
 * The host routes. Linux does not need them, since it has made a local route with the address; they are the custom, and where
 * an address is looked for (`ip route`) they show it. For IPv6 the kernel makes one itself (inet6_addr_add).
 */
export function hostRoutes(vips: readonly HiddenVip[]): Item[] {
  return vips
    .filter(({ vip }) => vip.family === 'ipv4')
    .map(({ vip, interface: name, claim }) =>
      settle({
        register: ROUTE,
        subject: formatPlace({ what: asHost(vip), interface: name }),
        value: true,
        claims: [claim],
      }),
    )
}

/** That the addresses are hidden no longer, the way back. */
export function noHiddenAddresses(vips: readonly HiddenVip[]): Item[] {
  return vips.flatMap(({ vip, interface: name, claim }) => {
    const subject = formatPlace({ what: asHost(vip), interface: name })
    return [
      ...(vip.family === 'ipv4' ? [settle({ register: ROUTE, subject, value: false, claims: [claim] })] : []),
      settle({ register: ADDRESS, subject, value: null, claims: [claim] }),
    ]
  })
}

/** That no address is where it would be answered for. Whoever put it there knows why; it is only shown. */
export function nowhereVisible(vips: readonly HiddenVip[]): Item[] {
  return vips.map(({ vip, interface: name, claim }) =>
    expect(`visible ${vip.address}`, 'none', [claim], async ({ network }) => {
      const answering = new Set((await network.links()).filter(({ arp }) => arp).map((link) => link.name))
      const visible = (await network.addresses({ family: vip.family })).filter(
        (address) =>
          address.address === vip.address &&
          (answering.has(address.interface)
            ? address.interface !== name
            : address.interface === 'lo' && address.prefixLength < ADDRESS_BITS[vip.family]),
      )
      return { found: visible.map(describe).join(', ') || 'none', ok: visible.length === 0 }
    }),
  )
}

function describe({ address, prefixLength, interface: name }: InterfaceAddress): string {
  return formatPlace({ what: `${address}/${prefixLength}`, interface: name })
}

function freeLabel(name: string, taken: Set<string | undefined>): { readonly label?: string } {
  for (let number = 0; ; number++) {
    const label = `${name}:${number}`
    if (Buffer.byteLength(label) > LABEL_BYTES) return {}
    if (taken.has(label)) continue
    taken.add(label)
    return { label }
  }
}
