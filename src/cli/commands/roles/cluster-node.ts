import { ClusterNode, type ClusterNodeOptions } from '../../../host/role/cluster-node.ts'
import type { DaemonInput } from '../../../ipvs/model/daemon.ts'
import type { Terminal } from '../../io/command-io.ts'
import { UsageError } from '../../io/failure.ts'
import type { FileOptions } from '../input/file-format.ts'
import { readDesired, toRoleServices } from '../input/read-desired.ts'
import { addFileOptions, type DefineCommand, parseInteger } from '../options/command-options.ts'
import { addVipOption } from '../options/host-options.ts'
import { defineRole, ROLE_ACTIONS, type RoleDefinition, type RoleFlags } from './role.ts'

interface Flags extends RoleFlags, FileOptions {
  readonly vip: readonly string[]
  readonly interface: string
  readonly services: string
  readonly sync?: string
  readonly syncId?: number
  readonly syncGroup?: string
  readonly syncPort?: number
  readonly syncTtl?: number
}

const ACTIONS = {
  up: {
    description:
      'Set up the node in its last state: active after promote, otherwise backup. After a boot it is a backup.',
    run: (node) => node.up(),
  },
  promote: {
    description: 'Make this node active. Demote the old active node first.',
    run: (node) => node.promote(),
  },
  demote: {
    description: 'Make this node a backup.',
    run: (node) => node.demote(),
  },
  down: {
    description:
      'Take this node out of the cluster: restore everything that up changed. To stop it or its VRRP daemon, use demote.',
    run: (node) => node.down(),
  },
  status: ROLE_ACTIONS.status,
} as const satisfies RoleDefinition<ClusterNode, Flags>['actions']

export const define: DefineCommand = (command, terminal) => {
  defineRole<ClusterNode, Flags>(command, terminal, {
    addOptions: (subcommand) =>
      addFileOptions(
        addVipOption(subcommand, 'virtual IP address with its prefix length on the active node', true)
          .requiredOption('--interface <name>', 'network interface for the addresses')
          .requiredOption('--services <file>', 'desired state with the services of the active node'),
      )
        .option('--sync <interface>', 'synchronise connections with the other nodes over this interface')
        .option('--sync-id <number>', 'synchronisation ID of the cluster, 0 to 255', parseInteger)
        .option('--sync-group <address>', 'multicast group (default: 224.0.0.81)')
        .option('--sync-port <port>', 'UDP port (default: 8848)', parseInteger)
        .option('--sync-ttl <hops>', 'multicast TTL (default: 1)', parseInteger),
    prepare: async (flags) => {
      const options = await toOptions(flags, terminal)
      return (host) => new ClusterNode(host, options)
    },
    actions: ACTIONS,
    examples: [
      '--vip 192.168.79.110/24 --interface eth0 --services redis.yaml',
      '--vip 192.168.79.110/24 --interface eth0 --services redis.yaml --sync eth0 --sync-id 7',
    ],
  })
}

async function toOptions(flags: Flags, terminal: Terminal): Promise<ClusterNodeOptions> {
  const { vip: vips, interface: name, services: file, stateFile } = flags
  const sync = toSyncOptions(flags)
  const desired = await readDesired(file, flags, terminal)
  if ((desired.daemons ?? []).length > 0) {
    throw new UsageError(
      `${file} lists synchronisation daemons, which a cluster node manages itself; remove them and use --sync`,
    )
  }
  return { vips, interface: name, services: await toRoleServices(desired, file), sync, stateFile }
}

function toSyncOptions(flags: Flags): Omit<DaemonInput, 'role'> | undefined {
  const { sync, syncId, syncGroup: group, syncPort: port, syncTtl: ttl } = flags
  if (sync !== undefined) return { interface: sync, syncId, group, port, ttl }
  if (syncId === undefined && group === undefined && port === undefined && ttl === undefined) return undefined
  throw new UsageError('--sync-id, --sync-group, --sync-port and --sync-ttl require --sync')
}
