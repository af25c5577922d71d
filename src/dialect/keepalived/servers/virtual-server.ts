import { DEFAULT_PERSISTENCE_TIMEOUT } from '../../../ipvs/model/persistence.ts'
import { SCHEDULERS, type SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import type { ServiceSettings } from '../../../ipvs/model/service.ts'
import type { Protocol } from '../../../ipvs/model/service-key.ts'
import type { Family } from '../../../netlink/wire/address.ts'
import type { KeepalivedStatement } from '../source/statement.ts'
import { type LvsMethod, readMethod } from './lvs-method.ts'
import type { ConfigurationProblems } from './problems.ts'
import { type ParsedRealServer, readRealServer } from './real-server.ts'
import { PRESERVED_SERVER_WORDS, SCHEDULER_FLAGS, SERVER_WORDS } from './words.ts'

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

/** A virtual server before its services are derived. */
export interface ParsedVirtualServer {
  readonly settings: Mutable<ServiceSettings>
  readonly protocol: Protocol
  readonly method: LvsMethod
  readonly family: Family | undefined
  readonly realServers: readonly ParsedRealServer[]
  readonly sorryServer: ParsedRealServer | undefined
  /** The default weight of its real servers. */
  readonly weight: number
  readonly quorum: number
  readonly hysteresis: number
  readonly inhibitOnFailure: boolean
  readonly others: readonly KeepalivedStatement[]
}

const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const
const FAMILIES = { inet: 'ipv4', inet6: 'ipv6' } as const
/** Seconds: 31 days. */
export const MAX_PERSISTENCE = 2_678_400

/** Reads the block of a `virtual_server`. */
export function readVirtualServer(
  statement: KeepalivedStatement,
  problems: ConfigurationProblems,
): ParsedVirtualServer {
  const reader = new VirtualServerReader(problems)
  for (const line of statement.block ?? []) reader.readLine(line)
  return reader.finish()
}

class VirtualServerReader {
  readonly #problems: ConfigurationProblems
  readonly #settings: Mutable<ServiceSettings> = {}
  readonly #flags: KeepalivedStatement[] = []
  readonly #others: KeepalivedStatement[] = []
  readonly #realServers: KeepalivedStatement[] = []
  #sorryServer: KeepalivedStatement | undefined
  #protocol: Protocol = 'udp'
  #onePacket: KeepalivedStatement | undefined
  #weight = 1
  #method: LvsMethod = { forwarding: 'nat', tunnel: undefined }
  #family: Family | undefined
  #timeout: number | undefined
  #mask: string | number | undefined
  #quorum = 1
  #hysteresis = 0
  #sorryMethod: LvsMethod | undefined
  #inhibitOnFailure = false
  #sorryInhibit = false

  constructor(problems: ConfigurationProblems) {
    this.#problems = problems
  }

  readLine(line: KeepalivedStatement): void {
    const [word = ''] = line.words
    const problems = this.#problems
    if (PRESERVED_SERVER_WORDS.has(word)) this.#others.push(line)
    else if (!SERVER_WORDS.has(word)) problems.addUnknownKeyword(line, 'in a virtual_server')
    else if (isFlag(word)) this.#flags.push(line)
    else this.#readSetting(word, line)
  }

  finish(): ParsedVirtualServer {
    const read = (line: KeepalivedStatement, inhibits: boolean) =>
      readRealServer(line, inhibits, this.#problems)
    const realServers = this.#realServers.map((line) => read(line, this.#inhibitOnFailure))
    const sorry = this.#sorryServer === undefined ? undefined : read(this.#sorryServer, this.#sorryInhibit)
    this.#finishSettings()
    return {
      settings: this.#settings,
      protocol: this.#protocol,
      method: this.#method,
      family: this.#family,
      realServers: realServers.filter((each) => each !== undefined),
      sorryServer: sorry === undefined ? undefined : { ...sorry, method: this.#sorryMethod },
      weight: this.#weight,
      quorum: this.#quorum,
      hysteresis: this.#hysteresis,
      inhibitOnFailure: this.#inhibitOnFailure,
      others: this.#others,
    }
  }

  /** Reads the settings that depend on other lines. keepalived ignores settings that do not apply; this parser reports them. */
  #finishSettings(): void {
    const settings = this.#settings
    const problems = this.#problems
    const scheduler = settings.scheduler ?? 'wlc'
    const flags: SchedulerFlag[] = []
    for (const line of this.#flags) {
      const [flag = ''] = line.words
      if (flag.startsWith('flag-') || flag.startsWith(`${scheduler}-`)) flags.push(flag as SchedulerFlag)
      else problems.addUnknown(line, `${flag} does not apply to the scheduler ${scheduler}`)
    }
    if (flags.length > 0) settings.schedulerFlags = flags
    if (this.#onePacket !== undefined) {
      if (this.#protocol === 'udp') settings.onePacket = true
      else problems.addUnknown(this.#onePacket, `ops does not apply to the protocol ${this.#protocol}`)
    }
    // A mask alone makes a service persistent too.
    const timeout = this.#timeout ?? (this.#mask === undefined ? undefined : DEFAULT_PERSISTENCE_TIMEOUT)
    if (timeout === undefined) delete settings.persistenceEngine
    else settings.persistence = { timeout, ...(this.#mask === undefined ? {} : { mask: this.#mask }) }
  }

  #readSetting(word: string, line: KeepalivedStatement): void {
    const problems = this.#problems
    switch (word) {
      case 'lvs_sched':
      case 'lb_algo':
        if (isScheduler(line.words[1])) this.#settings.scheduler = line.words[1]
        else problems.addUnknown(line, `unknown scheduler ${line.words[1] ?? ''}`.trimEnd())
        break
      case 'lvs_method':
      case 'lb_kind':
        this.#method = readMethod(line, problems) ?? this.#method
        break
      case 'protocol':
        this.#protocol = PROTOCOLS[problems.readWord(line, 1, PROTOCOLS) ?? 'TCP']
        break
      case 'ops':
        this.#onePacket = line
        break
      case 'weight':
        this.#weight = problems.readNumber(line, 1)
        break
      case 'ip_family':
        this.#family = FAMILIES[problems.readWord(line, 1, FAMILIES) ?? 'inet']
        break
      case 'persistence_timeout':
        this.#timeout = problems.readNumber(line, 1, DEFAULT_PERSISTENCE_TIMEOUT)
        if (this.#timeout < 1 || this.#timeout > MAX_PERSISTENCE) {
          problems.add(
            line,
            `persistence_timeout must be 1 to ${MAX_PERSISTENCE} seconds, not ${this.#timeout}`,
          )
        }
        break
      case 'persistence_granularity':
        this.#mask = /^\d+$/.test(line.words[1] ?? '') ? Number(line.words[1]) : (line.words[1] ?? '')
        break
      case 'persistence_engine':
        this.#settings.persistenceEngine = line.words[1]
        break
      case 'quorum':
        this.#quorum = problems.readNumber(line, 1)
        break
      case 'hysteresis':
        this.#hysteresis = problems.readNumber(line, 1)
        break
      case 'inhibit_on_failure':
        this.#inhibitOnFailure = problems.readBoolean(line)
        break
      case 'sorry_server_inhibit':
        this.#sorryInhibit = true
        break
      case 'sorry_server':
        this.#sorryServer = line
        break
      case 'sorry_server_lvs_method':
        this.#sorryMethod = readMethod(line, problems)
        break
      case 'real_server':
        this.#realServers.push(line)
        break
    }
  }
}

function isFlag(word: string): word is SchedulerFlag {
  return SCHEDULER_FLAGS.some((flag) => flag === word)
}

/** keepalived also accepts `twos`, a scheduler that Linux does not have. */
function isScheduler(word: string | undefined): boolean {
  return [...SCHEDULERS, 'twos'].some((scheduler) => scheduler === word)
}
