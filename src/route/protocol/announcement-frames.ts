import { addressBytes } from '../../netlink/wire/ip-prefix.ts'
import { hardwareAddressBytes } from './codecs.ts'

/**
 * The Ethernet frames that announce an address of a host on its network. They are complete except for the checksum, which the
 * hardware adds.
 */

const BROADCAST = 'ff:ff:ff:ff:ff:ff'
/** The Ethernet address of the multicast group ff02::1, all nodes (RFC 2464, section 7). */
const ALL_HOSTS = '33:33:00:00:00:01'
const ETHERTYPE_ARP = 0x0806
const ETHERTYPE_IPV6 = 0x86dd
const ARP_OPERATION = { request: 1, reply: 2 } as const
const ICMPV6 = 58
const NEIGHBOUR_ADVERTISEMENT = 136
/** Flags of an advertisement: the sender is a router; the receiver replaces its cache entry. */
const ROUTER = 0x80
const OVERRIDE = 0x20
const TARGET_LINK_LAYER_ADDRESS = 2

/**
 * Gratuitous ARP: sender and target address are the same. The request is the announcement of RFC 5227. Some hosts accept only a
 * reply. Linux treats a reply as gratuitous only if the hardware addresses of target and sender are the same (arp_is_garp,
 * net/ipv4/arp.c).
 */
export function arpAnnouncement(linkAddress: string, address: string, form: 'request' | 'reply'): Uint8Array {
  const frame = new Uint8Array(14 + 28)
  const view = new DataView(frame.buffer)
  const sender = hardwareAddressBytes(linkAddress)
  const protocolAddress = addressBytes(address)
  frame.set(hardwareAddressBytes(BROADCAST), 0)
  frame.set(sender, 6)
  view.setUint16(12, ETHERTYPE_ARP)
  view.setUint16(14, 1) // hardware: Ethernet
  view.setUint16(16, 0x0800) // protocol: IPv4
  view.setUint8(18, 6)
  view.setUint8(19, 4)
  view.setUint16(20, ARP_OPERATION[form])
  frame.set(sender, 22)
  frame.set(protocolAddress, 28)
  if (form === 'reply') frame.set(sender, 32)
  frame.set(protocolAddress, 38)
  return frame
}

/** Unsolicited neighbour advertisement (RFC 4861, sections 4.4 and 7.2.6), sent from the address to all hosts. */
export function neighbourAdvertisement(linkAddress: string, address: string, isRouter: boolean): Uint8Array {
  const payload = 24 + 8
  const frame = new Uint8Array(14 + 40 + payload)
  const view = new DataView(frame.buffer)
  const sender = hardwareAddressBytes(linkAddress)
  frame.set(hardwareAddressBytes(ALL_HOSTS), 0)
  frame.set(sender, 6)
  view.setUint16(12, ETHERTYPE_IPV6)
  view.setUint8(14, 0x60) // version 6
  view.setUint16(18, payload)
  view.setUint8(20, ICMPV6)
  view.setUint8(21, 255) // hop limit: proves that no router forwarded the packet
  frame.set(addressBytes(address), 22)
  frame.set(addressBytes('ff02::1'), 38)
  view.setUint8(54, NEIGHBOUR_ADVERTISEMENT)
  view.setUint8(58, OVERRIDE | (isRouter ? ROUTER : 0))
  frame.set(addressBytes(address), 62)
  view.setUint8(78, TARGET_LINK_LAYER_ADDRESS)
  view.setUint8(79, 1) // in units of eight bytes
  frame.set(sender, 80)
  view.setUint16(56, checksum(frame.subarray(22), payload + ICMPV6))
  return frame
}

/**
 * The internet checksum (RFC 1071) of the addresses and the payload; `sum` adds the rest of the pseudo-header (RFC 8200,
 * section 8.1).
 */
function checksum(bytes: Uint8Array, sum: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let total = sum
  for (let at = 0; at < bytes.length; at += 2) total += view.getUint16(at)
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16)
  return ~total & 0xffff
}
