import type { DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import type { Persistence } from '../../ipvs/model/persistence.ts'
import type { SchedulerFlag } from '../../ipvs/model/scheduler.ts'
import type { ServiceSettings } from '../../ipvs/model/service.ts'
import { checkServiceKey, type ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import type { Tunnel } from '../../ipvs/model/tunnel.ts'
import { familyOf } from '../../netlink/wire/address.ts'
import type { DesiredDestination } from '../../state/model/desired-state.ts'
import { numberIn, RuleError, type RuleLine } from './rule-line.ts'
import { CHECKSUM_OPTIONS, FORWARDING_OPTIONS, SERVICE_OPTIONS } from './rule-words.ts'

/** What single rules say. What is out of range is told when the whole is looked at. */

export function readServiceKey(line: RuleLine): ResolvedServiceKey {
  const options = [...Object.keys(SERVICE_OPTIONS), '-f'] as (keyof typeof SERVICE_OPTIONS | '-f')[]
  const found = line.takeOne(options)
  if (found === undefined) throw new RuleError('Which service: -t, -u, --sctp-service or -f?')
  const v6 = line.take('-6') !== undefined
  if (found.option === '-f') {
    // ipvsadm prints a mark as a signed number.
    const fwmark = numberIn('-f', found.value) >>> 0
    return checkServiceKey({ fwmark, family: v6 ? 'ipv6' : 'ipv4' })
  }
  const { address, port = 0 } = readEndpoint(found.value)
  return checkServiceKey({ protocol: SERVICE_OPTIONS[found.option], address, port })
}

export function readServiceRule(line: RuleLine): ServiceSettings {
  const scheduler = line.take('-s')
  const flags = line.take('-b')
  const persistenceEngine = line.take('--pe')
  const onePacket = line.take('-o') !== undefined
  const persistence = readPersistence(line)
  line.take('-n')
  line.end()
  return {
    ...(scheduler === undefined ? {} : { scheduler }),
    ...(flags === undefined ? {} : { schedulerFlags: flags.split(',') as SchedulerFlag[] }),
    ...(onePacket ? { onePacket } : {}),
    ...(persistence === undefined ? {} : { persistence }),
    ...(persistenceEngine === undefined ? {} : { persistenceEngine }),
  }
}

function readPersistence(line: RuleLine): Persistence | undefined {
  const timeout = line.take('-p')
  const mask = line.take('-M')
  if (timeout === undefined && mask === undefined) return undefined
  return {
    ...(timeout === undefined || timeout === '' ? {} : { timeout: numberIn('-p', timeout) }),
    // Dotted for IPv4, a prefix length for IPv6.
    ...(mask === undefined ? {} : { mask: /^\d+$/.test(mask) ? Number(mask) : mask }),
  }
}

export function readDestinationRule(line: RuleLine): DesiredDestination {
  const server = line.take('-r')
  if (server === undefined) throw new RuleError('Which real server: -r?')
  const { address, port } = readEndpoint(server)
  const forwarding = line.takeOne(Object.keys(FORWARDING_OPTIONS) as (keyof typeof FORWARDING_OPTIONS)[])
  const weight = line.takeNumber('-w')
  const upperThreshold = line.takeNumber('-x')
  const lowerThreshold = line.takeNumber('-y')
  const tunnel = readTunnel(line)
  line.take('-n')
  line.end()
  return {
    address,
    ...(port === undefined ? {} : { port }),
    // ipvsadm's default.
    forwarding: forwarding === undefined ? 'dr' : FORWARDING_OPTIONS[forwarding.option],
    ...(weight === undefined ? {} : { weight }),
    ...(upperThreshold === undefined ? {} : { upperThreshold }),
    ...(lowerThreshold === undefined ? {} : { lowerThreshold }),
    ...(tunnel === undefined ? {} : { tunnel }),
  }
}

function readTunnel(line: RuleLine): Tunnel | undefined {
  const type = line.take('--tun-type')
  const port = line.takeNumber('--tun-port')
  const checksum = line.takeOne(Object.keys(CHECKSUM_OPTIONS) as (keyof typeof CHECKSUM_OPTIONS)[])
  if (type === undefined && port === undefined && checksum === undefined) return undefined
  return {
    type: type ?? 'ipip',
    ...(port === undefined ? {} : { port }),
    ...(checksum === undefined ? {} : { checksum: CHECKSUM_OPTIONS[checksum.option] }),
  } as Tunnel
}

export function readDaemonRule(line: RuleLine, role: SyncRole): DaemonInput {
  const group = line.take('--mcast-group')
  const numbers = {
    syncId: line.takeNumber('--syncid'),
    maximumLength: line.takeNumber('--sync-maxlen'),
    port: line.takeNumber('--mcast-port'),
    ttl: line.takeNumber('--mcast-ttl'),
  }
  const daemon = {
    role,
    interface: line.take('--mcast-interface') ?? '',
    ...(group === undefined ? {} : { group }),
    ...Object.fromEntries(Object.entries(numbers).filter(([, number]) => number !== undefined)),
  }
  line.end()
  return daemon
}

/** `--set tcp tcpfin udp`, where 0 leaves one as it is. */
export function readTimeouts(line: RuleLine): TimeoutChanges {
  line.end()
  if (line.words.length !== 3) throw new RuleError('--set needs three numbers: tcp, tcpfin and udp')
  const [tcp = 0, tcpFin = 0, udp = 0] = line.words.map((word) => numberIn('--set', word))
  return Object.fromEntries(Object.entries({ tcp, tcpFin, udp }).filter(([, seconds]) => seconds !== 0))
}

function readEndpoint(text: string): { address: string; port: number | undefined } {
  const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? []
  const address = v6 ?? v4 ?? text
  if (familyOf(address) === undefined) {
    throw new RuleError(
      `${text} is no address with a port in numbers, such as 192.0.2.1:80 or [2001:db8::1]:80`,
    )
  }
  return { address, port: port === undefined ? undefined : Number(port) }
}
