import { Director, type DirectorVip } from '../../../host/role/director.ts'
import { type DefineCommand, parseChoices } from '../options/command-options.ts'
import { addVipOption, FORWARDING_METHODS, type ForwardingMethod } from '../options/host-options.ts'
import { defineRole, ROLE_ACTIONS, type RoleDefinition, type RoleFlags } from './role.ts'

interface Flags extends RoleFlags {
  readonly vip: readonly string[]
  readonly interface: string
  readonly label?: string
  readonly forwarding?: readonly ForwardingMethod[]
}

const DEFINITION: RoleDefinition<Director, Flags> = {
  addOptions: (command) =>
    addVipOption(command, 'virtual IP address with its prefix length', true)
      .requiredOption('--interface <name>', 'network interface for the addresses')
      .option('--label <name>', 'label of IPv4 addresses for ifconfig, such as eth0:0')
      .option(
        '--forwarding <methods>',
        'forwarding methods of the destinations: dr, nat, tun; separated by commas (default: dr)',
        parseChoices(FORWARDING_METHODS),
      ),
  prepare: ({ vip, interface: name, label, forwarding = ['dr'], stateFile }) => {
    const vips = vip.map((address): DirectorVip => {
      const isLabelled = label !== undefined && !address.includes(':')
      return isLabelled ? { address, interface: name, label } : { address, interface: name }
    })
    return (host) => new Director(host, { vips, forwarding, stateFile })
  },
  actions: ROLE_ACTIONS,
  examples: [
    '--vip 192.168.79.110/24 --interface eth0',
    '--vip 192.168.4.5/24,2001:db8:4::5 --interface eth0 --forwarding nat',
  ],
}

export const define: DefineCommand = (command, terminal) => {
  defineRole(command, terminal, DEFINITION)
}
