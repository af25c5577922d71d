import { ClusterNode, type ClusterNodeOptions } from '../../host/role/cluster-node.ts'
import type { DaemonInput } from '../../ipvs/model/daemon.ts'
import type { DefineCommand } from '../commands.ts'
import type { Terminal } from '../io/command-io.ts'
import { UsageError } from '../io/failure.ts'
import type { FileFormat } from './input/file-format.ts'
import { addFormatOption, readDesired } from './input/read-desired.ts'
import { toRoleServices } from './input/role-services.ts'
import { parseInteger } from './options/options.ts'
import { addVipOption } from './options/vips.ts'
import { defineRole, ROLE_ACTIONS, type RoleDefinition, type RoleFlags } from './role.ts'

/** The options of a node as they were given. */
interface Flags extends RoleFlags {
  readonly vip: readonly string[]
  readonly interface: string
  readonly services: string
  readonly format?: FileFormat
  readonly sync?: string
  readonly syncId?: number
  readonly syncGroup?: string
  readonly syncPort?: number
  readonly syncTtl?: number
}

const ACTIONS = {
  up: {
    description:
      'Bring the node about as what it was last: active after a promote, else a backup; a backup when the machine has started.',
    run: (node) => node.up(),
  },
  promote: {
    description: 'Make the node the active one, whatever it was. Demote the old one first.',
    run: (node) => node.promote(),
  },
  demote: {
    description: 'Make the node a backup, whatever it was.',
    run: (node) => node.demote(),
  },
  down: ROLE_ACTIONS.down,
  status: ROLE_ACTIONS.status,
} as const satisfies RoleDefinition<ClusterNode, Flags>['actions']

export const define: DefineCommand = (command, screen) => {
  defineRole<ClusterNode, Flags>(command, screen, {
    addOptions: (each) =>
      addFormatOption(
        addVipOption(
          each,
          'a virtual address, with the prefix length that it has while the node is active',
          true,
        )
          .requiredOption('--interface <name>', 'network interface that the addresses are reached by')
          .requiredOption(
            '--services <file>',
            'what the node directs while it is active; as lvs apply takes it',
          ),
      )
        .option('--sync <interface>', 'synchronise connections with the other nodes over this interface')
        .option('--sync-id <number>', 'number of the cluster, 0 to 255', parseInteger)
        .option('--sync-group <address>', 'multicast group (default: 224.0.0.81)')
        .option('--sync-port <port>', 'UDP port (default: 8848)', parseInteger)
        .option('--sync-ttl <hops>', 'hops that it may take (default: 1)', parseInteger),
    prepare: async (flags) => {
      const options = await toOptions(flags, screen)
      return (host) => new ClusterNode(host, options)
    },
    actions: ACTIONS,
    examples: [
      '--vip 192.168.79.110/24 --interface eth0 --services redis.yaml',
      '--vip 192.168.79.110/24 --interface eth0 --services redis.yaml --sync eth0 --sync-id 7',
    ],
  })
}

async function toOptions(flags: Flags, screen: Terminal): Promise<ClusterNodeOptions> {
  const { vip: vips, interface: name, services: file, format, stateFile } = flags
  const sync = toSyncOptions(flags)
  const desired = await readDesired(file, format, screen)
  if ((desired.daemons ?? []).length > 0) {
    throw new UsageError(
      `${file} starts synchronisation daemons, which a node does itself; leave them out and say --sync`,
    )
  }
  return { vips, interface: name, services: toRoleServices(desired, file), sync, stateFile }
}

function toSyncOptions(flags: Flags): Omit<DaemonInput, 'role'> | undefined {
  const { sync, syncId, syncGroup: group, syncPort: port, syncTtl: ttl } = flags
  if (sync !== undefined) return { interface: sync, syncId, group, port, ttl }
  if (syncId === undefined && group === undefined && port === undefined && ttl === undefined) return undefined
  throw new UsageError('the other options about synchronisation need --sync, the interface to do it over')
}
