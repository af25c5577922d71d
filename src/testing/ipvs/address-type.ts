import { isIPv4 } from 'node:net'
import { parseIPv4, writeAddress } from '../../netlink/wire/address.ts'
import { AF_INET, AF_INET6, type InetAddress, isSameAddress, readInetAddress } from './inet-address.ts'

/** A network interface; the kernel checks the addresses of destinations and the interfaces of daemons against it. */
export interface NetworkInterface {
  /** Its name, as in `ip link`. */
  readonly name: string
  /** Whether it is up. Default true. */
  readonly up?: boolean | undefined
  /** The largest packet in bytes. Default 1500; 65536 for `lo`. */
  readonly mtu?: number | undefined
  /** Addresses with their prefix length: `192.0.2.1/24`, `2001:db8::1/64`. Default none. */
  readonly addresses?: readonly string[] | undefined
}

/** Addresses that are special because of the host's own addresses. */
export interface AddressTypes {
  /** Whether the local routing table exists: the first IPv4 address creates it. */
  readonly local: boolean
  /** IPv4 broadcast addresses. */
  readonly broadcasts: ReadonlySet<number>
  /** Own IPv6 addresses. */
  readonly own: readonly InetAddress[]
}

/** Collects the special addresses of the interfaces that are up. */
export function addressTypesOf(interfaces: readonly NetworkInterface[]): AddressTypes {
  const all = interfaces.filter(({ up = true }) => up).flatMap(({ addresses = [] }) => addresses)
  const networks = all.map((network) => network.split('/') as [string, string?])
  const v4 = networks.filter(([address]) => isIPv4(address))
  return {
    local: v4.length > 0,
    broadcasts: new Set(v4.map((network) => broadcastOf(network.join('/')))),
    own: networks.filter(([address]) => !isIPv4(address)).map(([address]) => inet6(address)),
  }
}

/** The highest address of a network; 0 for those of 31 and 32 bits, which have none (fib_add_ifaddr). */
export function broadcastOf(network: string): number {
  const [address = '', length = '32'] = network.split('/')
  const bits = Number(length)
  return bits >= 31 ? 0 : (parseIPv4(address) ?? 0) | (0xffff_ffff >>> bits)
}

function inet6(address: string): InetAddress {
  const view = new DataView(new ArrayBuffer(16))
  writeAddress(view, 0, address, 'ipv6')
  return readInetAddress(view, 0, 16)
}

/** Whether a destination may have this address (ip_vs_new_dest). */
export function isUnicast(family: number, address: InetAddress, networks: AddressTypes): boolean {
  return family === AF_INET ? isUnicast4(address[0], networks) : isUnicast6(address, networks)
}

/** inet_addr_type: an address is unicast if it is neither special nor the broadcast address of a network. */
function isUnicast4(address: number, { local, broadcasts }: AddressTypes): boolean {
  if (address === 0 || address === -1 || address >>> 28 === 0xe) return false
  return local && !broadcasts.has(address)
}

/** ipv6_addr_type: an address is accepted if it is unicast and not link-local, or an address of this host. */
function isUnicast6(address: InetAddress, { own }: AddressTypes): boolean {
  const top = address[0] >>> 0
  const multicast = top >>> 24 === 0xff
  const linkLocal = (top & 0xffc0_0000) >>> 0 === 0xfe80_0000
  const short = (address[0] | address[1]) === 0
  const unspecified = short && address[2] === 0 && address[3] === 0
  const mapped = short && address[2] === 0xffff
  if (!multicast && !linkLocal && !unspecified && !mapped) return true
  return own.some((mine) => isSameAddress(AF_INET6, mine, address))
}
