import { readDaemon } from '../../ipvs/model/daemon.ts'
import { readDestination } from '../../ipvs/model/destination-message.ts'
import { readService } from '../../ipvs/model/service.ts'
import {
  formatEndpoint,
  formatService,
  type ResolvedServiceKey,
  readAddressField,
  readServiceKey,
} from '../../ipvs/model/service-key.ts'
import { COMMAND, DAEMON, DESTINATION, SERVICE } from '../../ipvs/protocol/attributes.ts'
import { describePayload } from '../../ipvs/protocol/describe.ts'
import { IPVS_CMD } from '../../ipvs/protocol/uapi.ts'
import { EnumMap } from '../../netlink/arguments/check.ts'
import { AttributeSet, type Fields, type NestField } from '../../netlink/wire/attributes.ts'
import { describeMessage } from '../../netlink/wire/describe.ts'
import { errorName } from '../../netlink/wire/errno.ts'
import { GENL_HDRLEN, GENL_ID_CTRL, NLM_F_DUMP } from '../../netlink/wire/uapi.ts'
import type { NetlinkRequest } from './request.ts'

/** The kernel's name for a command of IPVS or of the controller. */
export type CommandName =
  | ('NEW_SERVICE' | 'SET_SERVICE' | 'DEL_SERVICE' | 'GET_SERVICE')
  | ('NEW_DEST' | 'SET_DEST' | 'DEL_DEST' | 'GET_DEST')
  | ('NEW_DAEMON' | 'DEL_DAEMON' | 'GET_DAEMON')
  | ('SET_CONFIG' | 'GET_CONFIG' | 'SET_INFO' | 'GET_INFO' | 'ZERO' | 'FLUSH')
  | 'GETFAMILY'

const NAMES = new EnumMap<Exclude<CommandName, 'GETFAMILY'>>(
  IPVS_CMD satisfies Record<Exclude<CommandName, 'GETFAMILY'>, number>,
)
const command = new AttributeSet(COMMAND)

/** A request that the kernel received. Its properties are decoded on access. */
export class LoggedRequest {
  /** Name of the network namespace of the sender; empty for the initial one. */
  readonly netns: string
  /** Time of arrival, in seconds on the kernel's clock. */
  readonly time: number
  readonly #request: NetlinkRequest

  /** @internal */
  constructor(request: NetlinkRequest) {
    this.netns = request.sender.namespace.name
    this.time = request.time
    this.#request = request
  }

  /** The command; a number if no such command exists. */
  get command(): CommandName | number {
    const { type, command: number = 0 } = this.#request
    if (type === GENL_ID_CTRL) return 'GETFAMILY'
    return NAMES.nameOf(number)
  }

  /** Whether it requests a dump. */
  get isDump(): boolean {
    return (this.#request.flags & NLM_F_DUMP) === NLM_F_DUMP
  }

  /** Whether its command changes the state. */
  get isChange(): boolean {
    return !/^GET/.test(String(this.command))
  }

  /** Sequence number. */
  get sequence(): number {
    return this.#request.sequence
  }

  /** The error with which the kernel refused it, such as `EEXIST`; undefined if it was executed. */
  get error(): string | undefined {
    const { errno } = this.#request
    return errno === 0 ? undefined : errorName(errno)
  }

  /** The service that it names, as text; undefined if it does not name a valid one. */
  get service(): string | undefined {
    const key = this.#serviceKey()
    return key && formatService(key)
  }

  /** The destination that it names, as text: `192.0.2.10:80`. */
  get destination(): string | undefined {
    const set = this.#nested(COMMAND.fields.destination, new AttributeSet(DESTINATION))
    const family = this.#serviceKey()?.family
    if (set === undefined || family === undefined) return undefined
    return tryRead(() => {
      const number = set.u16(DESTINATION.fields.family) || 0
      const { address, port } = readDestinationKey(
        set,
        number === 0 ? family : number === 2 ? 'ipv4' : 'ipv6',
      )
      return formatEndpoint(address, port)
    })
  }

  /** The request in one line: `NEW_DEST tcp://192.0.2.1:80 -> 192.0.2.10:80 dr weight 2`, followed by its error, if any. */
  toString(): string {
    const { service, destination, error } = this
    const about =
      service === undefined ? [] : destination === undefined ? [service] : [service, '->', destination]
    const settings = tryRead(() => this.#formatSettings()) ?? [this.#formatAttributes()]
    const words = [String(this.command), this.isDump ? 'dump' : '', ...about, ...settings]
    return `${words.filter((word) => word !== '').join(' ')}${error === undefined ? '' : `: ${error}`}`
  }

  #formatSettings(): string[] {
    switch (this.command) {
      case 'NEW_SERVICE':
      case 'SET_SERVICE':
        return this.#formatServiceSettings()
      case 'NEW_DEST':
      case 'SET_DEST':
        return this.#formatDestinationSettings()
      case 'NEW_DAEMON': {
        const {
          role,
          interface: name,
          syncId,
        } = readDaemon(this.#nested(COMMAND.fields.daemon, new AttributeSet(DAEMON))!)
        return [`${role} on ${name} syncId ${syncId}`]
      }
      case 'DEL_DAEMON':
      case 'SET_CONFIG':
        return [this.#formatAttributes()]
      default:
        return []
    }
  }

  #formatServiceSettings(): string[] {
    const set = this.#nested(COMMAND.fields.service, new AttributeSet(SERVICE))!
    const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine } = readService(set)
    return [
      scheduler,
      ...schedulerFlags,
      onePacket ? 'one-packet' : '',
      persistence === null ? '' : `persistent ${persistence.timeout}/${persistence.mask}`,
      persistenceEngine === null ? '' : `engine ${persistenceEngine}`,
    ]
  }

  #formatDestinationSettings(): string[] {
    const set = this.#nested(COMMAND.fields.destination, new AttributeSet(DESTINATION))!
    const { forwarding, weight, upperThreshold, lowerThreshold, tunnel } = readDestination(
      set,
      this.#serviceKey()!.family,
    )
    const limits = upperThreshold === 0 ? '' : `thresholds ${lowerThreshold}..${upperThreshold}`
    const plain = tunnel === null || tunnel.type === 'ipip'
    return [String(forwarding), `weight ${weight}`, limits, plain ? '' : JSON.stringify(tunnel)]
  }

  #serviceKey(): ResolvedServiceKey | undefined {
    const set = this.#nested(COMMAND.fields.service, new AttributeSet(SERVICE))
    return set && tryRead(() => readServiceKey(set))
  }

  #nested<F extends Fields>(field: NestField<F>, set: AttributeSet<F>): AttributeSet<F> | undefined {
    const { view, payload, end, type } = this.#request
    if (type === GENL_ID_CTRL) return undefined
    command.read(view, payload + GENL_HDRLEN, end)
    if (!command.has(field)) return undefined
    const start = command.offsetOf(field)
    return set.read(view, start, start + command.lengthOf(field))
  }

  /** Every attribute, for requests without a short form. */
  #formatAttributes(): string {
    const { view, payload: start, end, type, flags, sequence } = this.#request
    const line = describeMessage(view, { start, end, type, flags, sequence }, describePayload)
    return line.slice(line.indexOf('{'))
  }
}

function readDestinationKey(set: AttributeSet<(typeof DESTINATION)['fields']>, family: 'ipv4' | 'ipv6') {
  const { fields } = DESTINATION
  return {
    address: readAddressField(set, fields.address, family),
    port: set.requireValue(fields.port, set.u16be(fields.port)),
  }
}

/** The result of `read`; undefined if the request is incomplete. */
function tryRead<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
