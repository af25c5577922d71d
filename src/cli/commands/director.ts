import { Director, type DirectorVip } from '../../host/role/director.ts'
import type { Define } from '../commands.ts'
import { readWords } from './options/options.ts'
import { definesRole, ROLE_DEEDS, type RoleFace, type RoleFlags } from './role.ts'
import { takesVips } from './options/vips.ts'

const METHODS = ['dr', 'nat', 'tun'] as const

/** The options of a director as they were given. */
interface Flags extends RoleFlags {
  readonly vip: readonly string[]
  readonly interface: string
  readonly label?: string
  readonly method?: readonly (typeof METHODS)[number][]
}

const FACE: RoleFace<Director, Flags> = {
  takes: (command) =>
    takesVips(command, 'a virtual address, with the prefix length that it is to have', true)
      .requiredOption('--interface <name>', 'network interface that the addresses are reached by')
      .option('--label <name>', 'name under which ifconfig shows them (IPv4), such as eth0:0')
      .option(
        '--method <methods>',
        'how destinations are reached: dr, nat, tun; several with commas (default: dr)',
        readWords(METHODS),
      ),
  read: ({ vip: vips, interface: name, label, method: methods = ['dr'], stateFile }) => {
    const places = vips.map((address): DirectorVip => {
      const isNamed = label !== undefined && !address.includes(':')
      return isNamed ? { address, interface: name, label } : { address, interface: name }
    })
    return (host) => new Director(host, { vips: places, methods, stateFile })
  },
  deeds: ROLE_DEEDS,
  examples: [
    '--vip 192.168.79.110/24 --interface eth0',
    '--vip 192.168.4.5/24,2001:db8:4::5 --interface eth0 --method nat',
  ],
}

export const define: Define = (command, screen) => {
  definesRole(command, screen, FACE)
}
