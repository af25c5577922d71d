import { Director, type DirectorVip } from '../../host/role/director.ts'
import type { DefineCommand } from '../commands.ts'
import { parseChoices } from './options/options.ts'
import { addVipOption } from './options/vips.ts'
import { defineRole, ROLE_ACTIONS, type RoleDefinition, type RoleFlags } from './role.ts'

const FORWARDING_METHODS = ['dr', 'nat', 'tun'] as const

/** The options of a director as they were given. */
interface Flags extends RoleFlags {
  readonly vip: readonly string[]
  readonly interface: string
  readonly label?: string
  readonly method?: readonly (typeof FORWARDING_METHODS)[number][]
}

const DEFINITION: RoleDefinition<Director, Flags> = {
  addOptions: (command) =>
    addVipOption(command, 'a virtual address, with the prefix length that it is to have', true)
      .requiredOption('--interface <name>', 'network interface that the addresses are reached by')
      .option('--label <name>', 'name under which ifconfig shows them (IPv4), such as eth0:0')
      .option(
        '--method <methods>',
        'how destinations are reached: dr, nat, tun; several with commas (default: dr)',
        parseChoices(FORWARDING_METHODS),
      ),
  prepare: ({ vip: vips, interface: name, label, method: methods = ['dr'], stateFile }) => {
    const places = vips.map((address): DirectorVip => {
      const isNamed = label !== undefined && !address.includes(':')
      return isNamed ? { address, interface: name, label } : { address, interface: name }
    })
    return (host) => new Director(host, { vips: places, forwarding: methods, stateFile })
  },
  actions: ROLE_ACTIONS,
  examples: [
    '--vip 192.168.79.110/24 --interface eth0',
    '--vip 192.168.4.5/24,2001:db8:4::5 --interface eth0 --method nat',
  ],
}

export const define: DefineCommand = (command, screen) => {
  defineRole(command, screen, DEFINITION)
}
