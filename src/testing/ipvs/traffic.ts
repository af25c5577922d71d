import { isIPv4 } from 'node:net'
import { ArgumentTypeError } from '../../errors.ts'
import { FORWARDING_METHODS } from '../../ipvs/model/destination.ts'
import { checkServiceKey, PROTOCOLS, type ServiceReference } from '../../ipvs/model/service-key.ts'
import type { ConnectionEntry, Endpoint } from '../../ipvs/proc/connection-entry.ts'
import { IP_VS_SVC_F_ONEPACKET } from '../../ipvs/protocol/uapi.ts'
import { checkAddress, checkInteger, checkPort } from '../../netlink/arguments/check.ts'
import { formatIPv4, readAddress, writeAddress } from '../../netlink/wire/address.ts'
import { type Connection, type ConnectionState, countTraffic, type InetEndpoint } from './connection.ts'
import type { ConnectionTable, Flow } from './connection-table.ts'
import { AF_INET, AF_INET6, type InetAddress, readInetAddress, writeInetAddress } from './inet-address.ts'
import type { NetworkNamespace } from './namespace.ts'

/** Describes a connection to open. */
export interface ConnectionAttempt {
  /** The client's address, of the service's family. */
  readonly client: string
  /** The client's port. Default: consecutive ports from 32768 on. */
  readonly clientPort?: number | undefined
  /** The virtual service, such as `tcp://192.0.2.1:80`, or the firewall mark that the packets carry. */
  readonly service: ServiceReference
  /** The address that the client connects to, if the service is a firewall mark. */
  readonly address?: string | undefined
  /** The port that the client connects to, if the service is a firewall mark or accepts all ports. */
  readonly port?: number | undefined
  /** The protocol, if the service is a firewall mark. Default `tcp`. */
  readonly protocol?: 'tcp' | 'udp' | undefined
  /** Bytes of the first packet of a UDP connection, including its IP header. Default 1000. */
  readonly bytes?: number | undefined
}

/** A number of packets and their bytes, including IP headers. */
export interface PacketCount {
  /** Number of packets. Default 1. */
  readonly packets?: number | undefined
  /** Bytes of all packets together. Default 1000 per packet. */
  readonly bytes?: number | undefined
}

/** Timeouts in seconds of the states whose timeout cannot be configured (tcp_timeouts). */
const STATE_TIMEOUTS = { SYN_RECV: 60, CLOSE_WAIT: 60, TIME_WAIT: 120, CLOSE: 10 } as const
/** Sizes of an IPv4 packet of TCP without data but with a timestamp, and of a SYN. */
const PACKET_BYTES = 52
const SYN_BYTES = 60
const DEFAULT_BYTES = 1000
const FIRST_PORT = 32_768

/** The clients of the virtual services in one network namespace; the kernel's scheduling rules choose the destinations. */
export class Traffic {
  readonly #table: ConnectionTable
  #nextPort = FIRST_PORT

  /** @internal */
  constructor(namespace: NetworkNamespace) {
    this.#table = namespace.connections
  }

  /**
   * Opens a connection: for TCP with the handshake, for UDP with one packet. Returns undefined if the service does not exist
   * or no destination accepts the connection.
   *
   * @throws {TypeError} if the addresses are of different families.
   */
  open(attempt: ConnectionAttempt): SimulatedConnection | undefined {
    const flow = this.#toFlow(attempt)
    const service = this.#table.serviceFor(flow)
    if (service === undefined) return undefined
    const tcp = flow.protocol === PROTOCOLS.tcp
    const connection = this.#table.schedule(flow, service, tcp ? 'SYN_RECV' : 'UDP')
    if (connection === undefined) return undefined
    countTraffic(connection, { connections: 1 })
    const opened = new SimulatedConnection(connection)
    opened.begin(attempt.bytes)
    if ((service.flags & IP_VS_SVC_F_ONEPACKET) !== 0 && !tcp) connection.end()
    return opened
  }

  /** The connection table, the oldest entry first, as `Ipvs.connections()` reads it. */
  get connections(): ConnectionEntry[] {
    return this.#table.entries.map((entry) => new SimulatedConnection(entry).entry)
  }

  #toFlow(attempt: ConnectionAttempt): Flow {
    const key = checkServiceKey(attempt.service)
    const { client, clientPort = this.#nextPort++, address, port, protocol = 'tcp' } = attempt
    if (this.#nextPort > 65_535) this.#nextPort = FIRST_PORT
    const target =
      key.fwmark === undefined ? key.address : (address ?? (key.family === 'ipv4' ? '0.0.0.0' : '::'))
    if (checkAddress('client', client) !== checkAddress('address', target)) {
      throw new ArgumentTypeError('client', `an ${key.family} address, the family of the service`, client)
    }
    const number = key.fwmark === undefined ? key.protocol : protocol
    return {
      family: key.family === 'ipv4' ? AF_INET : AF_INET6,
      protocol: typeof number === 'number' ? number : PROTOCOLS[number],
      client: { address: inet(client), port: checkPort('clientPort', clientPort) },
      virtual: { address: inet(target), port: checkPort('port', port ?? key.port ?? 0) },
      fwmark: key.fwmark ?? 0,
    }
  }
}

/** A connection of a client. */
export class SimulatedConnection {
  readonly #connection: Connection

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The destination that the scheduler chose. */
  get destination(): Endpoint {
    return endpoint(this.#connection, this.#connection.real)
  }

  /** Its state in the kernel. */
  get state(): ConnectionState {
    return this.#connection.state
  }

  /** Its entry in the connection table. */
  get entry(): ConnectionEntry {
    const { client, virtual, real, isTemplate, state, expires, protocol } = this.#connection
    return {
      protocol: protocolName(protocol),
      client: endpoint(this.#connection, client),
      virtual: endpoint(this.#connection, virtual),
      destination: endpoint(this.#connection, real),
      state,
      expires: Math.floor(expires),
      template: isTemplate,
      persistenceEngine: undefined,
      persistenceData: undefined,
    }
  }

  /** Sends packets from the client. Returns false if they are dropped because the destination was removed. */
  send({ packets = 1, bytes = packets * DEFAULT_BYTES }: PacketCount = {}): boolean {
    checkInteger('packets', packets, 1, Number.MAX_SAFE_INTEGER)
    checkInteger('bytes', bytes, 1, Number.MAX_SAFE_INTEGER)
    if (!this.#reachesDestination()) return false
    countTraffic(this.#connection, { incomingPackets: packets, incomingBytes: bytes })
    this.#connection.keep(this.#timeout())
    return true
  }

  /** Sends packets from the destination. With `dr` and `tun` they do not pass this host, and nothing is counted. */
  receive({ packets = 1, bytes = packets * DEFAULT_BYTES }: PacketCount = {}): void {
    checkInteger('packets', packets, 1, Number.MAX_SAFE_INTEGER)
    checkInteger('bytes', bytes, 1, Number.MAX_SAFE_INTEGER)
    if (!this.#answersPass()) return
    countTraffic(this.#connection, { outgoingPackets: packets, outgoingBytes: bytes })
    this.#connection.keep(this.#timeout())
  }

  /** Closes it from both ends: it becomes inactive at once and expires later. */
  close(): void {
    if (this.state === 'UDP' || !this.#reachesDestination()) return
    this.send({ packets: 2, bytes: 2 * PACKET_BYTES })
    if (!this.#answersPass()) {
      this.#connection.become('FIN_WAIT', this.#connection.namespace.timeouts.tcpFin)
      return
    }
    this.receive({ packets: 1, bytes: PACKET_BYTES })
    this.#connection.become('TIME_WAIT', STATE_TIMEOUTS.TIME_WAIT)
  }

  /** Resets it from the client (RST). */
  reset(): void {
    if (this.state === 'UDP' || !this.#reachesDestination()) return
    this.send({ packets: 1, bytes: PACKET_BYTES })
    this.#connection.become('CLOSE', STATE_TIMEOUTS.CLOSE)
  }

  /** @internal */
  begin(bytes: number | undefined): void {
    if (this.state === 'UDP') {
      this.send({ bytes })
      return
    }
    this.send({ packets: 2, bytes: SYN_BYTES + PACKET_BYTES })
    this.receive({ packets: 1, bytes: SYN_BYTES })
    this.#connection.become('ESTABLISHED', this.#connection.namespace.timeouts.tcp)
  }

  #timeout(): number {
    const { tcp, tcpFin, udp } = this.#connection.namespace.timeouts
    switch (this.state) {
      case 'UDP':
        return udp
      case 'FIN_WAIT':
        return tcpFin
      case 'SYN_RECV':
      case 'CLOSE_WAIT':
      case 'TIME_WAIT':
      case 'CLOSE':
        return STATE_TIMEOUTS[this.state]
      default:
        return tcp
    }
  }

  #reachesDestination(): boolean {
    const { service, destination } = this.#connection
    const { family, address, port } = destination
    return service.find(family, address, port) === destination
  }

  #answersPass(): boolean {
    return this.#connection.destination.forwarding === FORWARDING_METHODS.nat && this.#reachesDestination()
  }
}

function protocolName(protocol: number): string {
  const names = Object.entries(PROTOCOLS).map(([name, number]) => [number, name] as const)
  return new Map([...names, [0, 'ip']]).get(protocol) ?? `ip_${protocol}`
}

function inet(address: string): InetAddress {
  const view = new DataView(new ArrayBuffer(16))
  writeAddress(view, 0, address, isIPv4(address) ? 'ipv4' : 'ipv6')
  return readInetAddress(view, 0, 16)
}

function endpoint({ service, destination }: Connection, { address, port }: InetEndpoint) {
  const family = address === destination.address ? destination.family : service.family
  if (family === AF_INET) return { address: formatIPv4(address[0]), port }
  const view = new DataView(new ArrayBuffer(16))
  writeInetAddress(view, 0, address)
  return { address: readAddress(view, 0, 'ipv6'), port }
}
