import { isIPv4 } from 'node:net'
import { formatIPv4 } from '../../../netlink/wire/address.ts'
import { broadcastOf, type NetworkInterface } from '../../ipvs/address-type.ts'

/** The file of IPv4 routes, which a client reads to explain why the kernel refused a destination. */
export const FIB_TRIE_FILE = '/proc/net/fib_trie'

/** The leaves of the local table without its inner nodes; empty if no interface has an IPv4 address. */
export function formatFibTrie(interfaces: readonly NetworkInterface[]): string {
  const up = interfaces.filter((candidate) => candidate.up ?? true)
  const networks = up
    .flatMap(({ addresses = [] }) => addresses)
    .filter((network) => isIPv4(addressOf(network)))
  const leaves = networks.flatMap((network) => {
    const broadcast = broadcastOf(network)
    const own = leaf(addressOf(network), 'host LOCAL')
    return broadcast === 0 ? [own] : [own, leaf(formatIPv4(broadcast), 'link BROADCAST')]
  })
  return leaves.length === 0 ? '' : `Local:\n${leaves.join('')}`
}

function addressOf(network: string): string {
  return network.split('/')[0]!
}

function leaf(address: string, route: string): string {
  return `     |-- ${address}\n        /32 ${route}\n`
}
