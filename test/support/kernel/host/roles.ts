/** Roles as plain data, so that a test can create them in another process and kill it. */

import { fileURLToPath } from 'node:url'
import type { RoleHost } from '../../../../src/host/facts/host-access.ts'
import { ClusterNode, type ClusterNodeOptions } from '../../../../src/host/role/cluster-node.ts'
import { Director, type DirectorOptions } from '../../../../src/host/role/director.ts'
import { RealServer, type RealServerOptions } from '../../../../src/host/role/real-server.ts'

export const VIP = '192.168.79.110'
export const VIP6 = '2001:db8:79::110'

/** A role with its options. */
export type RolePlan = {
  /** The calls that apply the role completely. */
  readonly calls: string
  /** A process is killed at every n-th change, because starting one takes seconds. Unit tests cover every change. */
  readonly stride: number
} & (
  | { readonly role: 'RealServer'; readonly options: RealServerOptions }
  | { readonly role: 'Director'; readonly options: DirectorOptions }
  | { readonly role: 'ClusterNode'; readonly options: ClusterNodeOptions }
)

/** For a host with the interface `eth0` in 192.168.79.0/24 and 2001:db8:79::/64. */
export const ROLE_PLANS: Readonly<Record<string, RolePlan>> = {
  'a real server by direct routing': {
    role: 'RealServer',
    calls: 'up',
    stride: 1,
    options: { forwarding: 'dr', vips: [VIP, VIP6] },
  },
  'a real server with tunnels': {
    role: 'RealServer',
    calls: 'up',
    stride: 2,
    options: { forwarding: 'tun', vips: [VIP, VIP6], tunnel: { family: 'ipv6' } },
  },
  'a director for NAT': {
    role: 'Director',
    calls: 'up',
    stride: 3,
    options: {
      vips: [
        { address: `${VIP}/24`, interface: 'eth0', label: 'eth0:0' },
        { address: `${VIP6}/64`, interface: 'eth0' },
      ],
      forwarding: ['nat', 'dr'],
    },
  },
  'a node of a cluster': {
    role: 'ClusterNode',
    calls: 'up,promote',
    stride: 5,
    options: {
      vips: [`${VIP}/24`, VIP6],
      interface: 'eth0',
      services: [
        {
          protocol: 'tcp',
          address: VIP,
          port: 6379,
          scheduler: 'rr',
          destinations: [
            { address: '192.168.79.101', forwarding: 'dr' },
            { address: '192.168.79.102', forwarding: 'dr' },
          ],
        },
      ],
      sync: { interface: 'eth0', syncId: 7 },
    },
  },
}

/** Creates a role in this process. */
export function makeRole(host: RoleHost, { role, options }: RolePlan, stateFile: string) {
  switch (role) {
    case 'RealServer':
      return new RealServer(host, { ...options, stateFile })
    case 'Director':
      return new Director(host, { ...options, stateFile })
    case 'ClusterNode':
      return new ClusterNode(host, { ...options, stateFile })
  }
}

/** The program that creates a role in a process of its own. */
export const PROGRAM = fileURLToPath(new URL('../programs/role.mjs', import.meta.url))
