import type { DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import { checkServiceKey, formatService } from '../../ipvs/model/service-key.ts'
import { DAEMON } from '../resource/daemon.ts'
import { LINK } from '../resource/link.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { type DirectedService, hasService, SERVICE } from '../resource/service.ts'
import { SYSCTL } from '../resource/sysctl.ts'
import { suppressArp } from './arp-suppression.ts'
import { directingItems } from './director.ts'
import { type HiddenVip, hiddenAddresses, hostRoutes, noHiddenAddresses } from './hidden-vip.ts'
import { type Item, settle } from './role-item.ts'
import { interfacesUp, noVisibleAddresses, type VisibleVip, visibleAddresses } from './visible-vip.ts'

/** A cluster as one of its nodes sees it. */
export interface Cluster {
  readonly claims: readonly string[]
  /** The virtual addresses as a backup has them. */
  readonly hidden: readonly HiddenVip[]
  /** The same as the active node has them. */
  readonly visible: readonly VisibleVip[]
  readonly services: readonly DirectedService[]
  readonly sync: Omit<DaemonInput, 'role'> | undefined
}

/**
 * What makes a node the active one, step by step. The rules come when the address is on the interface already: rules on a
 * node whose address is hidden, which a crash would leave behind, are what sends packets round for ever.
 */
export async function activeStages(host: RoleHost, cluster: Cluster): Promise<Item[][]> {
  return [
    await commonItems(host, cluster),
    visibleAddresses(cluster.visible),
    // A backup that is told so directs nothing (backup_only).
    [...daemon(cluster, 'backup', false), ...rules(cluster), ...daemon(cluster, 'master', true)],
    noHiddenAddresses(cluster.hidden),
  ]
}

/** What makes a node a backup: the same backwards, with the address hidden before it leaves the interface. */
export async function backupStages(host: RoleHost, cluster: Cluster): Promise<Item[][]> {
  return [
    noRules(cluster),
    await commonItems(host, cluster),
    await hiddenAddresses(host, cluster.hidden),
    hostRoutes(cluster.hidden),
    noVisibleAddresses(cluster.visible),
    daemon(cluster, 'backup', true),
  ]
}

/** That nothing is directed, whoever made the rules. */
export function noRules(cluster: Cluster): Item[] {
  const services = cluster.services.map((service) =>
    settle({
      register: SERVICE,
      subject: formatService(checkServiceKey(service)),
      value: null,
      claims: cluster.claims,
    }),
  )
  return [...daemon(cluster, 'master', false), ...services]
}

function rules({ services, claims }: Cluster): Item[] {
  return services.map((service) =>
    settle({
      register: SERVICE,
      subject: formatService(checkServiceKey(service)),
      value: service,
      accepts: (found) => hasService(found as DirectedService | null, service),
      claims,
    }),
  )
}

/** What a node needs in either state, so that a failover only moves addresses and rules. */
async function commonItems(host: RoleHost, { claims, visible, services, sync }: Cluster): Promise<Item[]> {
  const v4 = visible.filter(({ vip }) => vip.family === 'ipv4').map(({ claim }) => claim)
  const methods = services.flatMap(({ destinations }) =>
    destinations.map(({ forwarding }) => String(forwarding)),
  )
  return [
    settle({ register: LINK, subject: 'lo', value: true, claims }),
    ...interfacesUp(visible),
    ...(v4.length === 0 ? [] : await suppressArp(host, undefined, v4)),
    ...directingItems(visible, methods),
    // When its rules go, a node forgets their connections. Else it would drop the packets of those that go on, which now
    // reach it as a real server (ip_vs_in, ip_vs_core.c).
    flag('expire_nodest_conn', claims),
    // What a backup learns of connections is for later: as a real server it must not direct by it.
    ...(sync === undefined ? [] : [flag('backup_only', claims)]),
  ]
}

function flag(name: 'expire_nodest_conn' | 'backup_only', claims: readonly string[]): Item {
  return settle({
    register: SYSCTL,
    subject: `net.ipv4.vs.${name}`,
    value: '1',
    wanted: 'on',
    accepts: (found) => found !== null && found !== '0',
    claims,
  })
}

function daemon({ sync, claims }: Cluster, role: SyncRole, runs: boolean): Item[] {
  if (sync === undefined) return []
  return [settle({ register: DAEMON, subject: role, value: runs ? { ...sync, role } : null, claims })]
}
