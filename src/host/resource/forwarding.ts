import type { Family } from '../../netlink/wire/address.ts'
import { defineHandler, type RoleHost } from './resource-handler.ts'

/** The sysctls that forwarding is made of, by name. */
type ForwardingValue = { readonly [name: string]: string }

/** The one that switches the others; for IPv6 it is the only one that counts (ip6_forward, net/ipv6/ip6_output.c). */
export const FORWARDING_SWITCH = {
  ipv4: 'net.ipv4.ip_forward',
  ipv6: 'net.ipv6.conf.all.forwarding',
} as const satisfies Record<Family, string>

/**
 * Whether a host forwards packets of a family, `ipv4` or `ipv6`. The switch takes others along: it sets `forwarding` of every
 * interface and `default`, and `accept_redirects` of `all` for IPv4 (inet_forward_change, net/ipv4/devinet.c), or clears
 * `force_forwarding` for IPv6 (addrconf_fixup_forwarding, net/ipv6/addrconf.c). So all of them are noted and put back.
 */
export const FORWARDING = defineHandler<ForwardingValue>({
  kind: 'forwarding',
  // The switch may have been put back and the others not yet.
  alwaysRestored: true,
  async find(host, family) {
    const values: Record<string, string> = {}
    for (const name of await forwardingSysctls(host, family as Family)) {
      const text = await host.sysctls.findText(name)
      if (text !== undefined) values[name] = text
    }
    return values
  },
  async apply({ sysctls }, family, value) {
    // The switch comes first, both in time and in the value, since it overwrites the others.
    const main = FORWARDING_SWITCH[family as Family]
    const { [main]: wanted, ...others } = value
    if (wanted !== undefined && (await sysctls.findText(main)) !== wanted) await sysctls.setText(main, wanted)
    for (const [name, text] of Object.entries(others)) {
      const found = await sysctls.findText(name)
      if (found !== undefined && found !== text) await sysctls.setText(name, text)
    }
  },
  /** As far as both name a sysctl: interfaces come and go. */
  equals: (a, b) => Object.entries(a).every(([name, text]) => b[name] === undefined || b[name] === text),
  format(value) {
    const main = value[FORWARDING_SWITCH.ipv4] ?? value[FORWARDING_SWITCH.ipv6]
    return main === undefined ? 'none' : main === '0' ? 'off' : 'on'
  },
})

async function forwardingSysctls({ network }: RoleHost, family: Family): Promise<string[]> {
  const owners = ['default', ...(await network.links()).map(({ name }) => name.replaceAll('.', '/'))]
  const settings = family === 'ipv4' ? ['forwarding'] : ['forwarding', 'force_forwarding']
  return [
    FORWARDING_SWITCH[family],
    ...(family === 'ipv4' ? ['net.ipv4.conf.all.accept_redirects'] : []),
    ...owners.flatMap((owner) => settings.map((setting) => `net.${family}.conf.${owner}.${setting}`)),
  ]
}
