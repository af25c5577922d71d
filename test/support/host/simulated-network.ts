/**
 * Sysctls, links, addresses and routes in memory, with the side effects of the kernel that matter to roles. The simulated
 * kernel of the library has IPVS only, so this double stands in for the rest. Tests of host/ in the lab use a real kernel.
 */

import { parsePrefix } from '../../../src/netlink/wire/ip-prefix.ts'
import type { InterfaceAddress, InterfaceAddressInput } from '../../../src/route/model/interface-address.ts'
import type { Link } from '../../../src/route/model/link.ts'
import { ROUTE_TABLES, type Route, type RouteInput } from '../../../src/route/model/route.ts'
import type { NetworkInterface } from '../../../src/testing/ipvs/address-type.ts'

/** Sysctls of every interface, and of `all` and `default`, with their defaults. */
const IPV4_SETTINGS = {
  arp_ignore: '0',
  arp_announce: '0',
  rp_filter: '0',
  send_redirects: '1',
  accept_redirects: '1',
  promote_secondaries: '0',
  forwarding: '0',
}

export class SimulatedNetwork {
  readonly sysctls = new Map([
    ['net.ipv4.ip_forward', '0'],
    ['net.ipv6.conf.all.forwarding', '0'],
    ['net.ipv4.vs.expire_nodest_conn', '0'],
    ['net.ipv4.vs.backup_only', '0'],
  ])
  readonly links = new Map<string, Link>()
  /** By `192.0.2.1/32 on lo`. */
  readonly addresses = new Map<string, InterfaceAddress>()
  readonly routes = new Map<string, Route>()
  /** Announced addresses, in order: `192.0.2.1 on eth0`. */
  readonly announced: string[] = []

  constructor() {
    this.#addSysctls('all')
    this.#addSysctls('default')
  }

  addLink(name: string, type: Link['type'], up: boolean, kind?: string): void {
    const arp = type === 'ether'
    const index = this.links.size + 1
    this.links.set(name, { index, name, type, up, running: up, arp, mtu: 1500, kind })
    this.#addSysctls(name.replaceAll('.', '/'))
  }

  setLinkUp(name: string, up: boolean | undefined): void {
    const link = this.links.get(name)
    if (link !== undefined && up !== undefined) this.links.set(name, { ...link, up, running: up })
  }

  /** Links with their addresses, as the simulated kernel takes them. Loopback addresses are not in `addresses`. */
  get interfaces(): NetworkInterface[] {
    const addresses = [...this.addresses.values()]
    return [...this.links.values()].map(({ name, up }) => ({
      name,
      up,
      addresses: [
        ...(name === 'lo' ? ['127.0.0.1/8', '::1/128'] : []),
        ...addresses
          .filter((entry) => entry.interface === name)
          .map(({ address, prefixLength }) => `${address}/${prefixLength}`),
      ],
    }))
  }

  removeLink(name: string): void {
    this.links.delete(name)
    for (const sysctl of [...this.sysctls.keys()]) {
      if (sysctl.includes(`.conf.${name}.`)) this.sysctls.delete(sysctl)
    }
  }

  /** @param input The prefix length is that of a host unless the address has one. */
  addAddress({ address: prefix, interface: name, label, nodad }: InterfaceAddressInput): void {
    const parsed = parsePrefix(prefix)
    if (parsed === undefined) throw new Error(`not an address: ${prefix}`)
    const { address, family, prefixLength = family === 'ipv4' ? 32 : 128 } = parsed
    this.addresses.set(`${address}/${prefixLength} on ${name}`, {
      ...{ address, prefixLength, family, interface: name, scope: 'global' },
      flags: nodad ? ['permanent', 'nodad'] : ['permanent'],
      ...(family === 'ipv4' ? { label: label ?? name } : {}),
    })
  }

  addRoute(input: RouteInput): void {
    const { destination, interface: name, gateway, metric } = input
    this.routes.set(routeKey(input), {
      destination,
      family: destination.includes(':') ? 'ipv6' : 'ipv4',
      interface: name,
      gateway,
      metric,
      scope: 'link',
      table: ROUTE_TABLES.main,
      protocol: 'static',
      type: 'unicast',
    })
  }

  removeRoute(input: RouteInput): void {
    this.routes.delete(routeKey(input))
  }

  /** Writes a sysctl. A forwarding switch changes others: inet_forward_change() and addrconf_fixup_forwarding(). */
  setSysctl(name: string, value: string): void {
    const { sysctls } = this
    if (!sysctls.has(name)) throw new Error(`no sysctl ${name}`)
    const hasChanged = (sysctls.get(name) === '0') !== (value === '0')
    sysctls.set(name, value)
    const isSwitch = name === 'net.ipv4.ip_forward' || name === 'net.ipv6.conf.all.forwarding'
    if (!isSwitch || !hasChanged) return
    const family = name.split('.')[1]
    for (const other of sysctls.keys()) {
      if (other.startsWith(`net.${family}.conf.`) && other.endsWith('.forwarding')) sysctls.set(other, value)
    }
    if (family === 'ipv4') sysctls.set('net.ipv4.conf.all.accept_redirects', value === '0' ? '1' : '0')
  }

  #addSysctls(owner: string): void {
    for (const [setting, value] of Object.entries(IPV4_SETTINGS)) {
      this.sysctls.set(`net.ipv4.conf.${owner}.${setting}`, value)
    }
    // The kernel has this one as ip_forward too.
    if (owner === 'all') this.sysctls.delete('net.ipv4.conf.all.forwarding')
    else this.sysctls.set(`net.ipv6.conf.${owner}.forwarding`, '0')
  }
}

function routeKey({ destination, gateway, interface: name, metric }: RouteInput): string {
  return `${destination} ${gateway} ${name} ${metric}`
}
