import type { Family } from '../../netlink/wire/address.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { defineHandler } from './resource-handler.ts'

/**
 * A sysctl. The subject is its name. The value is null if the kernel does not have the sysctl, for example because its
 * interface was removed.
 */
export const SYSCTL = defineHandler<string | null>({
  kind: 'sysctl',
  find: async ({ sysctls }, name) => (await sysctls.findText(name)) ?? null,
  async apply({ sysctls }, name, value, current) {
    // A sysctl cannot be removed. It disappears with its interface or its module.
    if (value !== null && value !== current) await sysctls.setText(name, value)
  },
  equals: (a, b) => a === b,
  format: (value) => value ?? 'none',
})

/** The sysctls of forwarding, by name. */
type ForwardingValue = { readonly [name: string]: string }

/** The sysctl that switches all others. For IPv6 it is the only one that takes effect (ip6_forward, net/ipv6/ip6_output.c). */
export const FORWARDING_SWITCH = {
  ipv4: 'net.ipv4.ip_forward',
  ipv6: 'net.ipv6.conf.all.forwarding',
} as const satisfies Record<Family, string>

/**
 * Packet forwarding. The subject is a family, `ipv4` or `ipv6`. Writing the switch changes other sysctls: `forwarding` of every
 * interface and of `default`, and for IPv4 also `accept_redirects` of `all` (inet_forward_change, net/ipv4/devinet.c). For IPv6
 * it clears `force_forwarding` (addrconf_fixup_forwarding, net/ipv6/addrconf.c). All of them are therefore recorded and
 * restored.
 */
export const FORWARDING = defineHandler<ForwardingValue>({
  kind: 'forwarding',
  // After a crash the switch may have been restored, but not the others.
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
    // The switch comes first because it overwrites the others.
    const main = FORWARDING_SWITCH[family as Family]
    const { [main]: mainValue, ...others } = value
    if (mainValue !== undefined && (await sysctls.findText(main)) !== mainValue) {
      await sysctls.setText(main, mainValue)
    }
    for (const [name, text] of Object.entries(others)) {
      const current = await sysctls.findText(name)
      if (current !== undefined && current !== text) await sysctls.setText(name, text)
    }
  },
  /** Compares the sysctls that both values have: interfaces come and go. */
  equals: (a, b) => Object.entries(a).every(([name, text]) => b[name] === undefined || b[name] === text),
  format(value) {
    const main = value[FORWARDING_SWITCH.ipv4] ?? value[FORWARDING_SWITCH.ipv6]
    return main === undefined ? 'none' : main === '0' ? 'off' : 'on'
  },
})

async function forwardingSysctls({ network }: RoleHost, family: Family): Promise<string[]> {
  const interfaces = ['default', ...(await network.links()).map(({ name }) => name.replaceAll('.', '/'))]
  const settings = family === 'ipv4' ? ['forwarding'] : ['forwarding', 'force_forwarding']
  return [
    FORWARDING_SWITCH[family],
    ...(family === 'ipv4' ? ['net.ipv4.conf.all.accept_redirects'] : []),
    ...interfaces.flatMap((name) => settings.map((setting) => `net.${family}.conf.${name}.${setting}`)),
  ]
}
