/** The three classic topologies of director, real servers and clients. */

import type { MachinePlan } from './topology.ts'

/** Real servers behind their director, which is their gateway. */
export const NAT_SITE = {
  surfer: { networks: { outside: ['192.168.4.100/24', '192.168.4.101/24'] } },
  director: { networks: { outside: '192.168.4.2/24', inside: '192.168.5.10/24' } },
  first: { networks: { inside: '192.168.5.11/24' }, gateways: ['192.168.5.10'] },
  second: { networks: { inside: '192.168.5.12/24' }, gateways: ['192.168.5.10'] },
} as const satisfies Record<string, MachinePlan>

/** All machines on one network; `prefix` is the first three numbers of its addresses. */
export function drSite(prefix: string) {
  return {
    surfer: {
      networks: { lan: [`${prefix}.100/24`, `${prefix}.98/24`, `${prefix}.99/24`] },
    },
    director: { networks: { lan: `${prefix}.101/24` } },
    first: { networks: { lan: `${prefix}.102/24` } },
    second: { networks: { lan: `${prefix}.103/24` } },
  } as const satisfies Record<string, MachinePlan>
}

/** Three networks joined by a router: of the client, of the director, and of the real servers. */
export const TUN_SITE = {
  router: {
    networks: {
      street: ['198.51.100.1/24', '2001:db8:1::1/64'],
      office: ['192.0.2.1/24', '2001:db8:2::1/64'],
      farm: ['203.0.113.1/24', '2001:db8:3::1/64'],
    },
    router: true,
  },
  surfer: {
    networks: { street: ['198.51.100.10/24', '2001:db8:1::10/64'] },
    gateways: ['198.51.100.1', '2001:db8:1::1'],
  },
  director: {
    networks: { office: ['192.0.2.2/24', '2001:db8:2::2/64'] },
    gateways: ['192.0.2.1', '2001:db8:2::1'],
  },
  first: {
    networks: { farm: ['203.0.113.11/24', '2001:db8:3::11/64'] },
    gateways: ['203.0.113.1', '2001:db8:3::1'],
  },
  second: {
    networks: { farm: ['203.0.113.12/24', '2001:db8:3::12/64'] },
    gateways: ['203.0.113.1', '2001:db8:3::1'],
  },
} as const satisfies Record<string, MachinePlan>
