/** Compares `effective` with the kernel's behaviour: ARP replies and requests, packets forwarded, dropped and redirected. */

import { describe, expect, it } from 'vitest'
import type { Neighbour } from '../../../src/route/model/neighbour.ts'
import type { Network } from '../../../src/route/network.ts'
import type { Sysctls } from '../../../src/sysctl/sysctls.ts'
import { since } from '../../support/kernel/kernel.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { connect, openNetwork } from '../../support/kernel/network/network.ts'
import { sysctlsOf } from '../../support/kernel/network/sysctls.ts'
import { DatagramSender } from '../../support/kernel/traffic/datagram-sender.ts'
import { waitUntil } from '../../support/kernel/until.ts'

/** Values to combine; the kernel accepts all of them. */
const PAIRS_OF = (values: readonly number[]) =>
  values.flatMap((all) => values.map((own) => [all, own] as const))

interface End {
  readonly namespace: Namespace
  readonly network: Network
  readonly sysctls: Sysctls
}

interface Pair {
  readonly host: End
  readonly peer: End
}

/** Receives without answering, because an answer would also resolve an address. */
const LISTENER = `require('node:dgram').createSocket('udp4').bind(9, () => console.log('ready'))`

/** A host (192.0.2.1) and a peer (192.0.2.2) at the ends of a veth pair, with few and short ARP retries. */
async function makePair(): Promise<Pair> {
  const namespaces = [await makeNamespace(), await makeNamespace()] as const
  await connect(namespaces, [
    { mac: '02:00:00:00:00:01', addresses: ['192.0.2.1/24', '2001:db8::1/64'] },
    { mac: '02:00:00:00:00:02', addresses: ['192.0.2.2/24', '2001:db8::2/64'] },
  ])
  return { host: await makeEnd(namespaces[0]), peer: await makeEnd(namespaces[1]) }
}

async function makeEnd(namespace: Namespace): Promise<End> {
  const { sysctls } = sysctlsOf(namespace)
  await setBoth(sysctls, 'rp_filter', 0, 0)
  await sysctls.setText('net.ipv4.neigh.eth0.mcast_solicit', '2')
  await sysctls.setText('net.ipv4.neigh.eth0.retrans_time_ms', '50')
  return { namespace, network: await openNetwork(namespace), sysctls }
}

/** Sets both values to numbers that only the kernel accepts. */
async function setBoth(sysctls: Sysctls, setting: string, all: number, own: number): Promise<void> {
  await sysctls.setText(`net.ipv4.conf.all.${setting}`, String(all))
  await sysctls.setText(`net.ipv4.conf.eth0.${setting}`, String(own))
}

/** The neighbour table of a host. */
function neighboursOf({ network }: End): Promise<Neighbour[]> {
  return network.neighbours({ interface: 'eth0', family: 'ipv4' })
}

async function forgetNeighbours({ namespace }: End): Promise<void> {
  await namespace.ip('neigh', 'flush', 'dev', 'eth0')
}

async function linesOf({ namespace }: End, path: string): Promise<string[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of sysctlsOf(namespace).transport.readFile(path)) pieces.push(piece)
  return Buffer.concat(pieces).toString().trim().split('\n')
}

/** The counters of a file of /proc/net that has a line of names above each line of numbers. */
async function counters(host: End, file: string): Promise<Record<string, number>> {
  const lines = await linesOf(host, `/proc/net/${file}`)
  const counted: [string, number][] = []
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [[group = '', ...names], [, ...numbers]] = [lines[at]!.split(' '), lines[at + 1]!.split(' ')]
    counted.push(...names.map((name, index) => [group + name, Number(numbers[index])] as [string, number]))
  }
  return Object.fromEntries(counted)
}

/** Runs an action and returns which of two counters grew. */
async function whichGrows(
  read: () => Promise<Record<string, number>>,
  [one, other]: readonly [string, string],
  act: () => Promise<void>,
): Promise<string> {
  const before = await read()
  await act()
  const grown = (now: Record<string, number>) => [one, other].filter((name) => now[name]! > before[name]!)
  return grown(await waitUntil(read, (now) => grown(now).length > 0)).join(' and ')
}

describe('arp_ignore', () => {
  /** Whether the peer gets an answer when it resolves an address. */
  async function isAnswered({ peer }: Pair, sender: DatagramSender, address: string): Promise<boolean> {
    await forgetNeighbours(peer)
    await sender.send('192.0.2.2', address, 9)
    const state = async () => (await neighboursOf(peer)).find((known) => known.address === address)?.state
    return (await waitUntil(state, (known) => known !== undefined && known !== 'incomplete')) !== 'failed'
  }

  it('determines by its larger value which requests are answered', async () => {
    const pair = await makePair()
    const { namespace, network, sysctls } = pair.host
    await network.addAddress({ address: '192.0.2.100/32', interface: 'lo' })
    await network.addAddress({ address: '192.0.2.101/32', interface: 'lo', scope: 'host' })
    await namespace.start(LISTENER)
    const sender = await DatagramSender.start(pair.peer.namespace)
    for (const [all, own] of [
      ...PAIRS_OF([0, 1, 3, 8]),
      [2, 0],
      [0, 2],
      [3, 9],
      [5, 1],
      [4, 8],
      [-1, -1],
      [-1, 1],
    ] as const) {
      await setBoth(sysctls, 'arp_ignore', all, own)
      const level = await sysctls.effective('arp_ignore', 'eth0')
      const answered = {
        ofTheInterface: await isAnswered(pair, sender, '192.0.2.1'),
        ofLo: await isAnswered(pair, sender, '192.0.2.100'),
        ofScopeHost: await isAnswered(pair, sender, '192.0.2.101'),
      }
      expect(answered, `all ${all}, eth0 ${own}, effective ${level}`).toEqual({
        ofTheInterface: level !== 8,
        ofLo: level === 0 || level === 3,
        ofScopeHost: level === 0,
      })
    }
  })
})

describe('arp_announce', () => {
  /** The sender address of the host's request, as the peer stores it. */
  async function announced({ host, peer }: Pair, sender: DatagramSender, source: string): Promise<string> {
    await forgetNeighbours(host)
    await forgetNeighbours(peer)
    await sender.send(source, '192.0.2.2', 9)
    const named = async () =>
      (await neighboursOf(peer))
        .filter(({ linkAddress }) => linkAddress !== undefined)
        .map(({ address }) => address)
    return (await waitUntil(named, (addresses) => addresses.length > 0)).join()
  }

  it('determines by its larger value which address requests contain', async () => {
    const pair = await makePair()
    const { namespace, network, sysctls } = pair.host
    for (const address of ['192.0.2.100/32', '198.51.100.1/32'])
      await network.addAddress({ address, interface: 'lo' })
    await pair.peer.namespace.start(LISTENER)
    const sender = await DatagramSender.start(namespace)
    for (const [all, own] of [...PAIRS_OF([0, 1, 2]), [2, 3], [-1, -1], [-1, 2]] as const) {
      await setBoth(sysctls, 'arp_announce', all, own)
      const level = await sysctls.effective('arp_announce', 'eth0')
      const named = {
        inTheNetwork: await announced(pair, sender, '192.0.2.100'),
        outside: await announced(pair, sender, '198.51.100.1'),
      }
      expect(named, `all ${all}, eth0 ${own}, effective ${level}`).toEqual({
        inTheNetwork: level === 2 ? '192.0.2.1' : '192.0.2.100',
        outside: level === 0 ? '198.51.100.1' : '192.0.2.1',
      })
    }
  })
})

describe('rp_filter', () => {
  it('drops by its larger value packets whose answer would leave by another interface', async () => {
    const { host, peer } = await makePair()
    const { sysctls } = host
    // The route back to the first address uses another interface; the second has none.
    await host.namespace.addDummy('other0', ['203.0.113.1/24'])
    for (const address of ['203.0.113.9/32', '198.51.100.9/32'])
      await peer.namespace.ip('address', 'add', address, 'dev', 'lo')
    const sender = await DatagramSender.start(peer.namespace)
    const read = async () => ({ ...(await counters(host, 'snmp')), ...(await counters(host, 'netstat')) })
    const fate = (from: string) =>
      whichGrows(read, ['Udp:NoPorts', 'TcpExt:IPReversePathFilter'], () => sender.send(from, '192.0.2.1', 9))
    for (const [all, own] of [...PAIRS_OF([0, 1, 2]), [0, 7], [-1, 0], [-1, -1]] as const) {
      await setBoth(sysctls, 'rp_filter', all, own)
      const level = await sysctls.effective('rp_filter', 'eth0')
      const fates = { elsewhere: await fate('203.0.113.9'), nowhere: await fate('198.51.100.9') }
      const [taken, dropped] = ['Udp:NoPorts', 'TcpExt:IPReversePathFilter']
      expect(fates, `all ${all}, eth0 ${own}, effective ${level}`).toEqual({
        elsewhere: level === 1 ? dropped : taken,
        nowhere: level === 0 ? taken : dropped,
      })
    }
  })
})

describe('forwarding', () => {
  it('of IPv4 depends on the interface alone', async () => {
    const { host, peer } = await makePair()
    const { sysctls } = host
    await host.namespace.addDummy('other0', ['203.0.113.1/24'])
    await peer.namespace.ip('route', 'add', '203.0.113.0/24', 'via', '192.0.2.1')
    const sender = await DatagramSender.start(peer.namespace)
    for (const [all, own] of PAIRS_OF([0, 1])) {
      // The value of all is copied to every interface, so it comes first.
      await setBoth(sysctls, 'forwarding', all, own)
      expect(await sysctls.get('net.ipv4.conf.all.forwarding')).toBe(all)
      const fate = await whichGrows(
        () => counters(host, 'snmp'),
        ['Ip:ForwDatagrams', 'Ip:InAddrErrors'],
        () => sender.send('192.0.2.2', '203.0.113.77', 9),
      )
      const level = await sysctls.effective('forwarding', 'eth0')
      expect(fate, `all ${all}, eth0 ${own}`).toBe(level === 1 ? 'Ip:ForwDatagrams' : 'Ip:InAddrErrors')
    }
  })

  it('of IPv6 depends on all alone', async () => {
    const { host, peer } = await makePair()
    const { sysctls } = host
    const fate = await makeForwarder({ host, peer })
    for (const [all, own] of PAIRS_OF([0, 1])) {
      await sysctls.set('net.ipv6.conf.all.forwarding', all)
      await sysctls.set('net.ipv6.conf.eth0.forwarding', own)
      const level = await sysctls.effective('forwarding', 'eth0', { family: 'ipv6' })
      expect(level).toBe(all)
      expect(await fate(), `all ${all}, eth0 ${own}`).toBe(
        level === 1 ? 'Ip6OutForwDatagrams' : 'Ip6InAddrErrors',
      )
    }
  })

  since('6.17', 'of IPv6 depends on the interface where it is forced', async () => {
    const { host, peer } = await makePair()
    const { sysctls } = host
    const fate = await makeForwarder({ host, peer })
    for (const forced of [0, 1] as const) {
      await sysctls.set('net.ipv6.conf.all.forwarding', 0)
      await sysctls.set('net.ipv6.conf.eth0.force_forwarding', forced)
      expect(await sysctls.effective('forwarding', 'eth0', { family: 'ipv6' })).toBe(forced)
      expect(await fate()).toBe(forced === 1 ? 'Ip6OutForwDatagrams' : 'Ip6InAddrErrors')
    }
  })

  /** Sends a packet through a host, and returns what happens to it there. */
  async function makeForwarder({ host, peer }: Pair): Promise<() => Promise<string>> {
    await host.namespace.addDummy('other0', ['2001:db8:1::1/64 nodad'])
    await peer.namespace.ip('route', 'add', '2001:db8:1::/64', 'via', '2001:db8::1')
    const sender = await DatagramSender.start(peer.namespace)
    const read = async () => {
      const lines = await linesOf(host, '/proc/net/snmp6')
      return Object.fromEntries(
        lines.map((line) => line.split(/\s+/)).map(([name, count]) => [name, Number(count)]),
      )
    }
    return () =>
      whichGrows(read, ['Ip6OutForwDatagrams', 'Ip6InAddrErrors'], () =>
        sender.send('2001:db8::2', '2001:db8:1::77', 9),
      )
  }
})

describe('send_redirects', () => {
  it('reports a shorter route if either value allows it', async () => {
    const { host, peer } = await makePair()
    const { sysctls } = host
    await sysctls.set('net.ipv4.ip_forward', 1)
    // The next hop is on the network that the packet comes from.
    await host.namespace.ip('route', 'add', '203.0.113.0/24', 'via', '192.0.2.3')
    await peer.namespace.ip('route', 'add', '203.0.113.0/24', 'via', '192.0.2.1')
    const sender = await DatagramSender.start(peer.namespace)
    let last = 10
    for (const [all, own] of [...PAIRS_OF([0, 1]), [0, -1]] as const) {
      await setBoth(sysctls, 'send_redirects', all, own)
      // One address each: the kernel limits the rate of redirects to a host.
      const from = `192.0.2.${last++}`
      await peer.namespace.ip('address', 'add', `${from}/24`, 'dev', 'eth0')
      const before = await counters(host, 'snmp')
      await sender.send(from, '203.0.113.77', 9)
      const after = await waitUntil(
        () => counters(host, 'snmp'),
        (now) => now['Ip:ForwDatagrams']! > before['Ip:ForwDatagrams']!,
      )
      const level = await sysctls.effective('send_redirects', 'eth0')
      expect(after['Icmp:OutRedirects']! - before['Icmp:OutRedirects']!, `all ${all}, eth0 ${own}`).toBe(
        level,
      )
    }
  })
})
