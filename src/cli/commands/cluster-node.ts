import { ClusterNode, type ClusterNodeOptions } from '../../host/role/cluster-node.ts'
import type { DaemonInput } from '../../ipvs/model/daemon.ts'
import type { Define } from '../commands.ts'
import type { Screen } from '../io/command-io.ts'
import { directedServices } from './input/role-services.ts'
import { Mistake } from '../io/failure.ts'
import type { Spelling } from './input/file-format.ts'
import { readInteger } from './options/options.ts'
import { readDesired, takesSpelling } from './input/read-desired.ts'
import { definesRole, ROLE_DEEDS, type RoleFace, type RoleFlags } from './role.ts'
import { takesVips } from './options/vips.ts'

/** The options of a node as they were given. */
interface Flags extends RoleFlags {
  readonly vip: readonly string[]
  readonly interface: string
  readonly services: string
  readonly format?: Spelling
  readonly sync?: string
  readonly syncId?: number
  readonly syncGroup?: string
  readonly syncPort?: number
  readonly syncTtl?: number
}

const DEEDS = {
  up: {
    description:
      'Bring the node about as what it was last: active after a promote, else a backup; a backup when the machine has started.',
    act: (node) => node.up(),
  },
  promote: {
    description: 'Make the node the active one, whatever it was. Demote the old one first.',
    act: (node) => node.promote(),
  },
  demote: {
    description: 'Make the node a backup, whatever it was.',
    act: (node) => node.demote(),
  },
  down: ROLE_DEEDS.down,
  status: ROLE_DEEDS.status,
} as const satisfies RoleFace<ClusterNode, Flags>['deeds']

export const define: Define = (command, screen) => {
  definesRole<ClusterNode, Flags>(command, screen, {
    takes: (each) =>
      takesSpelling(
        takesVips(
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
        .option('--sync-id <number>', 'number of the cluster, 0 to 255', readInteger)
        .option('--sync-group <address>', 'multicast group (default: 224.0.0.81)')
        .option('--sync-port <port>', 'UDP port (default: 8848)', readInteger)
        .option('--sync-ttl <hops>', 'hops that it may take (default: 1)', readInteger),
    read: async (flags) => {
      const options = await optionsOf(flags, screen)
      return (host) => new ClusterNode(host, options)
    },
    deeds: DEEDS,
    examples: [
      '--vip 192.168.79.110/24 --interface eth0 --services redis.yaml',
      '--vip 192.168.79.110/24 --interface eth0 --services redis.yaml --sync eth0 --sync-id 7',
    ],
  })
}

async function optionsOf(flags: Flags, screen: Screen): Promise<ClusterNodeOptions> {
  const { vip: vips, interface: name, services: file, format, stateFile } = flags
  const sync = syncOf(flags)
  const desired = await readDesired(file, format, screen)
  if ((desired.daemons ?? []).length > 0) {
    throw new Mistake(
      `${file} starts synchronisation daemons, which a node does itself; leave them out and say --sync`,
    )
  }
  return { vips, interface: name, services: directedServices(desired, file), sync, stateFile }
}

function syncOf(flags: Flags): Omit<DaemonInput, 'role'> | undefined {
  const { sync, syncId, syncGroup: group, syncPort: port, syncTtl: ttl } = flags
  if (sync !== undefined) return { interface: sync, syncId, group, port, ttl }
  if (syncId === undefined && group === undefined && port === undefined && ttl === undefined) return undefined
  throw new Mistake('the other options about synchronisation need --sync, the interface to do it over')
}
