import type { DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import { checkServiceKey, formatService } from '../../ipvs/model/service-key.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { DAEMON, type RoleService, SERVICE, satisfiesService } from '../resource/ipvs-resources.ts'
import { LINK } from '../resource/network-resources.ts'
import { SYSCTL } from '../resource/sysctl-resources.ts'
import { arpSuppressionItems } from './arp-suppression.ts'
import { directorItems } from './director.ts'
import {
  type HiddenVip,
  hiddenAddressItems,
  hiddenAddressRemovalItems,
  hostRouteItems,
  notAdvertisedItems,
  wholeNetworkItems,
} from './hidden-vip.ts'
import { ensure, type RoleItem } from './role-item.ts'
import {
  interfaceUpItems,
  type VisibleVip,
  visibleAddressItems,
  visibleAddressRemovalItems,
} from './visible-vip.ts'

/** The checked options of a cluster node. */
export interface ClusterSettings {
  readonly owners: readonly string[]
  /** The virtual addresses of a backup. */
  readonly hidden: readonly HiddenVip[]
  /** The same addresses on the active node. */
  readonly visible: readonly VisibleVip[]
  readonly services: readonly RoleService[]
  readonly sync: Omit<DaemonInput, 'role'> | undefined
}

/**
 * The stages that make a node active. The rules come after the addresses on the interface: a crash in between must not leave
 * rules on a node with hidden addresses, because such rules cause a loop.
 */
export async function activeStages(host: RoleHost, cluster: ClusterSettings): Promise<RoleItem[][]> {
  return [
    await commonItems(host, cluster),
    visibleAddressItems(cluster.visible),
    wholeNetworkItems(cluster.visible),
    // With backup_only a node does not schedule connections while its backup daemon runs.
    [
      ...syncDaemonItems(cluster, 'backup', false),
      ...ruleItems(cluster),
      ...syncDaemonItems(cluster, 'master', true),
    ],
    hiddenAddressRemovalItems(cluster.hidden),
  ]
}

/** The stages that make a node a backup, in the reverse order. The hidden addresses are added before the others are removed. */
export async function backupStages(host: RoleHost, cluster: ClusterSettings): Promise<RoleItem[][]> {
  return [
    ruleRemovalItems(cluster),
    await commonItems(host, cluster),
    await hiddenAddressItems(host, cluster.hidden),
    wholeNetworkItems(cluster.hidden),
    hostRouteItems(cluster.hidden),
    [...visibleAddressRemovalItems(cluster.visible), ...notAdvertisedItems(cluster.hidden)],
    syncDaemonItems(cluster, 'backup', true),
  ]
}

/** Items that remove the rules, no matter which process added them. */
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

function ruleItems({ services, owners }: ClusterSettings): RoleItem[] {
  return services.map((service) =>
    ensure({
      handler: SERVICE,
      subject: formatService(checkServiceKey(service)),
      value: service,
      accepts: (current) => satisfiesService(current as RoleService | null, service),
      owners,
    }),
  )
}

/** Items of both states, so that a failover changes only addresses and rules. */
async function commonItems(
  host: RoleHost,
  { owners, visible, services, sync }: ClusterSettings,
): Promise<RoleItem[]> {
  const v4 = visible
    .filter(({ vip }) => vip.family === 'ipv4')
    .map(({ vip, owner }) => ({ address: vip.address, owner }))
  const methods = services.flatMap(({ destinations }) =>
    destinations.map(({ forwarding }) => String(forwarding)),
  )
  return [
    ensure({ handler: LINK, subject: 'lo', value: true, owners }),
    ...interfaceUpItems(visible),
    ...(await arpSuppressionItems(host, undefined, v4)),
    ...directorItems(visible, methods),
    // When its rules are removed, the node must drop their connections from its table. Otherwise IPVS would drop the packets of
    // continuing connections, which now reach the node as a real server (ip_vs_in, ip_vs_core.c).
    ipvsFlagItem('expire_nodest_conn', owners),
    // As a real server, a backup must not forward packets of the connections that it receives by synchronisation.
    ...(sync === undefined ? [] : [ipvsFlagItem('backup_only', owners)]),
  ]
}

function ipvsFlagItem(name: 'expire_nodest_conn' | 'backup_only', owners: readonly string[]): RoleItem {
  return ensure({
    handler: SYSCTL,
    subject: `net.ipv4.vs.${name}`,
    value: '1',
    expected: 'on',
    accepts: (current) => current !== null && current !== '0',
    owners,
  })
}

function syncDaemonItems({ sync, owners }: ClusterSettings, role: SyncRole, runs: boolean): RoleItem[] {
  if (sync === undefined) return []
  return [ensure({ handler: DAEMON, subject: role, value: runs ? { ...sync, role } : null, owners })]
}
