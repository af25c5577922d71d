import type { DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import { checkServiceKey, formatService } from '../../ipvs/model/service-key.ts'
import { DAEMON } from '../resource/daemon.ts'
import { LINK } from '../resource/link.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { type RoleService, SERVICE, satisfiesService } from '../resource/service.ts'
import { SYSCTL } from '../resource/sysctl.ts'
import { arpSuppressionItems } from './arp-suppression.ts'
import { directorItems } from './director.ts'
import {
  type HiddenVip,
  hiddenAddressItems,
  hiddenAddressRemovalItems,
  hostRouteItems,
} from './hidden-vip.ts'
import { ensure, type RoleItem } from './role-item.ts'
import {
  interfaceUpItems,
  type VisibleVip,
  visibleAddressItems,
  visibleAddressRemovalItems,
} from './visible-vip.ts'

/** A cluster as one of its nodes sees it. */
export interface ClusterSettings {
  readonly owners: readonly string[]
  /** The virtual addresses as a backup has them. */
  readonly hidden: readonly HiddenVip[]
  /** The same as the active node has them. */
  readonly visible: readonly VisibleVip[]
  readonly services: readonly RoleService[]
  readonly sync: Omit<DaemonInput, 'role'> | undefined
}

/**
 * What makes a node the active one, step by step. The rules come when the address is on the interface already: rules on a
 * node whose address is hidden, which a crash would leave behind, are what sends packets round for ever.
 */
export async function activeStages(host: RoleHost, cluster: ClusterSettings): Promise<RoleItem[][]> {
  return [
    await commonItems(host, cluster),
    visibleAddressItems(cluster.visible),
    // A backup that is told so directs nothing (backup_only).
    [
      ...syncDaemonItems(cluster, 'backup', false),
      ...ruleItems(cluster),
      ...syncDaemonItems(cluster, 'master', true),
    ],
    hiddenAddressRemovalItems(cluster.hidden),
  ]
}

/** What makes a node a backup: the same backwards, with the address hidden before it leaves the interface. */
export async function backupStages(host: RoleHost, cluster: ClusterSettings): Promise<RoleItem[][]> {
  return [
    ruleRemovalItems(cluster),
    await commonItems(host, cluster),
    await hiddenAddressItems(host, cluster.hidden),
    hostRouteItems(cluster.hidden),
    visibleAddressRemovalItems(cluster.visible),
    syncDaemonItems(cluster, 'backup', true),
  ]
}

/** That nothing is directed, whoever made the rules. */
export function ruleRemovalItems(cluster: ClusterSettings): RoleItem[] {
  const services = cluster.services.map((service) =>
    ensure({
      handler: SERVICE,
      subject: formatService(checkServiceKey(service)),
      value: null,
      owners: cluster.owners,
    }),
  )
  return [...syncDaemonItems(cluster, 'master', false), ...services]
}

function ruleItems({ services, owners: claims }: ClusterSettings): RoleItem[] {
  return services.map((service) =>
    ensure({
      handler: SERVICE,
      subject: formatService(checkServiceKey(service)),
      value: service,
      accepts: (found) => satisfiesService(found as RoleService | null, service),
      owners: claims,
    }),
  )
}

/** What a node needs in either state, so that a failover only moves addresses and rules. */
async function commonItems(
  host: RoleHost,
  { owners: claims, visible, services, sync }: ClusterSettings,
): Promise<RoleItem[]> {
  const v4 = visible.filter(({ vip }) => vip.family === 'ipv4').map(({ owner: claim }) => claim)
  const methods = services.flatMap(({ destinations }) =>
    destinations.map(({ forwarding }) => String(forwarding)),
  )
  return [
    ensure({ handler: LINK, subject: 'lo', value: true, owners: claims }),
    ...interfaceUpItems(visible),
    ...(v4.length === 0 ? [] : await arpSuppressionItems(host, undefined, v4)),
    ...directorItems(visible, methods),
    // When its rules go, a node forgets their connections. Else it would drop the packets of those that go on, which now
    // reach it as a real server (ip_vs_in, ip_vs_core.c).
    ipvsFlagItem('expire_nodest_conn', claims),
    // What a backup learns of connections is for later: as a real server it must not direct by it.
    ...(sync === undefined ? [] : [ipvsFlagItem('backup_only', claims)]),
  ]
}

function ipvsFlagItem(name: 'expire_nodest_conn' | 'backup_only', claims: readonly string[]): RoleItem {
  return ensure({
    handler: SYSCTL,
    subject: `net.ipv4.vs.${name}`,
    value: '1',
    expected: 'on',
    accepts: (found) => found !== null && found !== '0',
    owners: claims,
  })
}

function syncDaemonItems(
  { sync, owners: claims }: ClusterSettings,
  role: SyncRole,
  runs: boolean,
): RoleItem[] {
  if (sync === undefined) return []
  return [ensure({ handler: DAEMON, subject: role, value: runs ? { ...sync, role } : null, owners: claims })]
}
