/** Problems of the hosts of a cluster: addresses, sysctls, routes, tunnels. */

import type { FindingId } from '../../../../src/host/doctor/model/finding.ts'
import type { Machine } from '../../scenarios/machine.ts'
import { type Case, factsOf, move } from './doctor-case.ts'
import {
  type Cluster,
  drCluster,
  NAT_VIP,
  NAT_WEB,
  natCluster,
  oneArmedCluster,
  ownTunnelCluster,
  tunCluster,
  VIP,
  VIP6,
} from './doctor-clusters.ts'

const withVip = () => ({ vips: [VIP] })

/** Sets a value that the kernel accepts and the library does not. */
async function setText({ host }: Machine, name: string, text: string): Promise<void> {
  await host.sysctls.setText(`net.ipv4.conf.${name}`, text)
}

async function changePrefix({ host }: Machine, vip: string, prefixLength: number): Promise<void> {
  const { network } = host
  await network.removeAddress({ address: vip, interface: 'lo' })
  await network.addAddress({ address: vip, prefixLength, interface: 'lo' })
}

async function replaceDefaultRoute({ host }: Machine, to: string): Promise<void> {
  await host.network.removeRoute({ destination: 'default', family: 'ipv4' })
  await host.network.addRoute({ destination: 'default', gateway: to })
}

/** As on a new real server: only `all` is set, and not the interface. */
async function suppressForAll({ first: { host } }: Cluster): Promise<void> {
  const values = { arp_ignore: 1, arp_announce: 2 } as const
  for (const setting of ['arp_ignore', 'arp_announce'] as const) {
    await host.sysctls.set(`net.ipv4.conf.all.${setting}`, values[setting])
    await host.sysctls.set(`net.ipv4.conf.eth0.${setting}`, 0)
  }
}

export const HOST_CASES = {
  'vip-missing': [
    {
      title: 'a director without its VIP',
      cluster: drCluster,
      break: ({ director }) => director.host.network.removeAddress({ address: VIP, interface: 'eth0' }),
    },
    {
      title: 'a director without its IPv6 VIP',
      cluster: drCluster,
      break: ({ director }) => director.host.network.removeAddress({ address: VIP6, interface: 'eth0' }),
    },
    {
      title: 'a real server without the VIP, found by its own options',
      cluster: drCluster,
      examined: 'first',
      options: withVip,
      break: ({ first }) => first.host.network.removeAddress({ address: VIP, interface: 'lo' }),
    },
    {
      title: 'a real server without the VIP, found by its director with its facts',
      cluster: drCluster,
      options: async ({ first }) => ({ peers: [await factsOf(first)] }),
      break: ({ first }) => first.host.network.removeAddress({ address: VIP, interface: 'lo' }),
    },
  ],
  'vip-silent': [
    {
      title: 'a director whose interface answers no ARP requests',
      cluster: drCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv4.conf.eth0.arp_ignore', 8),
    },
    {
      title: 'a director that hides its VIP',
      cluster: drCluster,
      options: () => ({ role: 'director' }),
      break: async ({ director }) => {
        await director.host.sysctls.set('net.ipv4.conf.all.arp_ignore', 1)
        await move(director, `${VIP}/32`, 'eth0', 'lo')
      },
      restore: async ({ director }) => {
        await director.host.network.removeAddress({ address: VIP, interface: 'lo' })
      },
    },
  ],
  'vip-prefix': [
    {
      title: 'a VIP on lo with its whole network',
      cluster: drCluster,
      examined: 'first',
      break: ({ first }) => changePrefix(first, VIP, 24),
    },
    {
      title: 'an IPv6 VIP on lo with its whole network',
      cluster: drCluster,
      examined: 'first',
      break: ({ first }) => changePrefix(first, VIP6, 64),
    },
  ],
  'vip-on-interface': [
    {
      title: 'a VIP on the interface of a real server',
      cluster: drCluster,
      examined: 'first',
      options: withVip,
      break: ({ first }) => move(first, `${VIP}/32`, 'lo', 'eth0'),
    },
    {
      title: 'an IPv6 VIP on the interface of a real server',
      cluster: drCluster,
      examined: 'first',
      options: () => ({ vips: [VIP6] }),
      break: ({ first }) => move(first, `${VIP6}/128`, 'lo', 'eth0'),
    },
  ],
  'arp-ignore': [
    {
      title: 'a real server that answers ARP for the VIP',
      cluster: drCluster,
      examined: 'first',
      break: ({ first }) => first.host.sysctls.set('net.ipv4.conf.all.arp_ignore', 0),
      restore: suppressForAll,
    },
    {
      title: 'a real server with an undefined value of arp_ignore',
      cluster: drCluster,
      examined: 'first',
      break: ({ first }) => setText(first, 'all.arp_ignore', '4'),
      restore: suppressForAll,
    },
    {
      title: 'a real server that answers ARP for the VIP, found by its director with its facts',
      cluster: drCluster,
      options: async ({ first }) => ({ peers: [await factsOf(first)] }),
      break: ({ first }) => setText(first, 'eth0.arp_ignore', '3'),
    },
  ],
  'arp-announce': [
    {
      title: 'a real server that announces the VIP',
      cluster: drCluster,
      examined: 'first',
      break: ({ first }) => first.host.sysctls.set('net.ipv4.conf.all.arp_announce', 0),
      restore: suppressForAll,
    },
    {
      title: 'a real server that announces the VIP in its own network',
      cluster: drCluster,
      examined: 'first',
      break: ({ first }) => first.host.sysctls.set('net.ipv4.conf.all.arp_announce', 1),
    },
  ],
  'ip-forward': [
    {
      title: 'a director by NAT that forwards nothing',
      cluster: natCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv4.ip_forward', 0),
    },
    {
      title: 'a director by NAT that does not forward packets of its real servers',
      cluster: natCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv4.conf.eth1.forwarding', 0),
    },
  ],
  'ipv6-forwarding': [
    {
      title: 'a director by NAT that forwards no IPv6',
      cluster: natCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv6.conf.all.forwarding', 0),
    },
  ],
  'send-redirects': [
    {
      title: 'a director by NAT in one network that redirects real servers to the clients',
      cluster: oneArmedCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv4.conf.all.send_redirects', 1),
    },
  ],
  'interface-down': [
    {
      title: 'a director whose interface is down',
      cluster: oneArmedCluster,
      break: ({ director }) => director.host.network.updateLink('eth0', { up: false }),
    },
  ],
  'nat-same-network': [
    {
      title: 'a director by NAT with the VIP in the network of its real servers',
      cluster: oneArmedCluster,
      break: async ({ director }) => {
        await director.host.network.addAddress({ address: `${NAT_VIP}/32`, interface: 'eth0' })
        await director.ipvs.addService(NAT_WEB)
        await director.ipvs.addDestination(NAT_WEB, { address: '192.168.4.11', forwarding: 'nat' })
      },
      restore: async ({ director }) => {
        await director.ipvs.removeService(NAT_WEB)
        await director.host.network.removeAddress({ address: `${NAT_VIP}/32`, interface: 'eth0' })
      },
    },
  ],
  'default-route': [
    {
      title: 'a real server behind NAT whose default route does not lead to the director',
      cluster: natCluster,
      examined: 'first',
      options: () => ({ forwarding: 'nat', director: '192.168.5.10' }),
      break: ({ first }) => replaceDefaultRoute(first, '192.168.5.12'),
    },
    {
      title: 'a real server behind NAT without a default route for IPv6',
      cluster: natCluster,
      examined: 'first',
      options: () => ({ forwarding: 'nat', director: '2001:db8:5::10' }),
      break: ({ first }) => first.host.network.removeRoute({ destination: 'default', family: 'ipv6' }),
    },
    {
      title: 'a real server behind NAT, found by its director with its facts',
      cluster: natCluster,
      options: async ({ first }) => ({ peers: [await factsOf(first)] }),
      break: ({ first }) => replaceDefaultRoute(first, '192.168.5.12'),
    },
  ],
  'tunnel-missing': [
    {
      title: 'a real server without a tunnel',
      cluster: ownTunnelCluster,
      examined: 'first',
      options: () => ({ forwarding: 'tun', director: '198.51.100.1' }),
      break: async ({ first: { host } }) => {
        await host.network.ensureNoLink('tunl0')
        await host.network.ensureNoLink('tunnel')
      },
    },
  ],
  'tunnel-down': [
    {
      title: 'a real server whose tunnel is down',
      cluster: tunCluster,
      examined: 'first',
      options: () => ({ director: '198.51.100.1' }),
      break: ({ first }) => first.host.network.updateLink('tunl0', { up: false }),
    },
  ],
  'rp-filter': [
    {
      title: 'a real server whose interfaces all have a strict reverse path filter',
      cluster: tunCluster,
      examined: 'first',
      break: ({ first }) => first.host.sysctls.set('net.ipv4.conf.all.rp_filter', 1),
      restore: async ({ first: { host } }) => {
        await host.sysctls.set('net.ipv4.conf.all.rp_filter', 0)
        await host.sysctls.set('net.ipv4.conf.tunl0.rp_filter', 0)
      },
    },
    {
      title: 'a real server whose tunnel has a strict reverse path filter',
      cluster: tunCluster,
      examined: 'first',
      break: ({ first }) => first.host.sysctls.set('net.ipv4.conf.tunl0.rp_filter', 1),
    },
  ],
  'tunnel-mtu': [
    {
      title: 'a director whose MTU to the real servers is the same as that to the clients',
      cluster: tunCluster,
      break: ({ director }) => director.host.network.updateLink('eth1', { mtu: 1500 }),
      restore: async ({ director: { host } }) => {
        await host.sysctls.set('net.ipv4.vs.pmtu_disc', 1)
        await host.network.updateLink('eth1', { mtu: 1520 })
      },
    },
  ],
  firewall: [
    {
      title: 'a packet filter that drops everything but established connections',
      cluster: natCluster,
      break: async ({ director }) => {
        const rules =
          '-P INPUT DROP; $p -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT; $p -A INPUT -i lo -j ACCEPT'
        await director.run(
          'sh',
          '-c',
          `for p in iptables-nft iptables-legacy; do $p ${rules} && break; done 2>/dev/null`,
        )
      },
      fresh: true,
    },
  ],
  conntrack: [
    {
      title: 'a firewall rule that tracks connections, and NAT connections that are not tracked',
      cluster: natCluster,
      break: async ({ director }) => {
        // Some kernels have only one of the two packet filters of iptables.
        const rule = '-t nat -A POSTROUTING -d 192.168.5.0/24 -j MASQUERADE'
        await director.run('sh', '-c', `iptables ${rule} 2>/dev/null || iptables-legacy ${rule}`)
        await director.run('bash', '-c', 'echo >/dev/udp/192.168.5.11/9')
      },
      fresh: true,
    },
  ],
} as const satisfies Readonly<Partial<Record<FindingId, readonly Case[]>>>
