/** Healthy clusters: one for each forwarding method, and a pair of cluster nodes. */

import { type DestinationInput, SCHEDULERS, type ServiceKey } from '../../../../src/index.ts'
import type { Machine } from '../../scenarios/machine.ts'
import { makeTopology } from '../../scenarios/topology.ts'
import { shell } from '../shell.ts'

export const VIP = '192.168.79.110'
export const VIP6 = '2001:db8:79::110'
export const WEB = { protocol: 'tcp', address: VIP, port: 80 } as const
export const WEB6 = { protocol: 'tcp', address: VIP6, port: 80 } as const
export const NAT_VIP = '192.168.4.5'
export const NAT_WEB = { protocol: 'tcp', address: NAT_VIP, port: 80 } as const

/** A director and two real servers, or hosts in their place. */
export type Cluster = Record<'director' | 'first' | 'second', Machine>

async function addService(
  { ipvs }: Machine,
  service: ServiceKey,
  destinations: readonly DestinationInput[],
): Promise<void> {
  await ipvs.addService({ ...service, scheduler: SCHEDULERS[0] })
  for (const destination of destinations) await ipvs.addDestination(service, destination)
}

/** Direct routing on one network, with both families. */
export async function drCluster(): Promise<Cluster> {
  const cluster = await makeTopology({
    director: {
      networks: { lan: ['192.168.79.101/24', '2001:db8:79::101/64'] },
      gateways: ['192.168.79.1'],
    },
    first: { networks: { lan: ['192.168.79.102/24', '2001:db8:79::102/64'] } },
    second: { networks: { lan: ['192.168.79.103/24', '2001:db8:79::103/64'] } },
  })
  const { director, first, second } = cluster
  for (const machine of [first, second]) await machine.asRealServer({ forwarding: 'dr', vips: [VIP, VIP6] })
  const vips = [VIP, VIP6].map((address) => ({ address, interface: 'eth0' }))
  await director.asDirector({ forwarding: ['dr'], vips })
  const to = (address: string) => ({ address, forwarding: 'dr' }) as const
  await addService(director, WEB, [to('192.168.79.102'), to('192.168.79.103')])
  await addService(director, WEB6, [to('2001:db8:79::102'), to('2001:db8:79::103')])
  return cluster
}

/** NAT between two networks, with both families. */
export async function natCluster(): Promise<Cluster> {
  const gateways = ['192.168.5.10', '2001:db8:5::10']
  const cluster = await makeTopology({
    director: {
      networks: {
        outside: ['192.168.4.10/24', '2001:db8:4::10/64'],
        inside: ['192.168.5.10/24', '2001:db8:5::10/64'],
      },
    },
    first: { networks: { inside: ['192.168.5.11/24', '2001:db8:5::11/64'] }, gateways },
    second: { networks: { inside: ['192.168.5.12/24', '2001:db8:5::12/64'] }, gateways },
  })
  const { director, first, second } = cluster
  for (const machine of [first, second]) await machine.asRealServer({ forwarding: 'nat', director: gateways })
  const vips = [NAT_VIP, '2001:db8:4::5'].map((address) => ({ address, interface: 'eth0' }))
  await director.asDirector({ forwarding: ['nat'], vips })
  const to = (address: string) => ({ address, port: 8080, forwarding: 'nat' }) as const
  await addService(director, NAT_WEB, [to('192.168.5.11'), to('192.168.5.12')])
  await addService(director, { ...NAT_WEB, address: '2001:db8:4::5' }, [to('2001:db8:5::11')])
  return cluster
}

/** A VIP outside the network of {@link oneArmedCluster}. */
const ONE_ARMED_VIP = '192.168.9.5'

/** NAT with one interface of the director for clients of other networks and for the real servers. */
export async function oneArmedCluster(): Promise<Cluster> {
  const gateways = ['192.168.4.10']
  const cluster = await makeTopology({
    director: { networks: { lan: '192.168.4.10/24' } },
    first: { networks: { lan: '192.168.4.11/24' }, gateways },
    second: { networks: { lan: '192.168.4.12/24' }, gateways },
  })
  const { director } = cluster
  await director.asDirector({ forwarding: ['nat'], vips: [{ address: ONE_ARMED_VIP, interface: 'eth0' }] })
  const to = (address: string) => ({ address, forwarding: 'nat' }) as const
  await addService(director, { ...NAT_WEB, address: ONE_ARMED_VIP }, [to('192.168.4.11'), to('192.168.4.12')])
  return cluster
}

/** Tunnels to another network, IPv4 and IPv6 in IPv4, with a larger MTU on the route to it. */
export async function tunCluster(): Promise<Cluster> {
  const gateways = ['198.51.100.1']
  const cluster = await makeTopology({
    director: {
      networks: { near: ['192.168.79.101/24', '2001:db8:79::101/64'], far: '198.51.100.1/24' },
    },
    first: { networks: { far: '198.51.100.2/24' }, gateways },
    second: { networks: { far: '198.51.100.3/24' }, gateways },
  })
  const { director, first, second } = cluster
  for (const machine of [first, second]) {
    await machine.asRealServer({ forwarding: 'tun', vips: [VIP, VIP6], tunnel: { family: 'ipv4' } })
    await machine.host.network.updateLink('eth0', { mtu: 1520 })
  }
  await director.host.network.updateLink('eth1', { mtu: 1520 })
  const vips = [VIP, VIP6].map((address) => ({ address, interface: 'eth0' }))
  await director.asDirector({ forwarding: ['tun'], vips })
  const to = (address: string) => ({ address, forwarding: 'tun' }) as const
  await addService(director, WEB, [to('198.51.100.2'), to('198.51.100.3')])
  await addService(director, WEB6, [to('198.51.100.2'), to('198.51.100.3')])
  return cluster
}

/** A real server with a tunnel that it created, in a namespace without the default tunnel interfaces. */
export async function ownTunnelCluster(): Promise<Cluster> {
  const name = 'net.core.fb_tunnels_only_for_init_net'
  await shell.run(['sysctl', '-w', `${name}=1`])
  try {
    const networks = { far: '198.51.100.1/24' }
    const cluster = await makeTopology({
      director: { networks },
      first: { networks: { far: '198.51.100.2/24' } },
      second: { networks: { far: '198.51.100.3/24' } },
    })
    const { network } = cluster.first.host
    await network.addLink({ name: 'tunnel', kind: 'ipip' })
    await network.updateLink('tunnel', { up: true })
    await network.addAddress({ address: `${VIP}/32`, interface: 'lo' })
    return cluster
  } finally {
    await shell.run(['sysctl', '-w', `${name}=0`])
  }
}

/** The destinations of the active node of a pair. */
export const PAIR_DESTINATIONS = ['192.168.79.102', '192.168.79.103'].map(
  (address) => ({ address, forwarding: 'dr' }) as const,
)

/** Two nodes, both real servers: `director` is active, `first` is passive. */
export async function pair(): Promise<Cluster> {
  const cluster = await makeTopology({
    director: { networks: { lan: '192.168.79.102/24' } },
    first: { networks: { lan: '192.168.79.103/24' } },
    second: { networks: { lan: '192.168.79.104/24' } },
  })
  const services = [{ ...WEB, destinations: PAIR_DESTINATIONS }]
  const options = { vips: [VIP], interface: 'eth0', services }
  await cluster.first.asClusterNode(options).demote()
  await cluster.director.asClusterNode(options).promote()
  return cluster
}
