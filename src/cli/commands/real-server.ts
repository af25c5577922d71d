import { Option } from 'commander'
import { RealServer, type RealServerOptions } from '../../host/role/real-server.ts'
import type { TunnelEnd } from '../../host/role/tunnel-endpoint.ts'
import type { Define } from '../commands.ts'
import { Mistake } from '../io/failure.ts'
import { readList } from './options/options.ts'
import { definesRole, ROLE_DEEDS, type RoleFace, type RoleFlags } from './role.ts'
import { takesVips } from './options/vips.ts'

const METHODS = ['dr', 'tun', 'nat'] as const
type Method = (typeof METHODS)[number]

/** The options of a real server as they were given. */
interface Flags extends RoleFlags {
  readonly method: Method
  readonly vip?: readonly string[]
  readonly interface?: readonly string[]
  readonly tunnel?: TunnelEnd['type']
  readonly tunnelFamily?: TunnelEnd['family']
  readonly tunnelDevice?: string
  readonly director?: readonly string[]
}

/** The methods that an option is for. */
const FOR_METHODS = {
  vip: ['dr', 'tun'],
  interface: ['dr', 'tun'],
  tunnel: ['tun'],
  tunnelFamily: ['tun'],
  tunnelDevice: ['tun'],
  director: ['nat'],
} as const satisfies Partial<Record<keyof Flags, readonly Method[]>>

const FACE: RoleFace<RealServer, Flags> = {
  takes: (command) =>
    takesVips(
      command.addOption(
        new Option('--method <method>', 'how packets arrive here').choices(METHODS).default('dr'),
      ),
      'dr, tun: a virtual address',
      false,
    )
      .option(
        '--interface <names>',
        'dr, tun: the interfaces that are to be silent about the addresses (default: all)',
        readList(String),
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
        readList(String),
      ),
  read: (flags) => {
    const options = optionsOf(flags)
    return (host) => new RealServer(host, options)
  },
  deeds: ROLE_DEEDS,
  examples: [
    '--vip 192.168.79.110',
    '--method tun --vip 192.0.2.50 --tunnel gre',
    '--method nat --director 192.168.5.10',
  ],
}

export const define: Define = (command, screen) => {
  definesRole(command, screen, FACE)
}

function optionsOf(flags: Flags): RealServerOptions {
  const { method, vip: vips, interface: interfaces, director, stateFile } = flags
  for (const [name, methods] of Object.entries(FOR_METHODS)) {
    if (flags[name as keyof Flags] === undefined || (methods as readonly Method[]).includes(method)) continue
    throw new Mistake(`--${dashed(name)} goes with --method ${methods.join(' or ')}, not ${method}`)
  }
  if (method === 'nat') {
    if (director === undefined) throw new Mistake('--method nat needs --director, the way out of here')
    return { method, director, stateFile }
  }
  if (vips === undefined) throw new Mistake(`--method ${method} needs --vip, such as --vip 192.168.79.110`)
  if (method === 'dr') return { method, vips, interfaces, stateFile }
  const { tunnel: type, tunnelFamily: family, tunnelDevice: device } = flags
  return { method, vips, interfaces, stateFile, tunnel: { type, family, device } }
}

/** An option as it is typed. */
function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
