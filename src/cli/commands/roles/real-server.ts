import { Option } from 'commander'
import { RealServer, type RealServerOptions } from '../../../host/role/real-server.ts'
import type { TunnelEndpoint } from '../../../host/role/tunnel-endpoint.ts'
import { UsageError } from '../../io/failure.ts'
import { type DefineCommand, parseList } from '../options/command-options.ts'
import { addForwardingOption, addVipOption, type ForwardingMethod } from '../options/host-options.ts'
import { defineRole, ROLE_ACTIONS, type RoleDefinition, type RoleFlags } from './role.ts'

interface Flags extends RoleFlags {
  readonly forwarding: ForwardingMethod
  readonly vip?: readonly string[]
  readonly interface?: readonly string[]
  readonly tunnel?: TunnelEndpoint['type']
  readonly tunnelFamily?: TunnelEndpoint['family']
  readonly tunnelDevice?: string
  readonly director?: readonly string[]
}

/** The forwarding methods that an option applies to. */
const OPTION_METHODS = {
  vip: ['dr', 'tun'],
  interface: ['dr', 'tun'],
  tunnel: ['tun'],
  tunnelFamily: ['tun'],
  tunnelDevice: ['tun'],
  director: ['nat'],
} as const satisfies Partial<Record<keyof Flags, readonly ForwardingMethod[]>>

const DEFINITION: RoleDefinition<RealServer, Flags> = {
  addOptions: (command) => {
    addForwardingOption(command, 'forwarding method of the director', 'dr')
    return addVipOption(command, 'dr, tun: virtual IP address', false)
      .option(
        '--interface <names>',
        'dr, tun: interfaces that must not answer ARP for the addresses (default: all)',
        parseList(String),
      )
      .addOption(
        new Option('--tunnel <type>', 'tun: tunnel type; for gue, use ipip').choices(['ipip', 'gre']),
      )
      .addOption(
        new Option('--tunnel-family <family>', 'tun: address family of the outer packets').choices([
          'ipv4',
          'ipv6',
        ]),
      )
      .option('--tunnel-device <name>', 'tun: existing tunnel interface to use')
      .option(
        '--director <addresses>',
        'nat: address of the director towards the real servers, one per address family',
        parseList(String),
      )
  },
  prepare: (flags) => {
    const options = toOptions(flags)
    return (host) => new RealServer(host, options)
  },
  actions: ROLE_ACTIONS,
  examples: [
    '--vip 192.168.79.110',
    '--forwarding tun --vip 192.0.2.50 --tunnel gre',
    '--forwarding nat --director 192.168.5.10',
  ],
}

export const define: DefineCommand = (command, terminal) => {
  defineRole(command, terminal, DEFINITION)
}

function toOptions(flags: Flags): RealServerOptions {
  const { forwarding, vip: vips, interface: interfaces, director, stateFile } = flags
  for (const [name, methods] of Object.entries(OPTION_METHODS)) {
    const isAllowed = (methods as readonly ForwardingMethod[]).includes(forwarding)
    if (flags[name as keyof Flags] === undefined || isAllowed) continue
    const allowed = methods.join(' or ')
    throw new UsageError(`--${toOptionName(name)} requires --forwarding ${allowed}, not ${forwarding}`)
  }
  if (forwarding === 'nat') {
    if (director === undefined) throw new UsageError('--forwarding nat requires --director')
    return { forwarding, director, stateFile }
  }
  if (vips === undefined) throw new UsageError(`--forwarding ${forwarding} requires --vip`)
  if (forwarding === 'dr') return { forwarding, vips, interfaces, stateFile }
  const { tunnel: type, tunnelFamily: family, tunnelDevice: device } = flags
  return { forwarding, vips, interfaces, stateFile, tunnel: { type, family, device } }
}

/** Converts a property name of commander back to the option. */
function toOptionName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
