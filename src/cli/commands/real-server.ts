import { Option } from 'commander'
import { RealServer, type RealServerOptions } from '../../host/role/real-server.ts'
import type { TunnelEndpoint } from '../../host/role/tunnel-endpoint.ts'
import type { DefineCommand } from '../commands.ts'
import { UsageError } from '../io/failure.ts'
import { parseList } from './options/options.ts'
import { addVipOption } from './options/vips.ts'
import { defineRole, ROLE_ACTIONS, type RoleDefinition, type RoleFlags } from './role.ts'

const FORWARDING_METHODS = ['dr', 'tun', 'nat'] as const
type ForwardingMethod = (typeof FORWARDING_METHODS)[number]

/** The options of a real server as they were given. */
interface Flags extends RoleFlags {
  readonly method: ForwardingMethod
  readonly vip?: readonly string[]
  readonly interface?: readonly string[]
  readonly tunnel?: TunnelEndpoint['type']
  readonly tunnelFamily?: TunnelEndpoint['family']
  readonly tunnelDevice?: string
  readonly director?: readonly string[]
}

/** The methods that an option is for. */
const OPTION_METHODS = {
  vip: ['dr', 'tun'],
  interface: ['dr', 'tun'],
  tunnel: ['tun'],
  tunnelFamily: ['tun'],
  tunnelDevice: ['tun'],
  director: ['nat'],
} as const satisfies Partial<Record<keyof Flags, readonly ForwardingMethod[]>>

const DEFINITION: RoleDefinition<RealServer, Flags> = {
  addOptions: (command) =>
    addVipOption(
      command.addOption(
        new Option('--method <method>', 'how packets arrive here').choices(FORWARDING_METHODS).default('dr'),
      ),
      'dr, tun: a virtual address',
      false,
    )
      .option(
        '--interface <names>',
        'dr, tun: the interfaces that are to be silent about the addresses (default: all)',
        parseList(String),
      )
      .addOption(
        new Option('--tunnel <type>', 'tun: type of the tunnel, ipip for gue too').choices(['ipip', 'gre']),
      )
      .addOption(
        new Option('--tunnel-family <family>', 'tun: family of the outer packets').choices(['ipv4', 'ipv6']),
      )
      .option('--tunnel-device <name>', 'tun: an interface that is there')
      .option(
        '--director <addresses>',
        'nat: the director in the network of the real servers, one for each family',
        parseList(String),
      ),
  prepare: (flags) => {
    const options = toOptions(flags)
    return (host) => new RealServer(host, options)
  },
  actions: ROLE_ACTIONS,
  examples: [
    '--vip 192.168.79.110',
    '--method tun --vip 192.0.2.50 --tunnel gre',
    '--method nat --director 192.168.5.10',
  ],
}

export const define: DefineCommand = (command, screen) => {
  defineRole(command, screen, DEFINITION)
}

function toOptions(flags: Flags): RealServerOptions {
  const { method, vip: vips, interface: interfaces, director, stateFile } = flags
  for (const [name, methods] of Object.entries(OPTION_METHODS)) {
    if (flags[name as keyof Flags] === undefined || (methods as readonly ForwardingMethod[]).includes(method))
      continue
    throw new UsageError(`--${toOptionName(name)} goes with --method ${methods.join(' or ')}, not ${method}`)
  }
  if (method === 'nat') {
    if (director === undefined) throw new UsageError('--method nat needs --director, the way out of here')
    return { forwarding: method, director, stateFile }
  }
  if (vips === undefined) throw new UsageError(`--method ${method} needs --vip, such as --vip 192.168.79.110`)
  if (method === 'dr') return { forwarding: method, vips, interfaces, stateFile }
  const { tunnel: type, tunnelFamily: family, tunnelDevice: device } = flags
  return { forwarding: method, vips, interfaces, stateFile, tunnel: { type, family, device } }
}

/** An option as it is typed. */
function toOptionName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
