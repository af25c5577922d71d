import { DEFAULT_PERSISTENCE_TIMEOUT } from '../../../ipvs/model/persistence.ts'
import { SCHEDULERS, type SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import type { Protocol } from '../../../ipvs/model/service-key.ts'
import { canonicalIPv6, type Family, familyOf } from '../../../netlink/wire/address.ts'
import type { KeepalivedStatement } from '../source/statement.ts'
import { type LvsMethod, readMethod } from './lvs-method.ts'
import { readMask } from './persistence-mask.ts'
import { type ConfigurationProblems, MAX_UNSIGNED } from './problems.ts'
import { type ParsedRealServer, readRealServer } from './real-server.ts'
import type { ServiceAddress } from './service-address.ts'
import { PRESERVED_SERVER_WORDS, SCHEDULER_FLAGS } from './words.ts'

/** A virtual server before its services are derived. */
export interface ParsedVirtualServer {
  readonly scheduler: string | undefined
  readonly flags: readonly SchedulerFlag[]
  readonly protocol: Protocol
  readonly onePacket: KeepalivedStatement | undefined
  readonly timeout: number | undefined
  readonly mask: string | number | undefined
  readonly engine: string | undefined
  readonly method: LvsMethod
  /** The family that its address, its settings or its real servers determine. Behind tunnels alone there may be none. */
  readonly family: Family | undefined
  /** The family of its marks. */
  readonly markFamily: Family
  readonly realServers: readonly ParsedRealServer[]
  readonly sorryServer: ParsedRealServer | undefined
  readonly sorryInhibit: boolean
  /** The default weight of its real servers. */
  readonly weight: number
  readonly quorum: number
  readonly hysteresis: number
  readonly inhibitOnFailure: boolean
  readonly others: readonly KeepalivedStatement[]
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const
const FAMILIES = { inet: 'ipv4', inet6: 'ipv6' } as const
const ANY = [0, MAX_UNSIGNED] as const
const WEIGHTS = [1, 2 ** 31 - 1] as const
const QUORUMS = [1, MAX_UNSIGNED] as const
/** Seconds: 31 days. */
export const MAX_PERSISTENCE = 2_678_400

/**
 * Reads the block of a `virtual_server`, line by line as keepalived does: a flag counts for the scheduler before it, an invalid
 * value leaves the earlier one in effect, a real server takes the forwarding method before it if there is one, and the first real server that no tunnel reaches determines the family of a mark.
 *
 * @param address Undefined for a group.
 */
export function readVirtualServer(
  statement: KeepalivedStatement,
  address: ServiceAddress | undefined,
  problems: ConfigurationProblems,
): ParsedVirtualServer {
  const family = address !== undefined && 'address' in address ? familyOf(address.address) : undefined
  const reader = new VirtualServerReader(problems, family)
  for (const line of statement.block ?? []) reader.readLine(line)
  return reader.finish()
}

class VirtualServerReader {
  readonly #problems: ConfigurationProblems
  /** The numbers of the flags, 1 to 3: a flag stays when the scheduler changes, and may have another name then. */
  readonly #flags = new Set<number>()
  readonly #others: KeepalivedStatement[] = []
  readonly #realServers: ParsedRealServer[] = []
  readonly #server: Mutable<ParsedVirtualServer>
  #method: LvsMethod | undefined
  #sorryMethod: LvsMethod | undefined
  /** Addresses and ports of the real servers. */
  readonly #places = new Set<string>()

  constructor(problems: ConfigurationProblems, family: Family | undefined) {
    this.#problems = problems
    this.#server = {
      ...{ scheduler: undefined, flags: [], protocol: 'udp', onePacket: undefined },
      ...{ timeout: undefined, mask: undefined, engine: undefined },
      ...{ method: { forwarding: 'nat', tunnel: undefined }, family, markFamily: 'ipv4' },
      ...{ realServers: this.#realServers, sorryServer: undefined, sorryInhibit: false },
      ...{ weight: 1, quorum: 1, hysteresis: 0, inhibitOnFailure: false, others: this.#others },
    }
  }

  readLine(line: KeepalivedStatement): void {
    const [word = ''] = line.words
    if (PRESERVED_SERVER_WORDS.has(word)) this.#others.push(line)
    else if (SCHEDULER_FLAGS.has(word)) this.#addFlag(word as SchedulerFlag, line)
    else this.#readSetting(word, line)
  }

  finish(): ParsedVirtualServer {
    const server = this.#server
    const { sorryServer } = server
    return {
      ...server,
      method: this.#method ?? server.method,
      flags: [...this.#flags].sort().map((number) => flagOf(number, server.scheduler)),
      sorryServer: sorryServer && { ...sorryServer, method: this.#sorryMethod },
      markFamily: server.family ?? this.#familyOfTunnels(),
    }
  }

  /** A virtual server behind tunnels alone has the family IPv6 if all real servers have it. */
  #familyOfTunnels(): Family {
    const families = new Set(this.#realServers.map(({ address }) => familyOf(address)))
    return families.size === 1 && families.has('ipv6') ? 'ipv6' : 'ipv4'
  }

  #addFlag(flag: SchedulerFlag, line: KeepalivedStatement): void {
    const { scheduler = 'wlc' } = this.#server
    if (flag.startsWith('flag-') || flag.startsWith(`${scheduler}-`))
      this.#flags.add(flag.endsWith('-fallback') ? 1 : flag.endsWith('-port') ? 2 : Number(flag.at(-1)))
    else
      this.#problems.ignore(
        line,
        `${flag} does not apply to the scheduler ${scheduler}, which is set before it`,
      )
  }

  #readSetting(word: string, line: KeepalivedStatement): void {
    const problems = this.#problems
    const server = this.#server
    switch (word) {
      case 'lvs_sched':
      case 'lb_algo':
        this.#readScheduler(line)
        break
      case 'lvs_method':
      case 'lb_kind':
        this.#method = readMethod(line, problems, this.#method) ?? this.#method
        break
      case 'protocol': {
        const protocol = problems.readWord(line, 1, PROTOCOLS, true)
        if (protocol !== undefined) server.protocol = PROTOCOLS[protocol]
        break
      }
      case 'ops':
        server.onePacket = line
        break
      case 'weight':
        server.weight = problems.readDigits(line, 1, WEIGHTS) ?? server.weight
        break
      case 'ip_family': {
        const family = problems.readWord(line, 1, FAMILIES)
        if (family !== undefined && (server.family ?? FAMILIES[family]) !== FAMILIES[family]) {
          problems.ignore(line, `ip_family ${family} conflicts with the family ${server.family}`)
        } else if (family !== undefined) server.family = FAMILIES[family]
        break
      }
      case 'persistence_timeout':
        if (line.words.length === 1) server.timeout = DEFAULT_PERSISTENCE_TIMEOUT
        else server.timeout = problems.readNumber(line, 1, [1, MAX_PERSISTENCE]) ?? server.timeout
        break
      case 'persistence_granularity': {
        const mask = readMask(line, server.family, problems)
        if (mask === undefined) break
        server.mask = mask
        server.family ??= typeof mask === 'number' ? 'ipv6' : 'ipv4'
        break
      }
      case 'persistence_engine':
        server.engine = problems.requireWord(line, 1, 'a name') ?? server.engine
        break
      case 'quorum':
        server.quorum = problems.readDigits(line, 1, QUORUMS) ?? 1
        break
      case 'hysteresis':
        server.hysteresis = problems.readDigits(line, 1, ANY) ?? server.hysteresis
        break
      case 'inhibit_on_failure':
        server.inhibitOnFailure = true
        break
      default:
        this.#readServer(word, line)
    }
  }

  #readServer(word: string, line: KeepalivedStatement): void {
    const problems = this.#problems
    const server = this.#server
    switch (word) {
      case 'sorry_server_inhibit':
        if (server.sorryServer === undefined)
          problems.ignore(line, 'sorry_server_inhibit requires a sorry_server before it')
        else server.sorryInhibit = true
        break
      case 'sorry_server': {
        const sorry = readRealServer(line, problems)
        if (sorry === undefined || !this.#fits(sorry)) break
        server.sorryServer = sorry
        server.sorryInhibit = false
        this.#sorryMethod = undefined
        break
      }
      case 'sorry_server_lvs_method':
        if (server.sorryServer === undefined) {
          problems.ignore(line, 'sorry_server_lvs_method requires a sorry_server before it')
          break
        }
        this.#sorryMethod = readMethod(line, problems, this.#sorryMethod) ?? this.#sorryMethod
        break
      case 'real_server': {
        const real = readRealServer(line, problems)
        if (real !== undefined && this.#fits(real) && this.#isNew(real))
          this.#realServers.push({ ...real, method: real.method ?? this.#method })
        break
      }
    }
  }

  /** Whether a server has the family of its service, or is behind a tunnel. */
  #fits({ address, method, statement }: ParsedRealServer): boolean {
    const server = this.#server
    const family = familyOf(address)
    if ((method ?? this.#method ?? server.method).forwarding === 'tun') return true
    server.family ??= family
    if (server.family === family) return true
    const name = `${statement.words[0]} ${address}`
    this.#problems.ignore(
      statement,
      `${name} does not have the family ${server.family} of its service; it is skipped`,
    )
    return false
  }

  #isNew({ address, port, statement }: ParsedRealServer): boolean {
    const place = `${familyOf(address) === 'ipv6' ? canonicalIPv6(address) : address} ${port}`
    const isNew = !this.#places.has(place)
    this.#places.add(place)
    if (!isNew)
      this.#problems.ignore(statement, `real_server ${address} ${port} is defined twice; the first counts`)
    return isNew
  }

  /** keepalived also accepts `twos`, a scheduler that Linux does not have. */
  #readScheduler(line: KeepalivedStatement): void {
    const name = this.#problems.requireWord(line, 1, 'the name of a scheduler')
    if (name === undefined) return
    if ([...SCHEDULERS, 'twos'].some((scheduler) => scheduler === name)) this.#server.scheduler = name
    else this.#problems.ignore(line, `unknown scheduler ${name}`)
  }
}

/** The name of a flag, which sh and mh have names of their own for. */
function flagOf(number: number, scheduler: string | undefined): SchedulerFlag {
  if ((scheduler === 'sh' || scheduler === 'mh') && number < 3) {
    return `${scheduler}-${number === 1 ? 'fallback' : 'port'}`
  }
  return `flag-${number}` as SchedulerFlag
}
