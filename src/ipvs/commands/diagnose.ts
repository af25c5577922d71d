import type { Transport } from '../../netlink/transport/transport.ts'
import { parseIPv4 } from '../../netlink/wire/address.ts'
import type { CheckedDestinationKey } from '../model/destination.ts'

const NOT_UNICAST = 'is not a unicast address'

/**
 * Determines why the kernel refused a new destination with EINVAL. For this error ipvsadm prints "Possibly wrong module
 * version, address not unicast, ...". In addition to the checks of this library, the kernel checks the address (ip_vs_new_dest
 * looks it up in the routes of the namespace) and the rule about mixed families (ip_vs_genl_set_cmd).
 */
export async function diagnoseDestination(
  transport: Transport,
  { address, family }: CheckedDestinationKey,
  serviceFamily: string,
  synchronising: () => Promise<boolean>,
): Promise<string> {
  if (family !== serviceFamily && (await synchronising())) {
    return 'a synchronisation daemon is running, which cannot synchronise connections to a destination of another address family; stop the daemon first'
  }
  if (family === 'ipv6') return `${address} ${NOT_UNICAST}, or is link-local; the kernel accepts neither`
  const number = (parseIPv4(address) ?? 0) >>> 0
  if (number === 0 || number >>> 28 === 14 || number === 0xffff_ffff)
    return `${address} ${NOT_UNICAST}, which the kernel requires`
  const routes = await readRoutes(transport)
  if (routes !== undefined && !routes.includes('host LOCAL')) {
    return 'this network namespace has no local IPv4 address, and without one the kernel refuses every IPv4 destination; bring up its loopback interface: ip link set lo up'
  }
  if (routes !== undefined && isBroadcast(routes, address)) {
    return `${address} is a broadcast address of a network of this host`
  }
  return `the kernel does not treat ${address} as a unicast address; see ip route get ${address}`
}

/** The routing table of the namespace as text (fib_trie); undefined if it cannot be read. */
async function readRoutes(transport: Transport): Promise<string | undefined> {
  try {
    const decoder = new TextDecoder()
    let text = ''
    for await (const piece of transport.readFile('/proc/net/fib_trie'))
      text += decoder.decode(piece, { stream: true })
    return text
  } catch {
    return undefined
  }
}

/** A leaf of a trie is `|-- ADDRESS`, followed by one line per route; each table has its own trie. */
function isBroadcast(routes: string, address: string): boolean {
  const leaf = `|-- ${address}\n`
  for (let at = routes.indexOf(leaf); at !== -1; at = routes.indexOf(leaf, at + 1)) {
    const rest = routes.slice(at + leaf.length)
    const end = rest.search(/^\s*[|+]/m)
    if ((end === -1 ? rest : rest.slice(0, end)).includes('BROADCAST')) return true
  }
  return false
}
