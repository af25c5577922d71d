import { SCHEDULERS, type SchedulerFlag } from '../../ipvs/model/scheduler.ts'
import type { ServiceSettings } from '../../ipvs/model/service.ts'
import type { Protocol } from '../../ipvs/model/service-key.ts'
import type { Family } from '../../netlink/wire/address.ts'
import type { Complaints } from './problems.ts'
import { type Method, readMethod } from './forwarding.ts'
import { type ReadRealServer, readRealServer } from './real-server.ts'
import type { Statement } from './statement.ts'
import { OTHER_SERVER_WORDS, SCHEDULER_FLAGS, SERVER_WORDS } from './words.ts'

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

/** A virtual server as it is read. */
export interface ReadServer {
  readonly settings: Mutable<ServiceSettings>
  readonly protocol: Protocol
  readonly method: Method
  readonly family: Family | undefined
  readonly realServers: readonly ReadRealServer[]
  readonly sorryServer: ReadRealServer | undefined
  /** Of its real servers. */
  readonly weight: number
  readonly quorum: number
  readonly hysteresis: number
  readonly inhibitOnFailure: boolean
  readonly others: readonly Statement[]
}

const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const
const FAMILIES = { inet: 'ipv4', inet6: 'ipv6' } as const
/** Six minutes, where ipvsadm has five; and the longest, a month, as in ipvsadm. */
export const DEFAULT_PERSISTENCE = 360
const LONGEST_PERSISTENCE = 31 * 86_400

/** Reads the block of a `virtual_server`. */
export function readServer(statement: Statement, complaints: Complaints): ReadServer {
  const reading = new ServerReading(complaints)
  for (const line of statement.block ?? []) reading.take(line)
  return reading.end()
}

class ServerReading {
  readonly #complaints: Complaints
  readonly #settings: Mutable<ServiceSettings> = {}
  readonly #flags: Statement[] = []
  readonly #others: Statement[] = []
  readonly #realServers: Statement[] = []
  #sorryServer: Statement | undefined
  #protocol: Protocol = 'udp'
  #onePacket: Statement | undefined
  #weight = 1
  #method: Method = { forwarding: 'nat', tunnel: undefined }
  #family: Family | undefined
  #timeout: number | undefined
  #mask: string | number | undefined
  #quorum = 1
  #hysteresis = 0
  #sorryMethod: Method | undefined
  #inhibits = false
  #sorryInhibits = false

  constructor(complaints: Complaints) {
    this.#complaints = complaints
  }

  take(line: Statement): void {
    const [word = ''] = line.words
    const complaints = this.#complaints
    if (OTHER_SERVER_WORDS.has(word)) this.#others.push(line)
    else if (!SERVER_WORDS.has(word)) complaints.addUnknown(line, 'in a virtual_server')
    else if (isFlag(word)) this.#flags.push(line)
    else this.#takeSetting(word, line)
  }

  end(): ReadServer {
    const read = (line: Statement, inhibits: boolean) => readRealServer(line, inhibits, this.#complaints)
    const realServers = this.#realServers.map((line) => read(line, this.#inhibits))
    const sorry = this.#sorryServer === undefined ? undefined : read(this.#sorryServer, this.#sorryInhibits)
    this.#endSettings()
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
      inhibitOnFailure: this.#inhibits,
      others: this.#others,
    }
  }

  /** What depends on other lines. keepalived passes over what does not fit; here it is told. */
  #endSettings(): void {
    const settings = this.#settings
    const complaints = this.#complaints
    const scheduler = settings.scheduler ?? 'wlc'
    const flags: SchedulerFlag[] = []
    for (const line of this.#flags) {
      const [flag = ''] = line.words
      if (flag.startsWith('flag-') || flag.startsWith(`${scheduler}-`)) flags.push(flag as SchedulerFlag)
      else complaints.addUnknown(line, `with the scheduler ${scheduler}`)
    }
    if (flags.length > 0) settings.schedulerFlags = flags
    if (this.#onePacket !== undefined) {
      if (this.#protocol === 'udp') settings.onePacket = true
      else complaints.addUnknown(this.#onePacket, `with the protocol ${this.#protocol}`)
    }
    // A mask makes a service persistent too.
    const timeout = this.#timeout ?? (this.#mask === undefined ? undefined : DEFAULT_PERSISTENCE)
    if (timeout === undefined) delete settings.persistenceEngine
    else settings.persistence = { timeout, ...(this.#mask === undefined ? {} : { mask: this.#mask }) }
  }

  #takeSetting(word: string, line: Statement): void {
    const complaints = this.#complaints
    switch (word) {
      case 'lvs_sched':
      case 'lb_algo':
        if (isScheduler(line.words[1])) this.#settings.scheduler = line.words[1]
        else complaints.addUnknown({ ...line, words: [line.words[1] ?? 'nothing'] }, `as a scheduler`)
        break
      case 'lvs_method':
      case 'lb_kind':
        this.#method = readMethod(line, complaints) ?? this.#method
        break
      case 'protocol':
        this.#protocol = PROTOCOLS[complaints.word(line, 1, PROTOCOLS) ?? 'TCP']
        break
      case 'ops':
        this.#onePacket = line
        break
      case 'weight':
        this.#weight = complaints.number(line, 1)
        break
      case 'ip_family':
        this.#family = FAMILIES[complaints.word(line, 1, FAMILIES) ?? 'inet']
        break
      case 'persistence_timeout':
        this.#timeout = complaints.number(line, 1, DEFAULT_PERSISTENCE)
        if (this.#timeout < 1 || this.#timeout > LONGEST_PERSISTENCE) {
          complaints.add(line, `persistence_timeout must be from 1 to ${LONGEST_PERSISTENCE} seconds`)
        }
        break
      case 'persistence_granularity':
        this.#mask = /^\d+$/.test(line.words[1] ?? '') ? Number(line.words[1]) : (line.words[1] ?? '')
        break
      case 'persistence_engine':
        this.#settings.persistenceEngine = line.words[1]
        break
      case 'quorum':
        this.#quorum = complaints.number(line, 1)
        break
      case 'hysteresis':
        this.#hysteresis = complaints.number(line, 1)
        break
      case 'inhibit_on_failure':
        this.#inhibits = complaints.boolean(line)
        break
      case 'sorry_server_inhibit':
        this.#sorryInhibits = true
        break
      case 'sorry_server':
        this.#sorryServer = line
        break
      case 'sorry_server_lvs_method':
        this.#sorryMethod = readMethod(line, complaints)
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

/** keepalived also knows `twos`, which is not in the kernel. */
function isScheduler(word: string | undefined): boolean {
  return [...SCHEDULERS, 'twos'].some((scheduler) => scheduler === word)
}
