import { DEFAULT_PERSISTENCE_TIMEOUT } from '../../../ipvs/model/persistence.ts'
import type { ServiceSettings } from '../../../ipvs/model/service.ts'
import { formatService, type ServiceKey } from '../../../ipvs/model/service-key.ts'
import type { TimeoutChanges } from '../../../ipvs/model/settings.ts'
import { canonicalIPv6, familyOf } from '../../../netlink/wire/address.ts'
import { findProblems } from '../../../state/document/resolve-desired-state.ts'
import type { DesiredDestination, DesiredService, DesiredState } from '../../../state/model/desired-state.ts'
import type { KeepalivedStatement } from '../source/statement.ts'
import type { KeepalivedVirtualServer } from './configuration.ts'
import type { ConfigurationProblems } from './problems.ts'
import { describeRealServer, type ParsedRealServer } from './real-server.ts'
import { serversWhileUp } from './servers-while-up.ts'
import type { ServiceAddress } from './service-address.ts'
import type { ParsedVirtualServer } from './virtual-server.ts'

interface CollectedService {
  readonly service: DesiredService & { readonly destinations: DesiredDestination[] }
  readonly statement: KeepalivedStatement
  readonly destinations: KeepalivedStatement[]
  /** Addresses and ports of the destinations. */
  readonly places: Set<string>
}

/** Collects the services of a configuration, with the statements that define them. */
export class ServiceCollector {
  readonly #problems: ConfigurationProblems
  readonly #services = new Map<string, CollectedService>()
  readonly #servers: KeepalivedVirtualServer[] = []

  constructor(problems: ConfigurationProblems) {
    this.#problems = problems
  }

  add(statement: KeepalivedStatement, entries: readonly ServiceAddress[], server: ParsedVirtualServer): void {
    const { quorum, sorryServer, sorryInhibit, inhibitOnFailure, others } = server
    if (server.realServers.length === 0) {
      this.#problems.note(
        statement,
        `${statement.words.slice(0, 3).join(' ')} has no real servers; it is skipped`,
      )
      return
    }
    if (hasOtherFamily(entries, server)) {
      this.#problems.ignore(statement, `the group does not have the family ${server.family}; it is skipped`)
      return
    }
    const settings = this.#settingsOf(statement, entries, server)
    const names = entries.map((entry) => this.#addService(statement, entry, server, settings))
    const { file, line } = statement
    const realServers = server.realServers.map((each) => describeRealServer(each, inhibitOnFailure))
    const sorry = sorryServer && describeRealServer(sorryServer, sorryInhibit)
    this.#servers.push({
      ...{ services: names, quorum, sorryServer: sorry, inhibitOnFailure },
      ...{ realServers, others, file, line },
    })
  }

  finish(timeouts: TimeoutChanges | undefined): {
    desired: DesiredState
    virtualServers: KeepalivedVirtualServer[]
  } {
    const hasTimeouts = timeouts !== undefined && Object.keys(timeouts).length > 0
    const collected = [...this.#services.values()]
    const desired = {
      services: collected.map(({ service }) => service),
      ...(hasTimeouts ? { timeouts } : {}),
    }
    for (const { path, message } of findProblems(desired)) {
      const [, service, , destination] = path
      const place = collected[Number(service)]
      const statement = place?.destinations[Number(destination)] ?? place?.statement
      this.#problems.add(statement ?? { words: [], file: '', line: 1 }, message)
    }
    return { desired, virtualServers: this.#servers }
  }

  /** keepalived adds the real servers of a second virtual server with the same address to the first, whose settings stay. */
  #addService(
    statement: KeepalivedStatement,
    entry: ServiceAddress,
    server: ParsedVirtualServer,
    settings: ServiceSettings,
  ): string {
    const name = formatService(keyOf(entry, server))
    let collected = this.#services.get(name)
    if (collected === undefined) {
      collected = {
        service: { service: name, ...settings, destinations: [] },
        statement,
        destinations: [],
        places: new Set(),
      }
      this.#services.set(name, collected)
    } else {
      const first = collected.statement
      this.#problems.ignore(
        statement,
        `${name} is defined twice; the settings are those of line ${first.line}`,
      )
    }
    const isGroup = statement.words[1] === 'group'
    for (const real of serversWhileUp(server)) {
      this.#addDestination(collected, real, destinationOf(isGroup, entry, real, server))
    }
    return name
  }

  /** Adds a destination, unless the kernel refuses it. */
  #addDestination(
    { service, destinations, places }: CollectedService,
    { statement }: ParsedRealServer,
    destination: DesiredDestination,
  ): void {
    const { address, port, upperThreshold = 0, lowerThreshold = 0 } = destination
    const name = `${statement.words[0]} ${address} ${port ?? ''}`.trim()
    const place = `${familyOf(address) === 'ipv6' ? canonicalIPv6(address) : address} ${port ?? ''}`
    if (lowerThreshold > upperThreshold) {
      const message = `${name}: lthreshold must be at most uthreshold (${upperThreshold}), not ${lowerThreshold}; it is skipped`
      this.#problems.ignore(statement, message)
    } else if (places.has(place)) {
      this.#problems.ignore(statement, `${name} is defined twice in ${service.service}; the first counts`)
    } else {
      places.add(place)
      service.destinations.push(destination)
      destinations.push(statement)
    }
  }

  #settingsOf(
    statement: KeepalivedStatement,
    entries: readonly ServiceAddress[],
    server: ParsedVirtualServer,
  ): ServiceSettings {
    const { scheduler, flags, protocol, onePacket, engine } = server
    const isGroup = statement.words[1] === 'group'
    const isMark = !isGroup && entries.every((entry) => 'fwmark' in entry)
    const isOnePacket = onePacket !== undefined && (isMark || protocol === 'udp')
    if (onePacket !== undefined && !isOnePacket) {
      this.#problems.ignore(onePacket, `ops does not apply to the protocol ${protocol}`)
    }
    const timeout = timeoutOf(entries, server)
    // keepalived 2.2.7 loses the mask of a group.
    const mask = isGroup ? undefined : server.mask
    return {
      ...(scheduler === undefined ? {} : { scheduler }),
      ...(flags.length === 0 ? {} : { schedulerFlags: flags }),
      ...(isOnePacket ? { onePacket: true } : {}),
      ...(timeout === undefined ? {} : { persistence: { timeout, ...(mask === undefined ? {} : { mask }) } }),
      ...(timeout === undefined || engine === undefined ? {} : { persistenceEngine: engine }),
    }
  }
}

/** A mask alone makes a service persistent too, and so does an address without a port, which serves all of them. */
function timeoutOf(
  entries: readonly ServiceAddress[],
  { timeout, mask }: ParsedVirtualServer,
): number | undefined {
  const isPortless = entries.some((entry) => 'address' in entry && entry.port === 0)
  return timeout ?? (mask !== undefined || isPortless ? DEFAULT_PERSISTENCE_TIMEOUT : undefined)
}

/** Whether a group has another family than its virtual server, which behind tunnels alone may have none. */
function hasOtherFamily(entries: readonly ServiceAddress[], server: ParsedVirtualServer): boolean {
  return entries.some((entry) => {
    const family = 'address' in entry ? familyOf(entry.address) : entry.family
    return family !== undefined && server.family !== undefined && family !== server.family
  })
}

function keyOf(entry: ServiceAddress, server: ParsedVirtualServer): ServiceKey {
  if ('address' in entry) return { protocol: server.protocol, ...entry }
  return { fwmark: entry.fwmark, family: entry.family ?? server.markFamily }
}

/**
 * The destination of a real server in one service. With `DR` and `TUN` its port is always that of the service, or 0 under a
 * mark. With `NAT` it is the port of the real server; the default is that of the service, or 0 in a group and for a sorry server.
 */
function destinationOf(
  isGroup: boolean,
  entry: ServiceAddress,
  real: ParsedRealServer,
  server: ParsedVirtualServer,
): DesiredDestination {
  const { forwarding, tunnel } = real.method ?? server.method
  const { address, upperThreshold, lowerThreshold } = real
  const isReal = real.statement.words[0] === 'real_server'
  const service = 'address' in entry ? entry.port : 0
  const usual = isReal && !isGroup ? service : 0
  const port = forwarding !== 'nat' ? service : real.port === 0 ? usual : real.port
  return {
    address,
    ...(port === service ? {} : { port }),
    weight: real.weight ?? (isReal ? server.weight : 1),
    forwarding,
    ...(upperThreshold === undefined ? {} : { upperThreshold }),
    ...(lowerThreshold === undefined ? {} : { lowerThreshold }),
    ...(tunnel === undefined ? {} : { tunnel }),
  }
}
