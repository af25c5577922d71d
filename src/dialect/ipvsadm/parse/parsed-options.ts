import type { ForwardingMethod } from '../../../ipvs/model/destination.ts'
import { DEFAULT_PERSISTENCE_TIMEOUT } from '../../../ipvs/model/persistence.ts'
import type { Protocol } from '../../../ipvs/model/service-key.ts'
import type { Family } from '../../../netlink/wire/address.ts'
import type { KnownNames } from '../names/known-names.ts'
import type { OptionName } from '../vocabulary/options.ts'
import { type ParsedEndpoint, readEndpoint } from './endpoint.ts'
import { IpvsadmError } from './ipvsadm-error.ts'
import { readIPv4Text, readNumber } from './numbers.ts'

/** The longest timeout in seconds: 31 days. */
export const MAX_TIMEOUT = 2_678_400

/**
 * The options of a command line up to the current one. Each takes effect in its position, as in ipvsadm: a mask before the
 * service is read as an IPv4 mask, and a real server before the service does not get the port of the service.
 */
export class ParsedOptions {
  readonly #names: KnownNames
  readonly #minimumMark: number
  /** The options that are given, in no order. */
  readonly given = new Set<OptionName>()
  /** The family of the virtual service, once it is known. */
  family: Family | undefined
  protocol: Protocol = 'tcp'
  address = ''
  port = 0
  fwmark = 0
  scheduler = ''
  schedulerFlags = ''
  /** Seconds. */
  persistence: number | undefined
  mask: string | number = '255.255.255.255'
  persistenceEngine = ''
  server: ParsedEndpoint | undefined
  serverPort = 0
  forwarding: ForwardingMethod = 'dr'
  weight = 1
  upperThreshold = 0
  lowerThreshold = 0
  tunnelType: 'ipip' | 'gue' | 'gre' = 'ipip'
  tunnelPort = 0
  interface = ''
  syncId = 0
  maximumLength: number | undefined
  group: string | undefined
  multicastPort: number | undefined
  ttl: number | undefined

  /** @param signedMarks Whether a mark may be negative: `ipvsadm -S` writes marks from 2^31 on as negative numbers. */
  constructor(names: KnownNames, signedMarks = false) {
    this.#names = names
    this.#minimumMark = signedMarks ? -(2 ** 31) : 1
  }

  /** Records that an option is given. */
  markGiven(option: OptionName): void {
    if (this.given.has(option)) throw new IpvsadmError(`multiple '${option}' options specified`)
    this.given.add(option)
  }

  setService(protocol: Protocol, text: string): void {
    this.markGiven('service-address')
    this.protocol = protocol
    const endpoint = readEndpoint(text, protocol, this.#names)
    if (endpoint === undefined) throw new IpvsadmError('illegal virtual server address[:port] specified')
    this.address = endpoint.address
    this.family = endpoint.family
    this.port = endpoint.port ?? 0
    if (endpoint.family === 'ipv6') this.mask = 128
  }

  setFwmark(text: string): void {
    this.markGiven('service-address')
    this.family = 'ipv4'
    const fwmark = readNumber(text, this.#minimumMark, 0xffff_ffff)
    if (fwmark === undefined || fwmark === 0)
      throw new IpvsadmError(`invalid fwmark value \`${text}' specified`)
    this.fwmark = fwmark >>> 0
  }

  setIPv6(): void {
    if (this.fwmark === 0) throw new IpvsadmError('-6 used before -f')
    this.family = 'ipv6'
    this.mask = 128
  }

  setServer(text: string): void {
    this.markGiven('real-server')
    // The name of a port is looked up under the protocol, which a service behind the server has not set yet.
    const protocol = this.given.has('service-address') ? this.protocol : ''
    const endpoint = readEndpoint(text, protocol, this.#names)
    if (endpoint === undefined) throw new IpvsadmError('illegal real server address[:port] specified')
    this.server = endpoint
    this.serverPort = endpoint.port ?? this.port
  }

  setMask(text: string): void {
    this.markGiven('netmask')
    if (this.family === 'ipv6') {
      const length = Number.parseInt(text, 10)
      if (!(length >= 1 && length <= 128)) throw new IpvsadmError('illegal ipv6 netmask specified')
      this.mask = length
    } else {
      const mask = readIPv4Text(text)
      if (mask === undefined) throw new IpvsadmError('illegal virtual server persistent mask specified')
      this.mask = mask
    }
  }

  setPersistence(text: string | undefined): void {
    this.markGiven('persistent')
    this.persistence = text === undefined ? DEFAULT_PERSISTENCE_TIMEOUT : readTimeout(text, 1)
  }

  setForwarding(forwarding: ForwardingMethod): void {
    this.markGiven('forwarding-method')
    this.forwarding = forwarding
  }

  setTunnelType(text: string): void {
    this.markGiven('tun-type')
    if (text !== 'ipip' && text !== 'gue' && text !== 'gre') {
      throw new IpvsadmError('illegal tunnel type specified')
    }
    this.tunnelType = text
  }
}

/** Reads a number of seconds within the range of `-p` and `--set`. */
export function readTimeout(text: string, minimum: number): number {
  const seconds = readNumber(text, minimum, MAX_TIMEOUT)
  if (seconds === undefined) throw new IpvsadmError(`invalid timeout value \`${text}' specified`)
  return seconds
}
