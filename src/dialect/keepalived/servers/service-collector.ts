import { DEFAULT_PERSISTENCE_TIMEOUT } from '../../../ipvs/model/persistence.ts'
import type { ServiceSettings } from '../../../ipvs/model/service.ts'
import { formatService, type ServiceKey } from '../../../ipvs/model/service-key.ts'
import type { TimeoutChanges } from '../../../ipvs/model/settings.ts'
import { familyOf } from '../../../netlink/wire/address.ts'
import { findProblems } from '../../../state/document/resolve-desired-state.ts'
import type { DesiredDestination, DesiredService, DesiredState } from '../../../state/model/desired-state.ts'
import type { KeepalivedStatement } from '../source/statement.ts'
import type { KeepalivedVirtualServer } from './configuration.ts'
import type { ConfigurationProblems } from './problems.ts'
import type { ParsedRealServer } from './real-server.ts'
import type { ServiceAddress } from './service-address.ts'
import type { ParsedVirtualServer } from './virtual-server.ts'

/** Collects the services of a configuration, with the statements that define them. */
export class ServiceCollector {
  readonly #problems: ConfigurationProblems
  readonly #services: DesiredService[] = []
  readonly #servers: KeepalivedVirtualServer[] = []
  readonly #statements: {
    readonly statement: KeepalivedStatement
    readonly destinations: readonly KeepalivedStatement[]
  }[] = []

  constructor(problems: ConfigurationProblems) {
    this.#problems = problems
  }

  add(statement: KeepalivedStatement, entries: readonly ServiceAddress[], server: ParsedVirtualServer): void {
    const { quorum, sorryServer, inhibitOnFailure, realServers, others } = server
    // keepalived ignores a virtual server without real servers.
    if (realServers.length === 0) return
    const names = entries.map((entry) => this.#addService(statement, entry, server))
    const { file, line } = statement
    const servers = realServers.map((each) => each.server)
    this.#servers.push({
      ...{ services: names, quorum, sorryServer: sorryServer?.server, inhibitOnFailure },
      ...{ realServers: servers, others, file, line },
    })
  }

  finish(timeouts: TimeoutChanges | undefined): {
    desired: DesiredState
    virtualServers: KeepalivedVirtualServer[]
  } {
    const hasTimeouts = timeouts !== undefined && Object.keys(timeouts).length > 0
    const desired = { services: this.#services, ...(hasTimeouts ? { timeouts } : {}) }
    for (const { path, message } of findProblems(desired)) {
      const [, service, , destination] = path
      const place = this.#statements[Number(service)]
      const statement = place?.destinations[Number(destination)] ?? place?.statement
      this.#problems.add(statement ?? { words: [], file: '', line: 1 }, message)
    }
    return { desired, virtualServers: this.#servers }
  }

  #addService(statement: KeepalivedStatement, entry: ServiceAddress, server: ParsedVirtualServer): string {
    const name = formatService(keyOf(entry, server))
    const servers = serversOf(server)
    const isGroup = statement.words[1] === 'group'
    const destinations = servers.map((real) => destinationOf(isGroup, real, server))
    this.#services.push({ service: name, ...this.#settingsOf(statement, entry, server), destinations })
    this.#statements.push({ statement, destinations: servers.map((each) => each.statement) })
    return name
  }

  #settingsOf(
    statement: KeepalivedStatement,
    entry: ServiceAddress,
    { settings }: ParsedVirtualServer,
  ): ServiceSettings {
    const { persistence } = settings
    const isIPv4 = 'address' in entry ? familyOf(entry.address) === 'ipv4' : false
    if (isIPv4 && typeof persistence?.mask === 'number') {
      // keepalived reads 24 as the address 0.0.0.24.
      this.#problems.add(
        statement,
        `persistence_granularity must be a mask such as 255.255.255.0 for IPv4, not ${persistence.mask}`,
      )
    }
    // A service without a port serves all ports, which requires persistence.
    const isPortless = 'address' in entry && entry.port === 0
    if (!isPortless || persistence !== undefined) return settings
    return { ...settings, persistence: { timeout: DEFAULT_PERSISTENCE_TIMEOUT } }
  }
}

function keyOf(entry: ServiceAddress, server: ParsedVirtualServer): ServiceKey {
  if ('address' in entry) return { protocol: server.protocol, ...entry }
  return { fwmark: entry.fwmark, family: entry.family ?? server.family ?? familyOfReal(server) }
}

/** IPv6 if all real servers have IPv6 addresses. */
function familyOfReal({ realServers }: ParsedVirtualServer): 'ipv4' | 'ipv6' {
  const families = new Set(realServers.map(({ server }) => familyOf(server.address)))
  return families.size === 1 && families.has('ipv6') ? 'ipv6' : 'ipv4'
}

/**
 * The servers of a service while every check succeeds: all its real servers, or the sorry server if even their total weight
 * does not reach the quorum.
 */
function serversOf(server: ParsedVirtualServer): readonly ParsedRealServer[] {
  const { realServers, sorryServer, weight: usual, quorum, hysteresis } = server
  const total = realServers.reduce((sum, { destination }) => sum + (destination.weight ?? usual), 0)
  const needed = Math.min(quorum, total)
  const isUp = total > 0 && total >= needed + Math.min(hysteresis, needed - 1)
  if (sorryServer === undefined) return realServers
  if (!isUp) return [sorryServer]
  // An inhibited sorry server stays in the table.
  const standby = { ...sorryServer, destination: { ...sorryServer.destination, weight: 0 } }
  return sorryServer.server.inhibitOnFailure ? [...realServers, standby] : realServers
}

/**
 * The destination of a real server in one service. With `DR` and `TUN` its port is always that of the service, or 0 under a
 * mark. With `NAT` it is the port of the real server; the default is that of the service, or 0 in a group.
 */
function destinationOf(
  isGroup: boolean,
  real: ParsedRealServer,
  server: ParsedVirtualServer,
): DesiredDestination {
  const { forwarding, tunnel } = real.method ?? server.method
  const { port = isGroup ? 0 : undefined, weight = server.weight, ...destination } = real.destination
  const own = forwarding === 'nat' && port !== undefined ? { port } : {}
  return { ...destination, ...own, weight, forwarding, ...(tunnel === undefined ? {} : { tunnel }) }
}
