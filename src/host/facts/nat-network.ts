import type { Service } from '../../ipvs/model/service.ts'
import type { Route } from '../../route/model/route.ts'
import { findRoute } from './route-lookup.ts'

/**
 * Whether a director reaches real servers behind NAT through an interface. If clients use the same interface, the kernel
 * redirects the real servers to them (ip_rt_send_redirect, net/ipv4/route.c).
 */
export function reachesNatServers(
  services: readonly Service[],
  routes: readonly Route[],
  isLocal: (address: string) => boolean,
  interfaceName: string,
): boolean {
  return services.some(({ destinations }) =>
    destinations.some(({ forwarding, family, address }) => {
      if (forwarding !== 'nat' || family !== 'ipv4' || isLocal(address)) return false
      const route = findRoute(routes, address)
      return (route?.interface ?? route?.nextHops?.[0]?.interface) === interfaceName
    }),
  )
}
