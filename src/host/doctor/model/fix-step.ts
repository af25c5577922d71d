import {
  formatDestinationOption,
  formatDestinationOptions,
  formatServiceOption,
  formatServiceOptions,
} from '../../../dialect/ipvsadm/print/print-rules.ts'
import type { Destination, DestinationChanges, DestinationInput } from '../../../ipvs/model/destination.ts'
import type { Service, ServiceSettings } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import type { InterfaceAddressInput, InterfaceAddressKey } from '../../../route/model/interface-address.ts'
import type { LinkChanges, LinkInput } from '../../../route/model/link.ts'
import type { RouteInput } from '../../../route/model/route.ts'
import { shellCommand, sysctlCommand } from '../../../shell-text.ts'
import type { Ipv4InterfaceSysctl } from '../../../sysctl/interface-sysctls.ts'
import { interfaceSysctl, type SysctlName, type SysctlValue } from '../../../sysctl/sysctl-name.ts'
import type { FirewallChain } from '../../facts/firewall.ts'
import type { FixHost } from '../../facts/host-access.ts'
import type { JudgedPacket } from './firewall-verdict.ts'

/** One step of a fix: a call of this library, as source and as a function, and the equivalent shell command. */
export interface FixStep {
  /** Source, with `host` and `ipvs` in scope. */
  readonly call: string
  readonly shell: string
  run(host: FixHost): Promise<void>
}

export function setSysctl<N extends SysctlName>(name: N, value: SysctlValue<N> & number): FixStep {
  return {
    call: `await host.sysctls.set(${toSource(name)}, ${value})`,
    shell: sysctlCommand(name, value),
    run: (host) => host.sysctls.set(name, value),
  }
}

export function setInterfaceSysctl(
  interfaceName: string,
  setting: Ipv4InterfaceSysctl,
  value: number,
): FixStep {
  return setSysctl(interfaceSysctl('ipv4', interfaceName, setting), value)
}

/** Accepts packets in a packet filter, which this library does not change. */
export function acceptInFirewall(chain: FirewallChain, packet: JudgedPacket): FixStep {
  const { program, family, table, name } = chain
  const { protocol, source, destination, destinationPort: port } = packet
  const isNft = program === 'nft'
  const ip = packet.family === 'ipv4' ? 'ip' : 'ip6'
  const words = isNft
    ? [
        ...['nft', 'insert', 'rule', family, table, name],
        ...(source === undefined ? [] : [ip, 'saddr', source]),
        ...(destination === undefined ? [] : [ip, 'daddr', destination]),
        ...(protocol === undefined
          ? []
          : port === undefined
            ? ['meta', 'l4proto', protocol]
            : [protocol, 'dport', port]),
        'accept',
      ]
    : [
        ...[program, '-t', table, '-I', name],
        ...(source === undefined ? [] : ['-s', source]),
        ...(destination === undefined ? [] : ['-d', destination]),
        ...(protocol === undefined ? [] : ['-p', protocol]),
        ...(protocol === undefined || port === undefined ? [] : ['--dport', port]),
        ...['-j', 'ACCEPT'],
      ]
  return {
    call: '// The rules of a firewall are changed with its own program.',
    shell: shellCommand(...words),
    run: async () => {},
  }
}

/** Loads IPVS. Any use of it loads the module. */
export function loadIpvs(): FixStep {
  return {
    call: 'await ipvs.services()',
    shell: shellCommand('modprobe', 'ip_vs'),
    run: async (host) => {
      await (await host.ipvs()).services()
    },
  }
}

/** Loads the module of a scheduler. The kernel loads it when a service uses it; there is no other call to load it. */
export function loadSchedulerModule(module: string): FixStep {
  const scheduler = module.replace('ip_vs_', '')
  const service = { fwmark: 0xffff_ffff, scheduler }
  return {
    call: `await ipvs.addService(${toSource(service)})\nawait ipvs.removeService('fwmark://${service.fwmark}')`,
    shell: shellCommand('modprobe', module),
    run: async (host) => {
      const ipvs = await host.ipvs()
      await ipvs.addService(service)
      await ipvs.removeService(`fwmark://${service.fwmark}`)
    },
  }
}

/** Sets a sysctl of an interface that `SysctlName` does not include. */
export function setTextSysctl(interfaceName: string, setting: string, value: number): FixStep {
  const name = `net.ipv4.conf.${interfaceName.replaceAll('.', '/')}.${setting}`
  return {
    call: `await host.sysctls.setText(${toSource(name)}, '${value}')`,
    shell: sysctlCommand(name, value),
    run: (host) => host.sysctls.setText(name, String(value)),
  }
}

export function addAddress(address: InterfaceAddressInput): FixStep {
  const { label, nodad, preferredLifetime } = address
  const options = [
    ...(label === undefined ? [] : ['label', label]),
    ...(preferredLifetime === undefined ? [] : ['preferred_lft', preferredLifetime]),
    ...(nodad ? ['nodad'] : []),
  ]
  return {
    call: `await host.network.addAddress(${toSource(address)})`,
    shell: shellCommand('ip', 'address', 'add', address.address, 'dev', address.interface, ...options),
    run: (host) => host.network.addAddress(address),
  }
}

export function removeAddress(address: InterfaceAddressKey): FixStep {
  return {
    call: `await host.network.removeAddress(${toSource(address)})`,
    shell: shellCommand('ip', 'address', 'del', address.address, 'dev', address.interface),
    run: (host) => host.network.removeAddress(address),
  }
}

export function addRoute(route: RouteInput): FixStep {
  return {
    call: `await host.network.addRoute(${toSource(route)})`,
    shell: routeCommand('add', route),
    run: (host) => host.network.addRoute(route),
  }
}

export function removeRoute(route: RouteInput): FixStep {
  return {
    call: `await host.network.removeRoute(${toSource(route)})`,
    shell: routeCommand('del', route),
    run: (host) => host.network.removeRoute(route),
  }
}

export function addLink(link: LinkInput): FixStep {
  const { name, kind } = link
  // The default mode of ip(8) for ip6tnl does not carry IPv4.
  const mode = kind === 'ip6tnl' ? ['mode', 'any'] : []
  return {
    call: `await host.network.addLink(${toSource(link)})`,
    shell: shellCommand('ip', 'link', 'add', 'name', name, 'type', kind, ...mode),
    run: (host) => host.network.addLink(link),
  }
}

export function updateLink(name: string, changes: LinkChanges): FixStep {
  const words = [changes.mtu === undefined ? [] : ['mtu', changes.mtu], changes.up ? ['up'] : []].flat()
  return {
    call: `await host.network.updateLink(${toSource(name)}, ${toSource(changes)})`,
    shell: shellCommand('ip', 'link', 'set', 'dev', name, ...words),
    run: (host) => host.network.updateLink(name, changes),
  }
}

export function updateService(service: Service, changes: ServiceSettings): FixStep {
  const name = formatService(service)
  const persistence = changes.persistence && { ...service.persistence, ...changes.persistence }
  return {
    call: `await ipvs.updateService(${toSource(name)}, ${toSource(changes)})`,
    shell: `ipvsadm -E ${formatServiceOptions({ ...service, ...changes, persistence: persistence ?? service.persistence })}`,
    run: async (host) => (await host.ipvs()).updateService(name, changes),
  }
}

export function removeService(service: Service): FixStep {
  const name = formatService(service)
  return {
    call: `await ipvs.removeService(${toSource(name)})`,
    shell: `ipvsadm -D ${formatServiceOption(service)}`,
    run: async (host) => (await host.ipvs()).removeService(name),
  }
}

export function addDestination(service: Service, destination: DestinationInput): FixStep {
  const name = formatService(service)
  return {
    call: `await ipvs.addDestination(${toSource(name)}, ${toSource(destination)})`,
    shell: `ipvsadm -a ${formatServiceOption(service)} ${formatDestinationOptions(service, destination)}`,
    run: async (host) => (await host.ipvs()).addDestination(name, destination),
  }
}

/** Changes settings of a destination. */
export function updateDestination(
  service: Service,
  current: Destination,
  changes: Omit<DestinationChanges, 'address' | 'port' | 'family'>,
): FixStep {
  const name = formatService(service)
  const { address, port } = current
  const destination = { address, port, ...changes } as DestinationChanges
  return {
    call: `await ipvs.updateDestination(${toSource(name)}, ${toSource(destination)})`,
    shell: `ipvsadm -e ${formatServiceOption(service)} ${formatDestinationOptions(service, { ...current, ...changes } as DestinationInput)}`,
    run: async (host) => (await host.ipvs()).updateDestination(name, destination),
  }
}

export function removeDestination(service: Service, { address, port }: Destination): FixStep {
  const name = formatService(service)
  const key = { address, port }
  return {
    call: `await ipvs.removeDestination(${toSource(name)}, ${toSource(key)})`,
    shell: `ipvsadm -d ${formatServiceOption(service)} ${formatDestinationOption(service, key)}`,
    run: async (host) => (await host.ipvs()).removeDestination(name, key),
  }
}

function routeCommand(verb: string, route: RouteInput): string {
  const { destination, family, gateway, metric } = route
  return shellCommand(
    'ip',
    ...(family === 'ipv6' ? ['-6'] : []),
    ...['route', verb, destination],
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...(route.interface === undefined ? [] : ['dev', route.interface]),
    ...(metric === undefined ? [] : ['metric', metric]),
  )
}

/** Formats plain data as TypeScript source: `{ address: '192.0.2.10', weight: 1 }`. Undefined fields are omitted. */
export function toSource(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map(toSource).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value)
    .filter(([, content]) => content !== undefined)
    .map(([name, content]) => `${/^[a-z_$][\w$]*$/i.test(name) ? name : quote(name)}: ${toSource(content)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
