import { readFile } from 'node:fs/promises'
import { hostname, release } from 'node:os'
import { basename } from 'node:path'
import { ArgumentTypeError } from '../../errors.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { KnownFields } from '../../netlink/arguments/check.ts'
import { type Link, resolvesAddresses } from '../../route/model/link.ts'
import { isTunnelKind } from '../../route/model/tunnel-link.ts'
import { interfaceSysctl, type SysctlName } from '../../sysctl/sysctl-name.ts'
import type { FactsHost } from './host-access.ts'
import type { FactsOptions, HostFacts, ModuleFacts } from './host-facts.ts'

const KNOWN_FIELDS = new KnownFields(['name', 'signal'])

/** Sysctls of the whole host. */
const HOST_SYSCTLS = [
  'net.ipv4.ip_forward',
  'net.ipv6.conf.all.forwarding',
  ...(
    ['conntrack', 'conn_reuse_mode', 'expire_nodest_conn', 'expire_quiescent_template', 'pmtu_disc'] as const
  ).map((name) => `net.ipv4.vs.${name}` as const),
] as const satisfies readonly SysctlName[]
/** Sysctls of each interface. */
const INTERFACE_SYSCTLS = ['arp_ignore', 'arp_announce', 'rp_filter', 'send_redirects', 'forwarding'] as const

/** Reads everything that the doctor examines. Changes nothing and does not load IPVS. */
export async function readFacts(host: FactsHost, options: FactsOptions = {}): Promise<HostFacts> {
  KNOWN_FIELDS.check('options', options)
  const { signal, name = hostName(host) } = options
  if (typeof name !== 'string') throw new ArgumentTypeError('name', 'a string', name)
  const { network } = host
  const links = await network.links({ signal })
  const [addresses, routes, neighbours, sysctls, services, modules, tracked, firewall] = await Promise.all([
    network.addresses({}, { signal }),
    network.routes({ table: 'all' }, { signal }),
    network.neighbours({}, { signal }),
    readSysctls(host, links, signal),
    readServices(host, signal),
    readModules(),
    host.sysctls.findText('net.netfilter.nf_conntrack_count', { signal }),
    host.firewall?.(signal) ?? null,
  ])
  return {
    name,
    release: release(),
    ...{ services, links, addresses, routes, neighbours, sysctls, modules, firewall },
    trackedConnections: tracked === undefined ? null : Number(tracked),
  }
}

function hostName({ netns }: FactsHost): string {
  return netns === undefined ? hostname() : basename(netns)
}

/** Reading the IPVS table would load the module, so the table is read only if the module is loaded. */
async function readServices(host: FactsHost, signal: AbortSignal | undefined): Promise<Service[]> {
  if ((await host.sysctls.find('net.ipv4.vs.drop_entry', { signal })) === undefined) return []
  return await (await host.ipvs()).services({ signal })
}

async function readSysctls(
  host: FactsHost,
  links: readonly Link[],
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const read = async (names: readonly SysctlName[]) => {
    const values = await Promise.all(
      names.map(async (name) => [name, await host.sysctls.find(name, { signal })] as const),
    )
    return values.filter((entry): entry is [SysctlName, number] => typeof entry[1] === 'number')
  }
  const hostValues = await read([...HOST_SYSCTLS, interfaceSysctl('ipv6', 'all', 'force_forwarding')])
  const hasForceForwarding = hostValues.some(([name]) => name.endsWith('.force_forwarding'))
  const interfaceValues = await read([
    ...INTERFACE_SYSCTLS.map((setting) => interfaceSysctl('ipv4', 'all', setting)),
    ...links
      .filter(isArpInterface)
      .flatMap(({ name }) => [
        ...INTERFACE_SYSCTLS.map((setting) => interfaceSysctl('ipv4', name, setting)),
        ...(hasForceForwarding ? [interfaceSysctl('ipv6', name, 'force_forwarding')] : []),
      ]),
    ...links
      .filter(({ kind }) => isTunnelKind(kind))
      .map(({ name }) => interfaceSysctl('ipv4', name, 'rp_filter')),
  ])
  return Object.fromEntries([...hostValues, ...interfaceValues])
}

/** A host may have hundreds of container interfaces that are ports of a bridge. The bridge resolves addresses for them. */
function isArpInterface(link: Link): boolean {
  return resolvesAddresses(link) && link.master === undefined && !isTunnelKind(link.kind)
}

async function readModules(): Promise<ModuleFacts> {
  const folder = `/lib/modules/${release()}`
  const [loaded, dependencies, builtIn] = await Promise.all([
    readOptionalFile('/proc/modules'),
    readOptionalFile(`${folder}/modules.dep`),
    readOptionalFile(`${folder}/modules.builtin`),
  ])
  const available = [...linesOf(dependencies), ...linesOf(builtIn)]
    .map((line) => /([^/]+)\.ko(\.\w+)?(:|$)/.exec(line)?.[1]?.replaceAll('-', '_') ?? '')
    .filter((name) => /^ip_vs(_|$)/.test(name))
  return {
    loaded: linesOf(loaded).map((line) => line.split(' ')[0]!),
    available: dependencies === undefined ? null : available,
  }
}

/** The text of a file. Undefined if it cannot be read. */
async function readOptionalFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

function linesOf(text: string | undefined): string[] {
  return (text ?? '').split('\n').filter((line) => line !== '')
}
