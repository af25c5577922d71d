import type { Family } from '../../netlink/wire/address.ts'
import { formatIPv4, readAddress } from '../../netlink/wire/address.ts'

/** A socket address. */
export interface Endpoint {
  /** IPv4 or IPv6 address. */
  readonly address: string
  /** 0 to 65535. */
  readonly port: number
}

/** One entry of the connection table. ipvsadm `-L -c`; a line of /proc/net/ip_vs_conn. */
export interface ConnectionEntry {
  /** `tcp`, `udp`, `sctp`, or the kernel's name of another protocol; `ip` for a template of a firewall mark. */
  readonly protocol: string
  /** The client; port 0 and a masked address in a persistence template. */
  readonly client: Endpoint
  /** The virtual service. A template of a firewall mark has the mark as its address, as in the kernel. */
  readonly virtual: Endpoint
  /** The real server. */
  readonly destination: Endpoint
  /** The kernel's name: `ESTABLISHED`, `FIN_WAIT`, `UDP`, `NONE`, `ASSURED`, ... */
  readonly state: string
  /** Seconds until it expires. */
  readonly expires: number
  /** Whether this is a persistence template: the record of a client, not a connection. */
  readonly template: boolean
  /** Persistence engine; undefined without. */
  readonly persistenceEngine: string | undefined
  /** The data by which the engine identifies the client, such as a SIP call id; each character is a byte. */
  readonly persistenceData: string | undefined
}

const STATES_OF_TEMPLATES = new Set(['NONE', 'ASSURED'])

/** Three times an address and a port, the state and the seconds; then the engine and its data, which may be any bytes. */
const LINE = /^(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +(\d+)(?: (\S+) (.*))?/s

/** Reads a line of /proc/net/ip_vs_conn; undefined for the heading and for any other line that is not an entry. */
export function parseConnectionEntry(line: string): ConnectionEntry | undefined {
  const words = LINE.exec(line)
  if (words === null) return undefined
  const [, protocol = '', from, fromPort, to, toPort, dest, destPort, state = '', expires, engine, data] =
    words
  const client = endpoint(from, fromPort)
  const virtual = endpoint(to, toPort)
  const destination = endpoint(dest, destPort)
  if (client === undefined || virtual === undefined || destination === undefined) return undefined
  return {
    protocol: protocol.toLowerCase(),
    client,
    virtual,
    destination,
    state,
    expires: Number(expires),
    template: client.port === 0 && STATES_OF_TEMPLATES.has(state),
    persistenceEngine: engine,
    persistenceData: data,
  }
}

/** IPv4 as eight hexadecimal digits, IPv6 as eight full groups; ports as four digits. */
function endpoint(address: string | undefined, port: string | undefined): Endpoint | undefined {
  if (address === undefined || port === undefined || !/^[0-9A-F]{4}$/i.test(port)) return undefined
  const text = parseAddress(address)
  return text === undefined ? undefined : { address: text, port: Number.parseInt(port, 16) }
}

function parseAddress(text: string): string | undefined {
  if (/^[0-9A-F]{8}$/i.test(text)) return formatIPv4(Number.parseInt(text, 16))
  const groups = text.split(':')
  if (groups.length !== 8 || !groups.every((group) => /^[0-9a-f]{4}$/i.test(group))) return undefined
  const view = new DataView(new ArrayBuffer(16))
  groups.forEach((group, index) => {
    view.setUint16(index * 2, Number.parseInt(group, 16))
  })
  return readAddress(view, 0, 'ipv6' satisfies Family)
}
