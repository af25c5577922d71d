import { describe, expect, it } from 'vitest'
import { KernelTransport } from '../../../src/netlink/transport/kernel-transport.ts'
import type { Network } from '../../../src/route/network.ts'
import { arpAnnouncement } from '../../../src/route/protocol/announcement-frames.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { connect, makeHost, openNetwork } from '../../support/kernel/network/network.ts'
import { waitUntil } from '../../support/kernel/until.ts'

const OLD_MAC = '02:00:00:00:00:99'
const MAC = '02:00:00:00:00:01'
const VIPS = { ipv4: '192.0.2.110', ipv6: '2001:db8::110' } as const

/** A director, and a client whose neighbour table has the virtual addresses at another host. */
async function makeFailover(): Promise<{
  director: Network
  client: Network
  clientHost: Namespace
  directorHost: Namespace
}> {
  const [directorHost, clientHost] = [await makeNamespace(), await makeNamespace()]
  await connect(
    [directorHost, clientHost],
    [
      { mac: MAC, addresses: ['192.0.2.1/24', '2001:db8::1/64'] },
      { mac: '02:00:00:00:00:02', addresses: ['192.0.2.2/24', '2001:db8::2/64'] },
    ],
  )
  for (const vip of Object.values(VIPS)) {
    await clientHost.ip('neighbour', 'replace', vip, 'lladdr', OLD_MAC, 'dev', 'eth0', 'nud', 'stale')
  }
  return {
    ...{ directorHost, clientHost },
    director: await openNetwork(directorHost),
    client: await openNetwork(clientHost),
  }
}

async function macOf(client: Network, vip: string): Promise<string | undefined> {
  const neighbours = await client.neighbours({ interface: 'eth0' })
  return neighbours.find(({ address }) => address === vip)?.linkAddress
}

describe('an announcement', () => {
  it.each(['ipv4', 'ipv6'] as const)('of %s makes a neighbour send to this host at once', async (family) => {
    const { director, client } = await makeFailover()
    const vip = VIPS[family]
    expect(await macOf(client, vip)).toBe(OLD_MAC)
    await director.addAddress({ address: vip, interface: 'eth0', nodad: family === 'ipv6' })
    expect(await macOf(client, vip)).toBe(OLD_MAC)
    await director.announce(vip, 'eth0')
    expect(
      await waitUntil(
        () => macOf(client, vip),
        (mac) => mac === MAC,
      ),
    ).toBe(MAC)
    const [entry] = (await client.neighbours({ family })).filter(({ address }) => address === vip)
    expect(entry).toMatchObject({ interface: 'eth0', state: 'stale', router: false })
  })

  it('of IPv6 by a host that forwards has the router flag', async () => {
    const { director, directorHost, client } = await makeFailover()
    await directorHost.exec('sysctl', '-q', '-w', 'net.ipv6.conf.all.forwarding=1')
    await director.announce(VIPS.ipv6, 'eth0')
    const entry = async () =>
      (await client.neighbours({ family: 'ipv6' })).find(({ address }) => address === VIPS.ipv6)
    expect(await waitUntil(entry, (found) => found?.linkAddress === MAC)).toMatchObject({ router: true })
  })

  it('is ignored by neighbours that did not know the address', async () => {
    const { director, client, clientHost } = await makeFailover()
    for (const vip of Object.values(VIPS)) await clientHost.ip('neighbour', 'del', vip, 'dev', 'eth0')
    const mark = '192.0.2.200'
    await clientHost.ip('neighbour', 'replace', mark, 'lladdr', OLD_MAC, 'dev', 'eth0', 'nud', 'stale')
    for (const vip of [...Object.values(VIPS), mark]) await director.announce(vip, 'eth0')
    // Frames keep their order: when the last one has arrived, so have the others.
    expect(
      await waitUntil(
        () => macOf(client, mark),
        (mac) => mac === MAC,
      ),
    ).toBe(MAC)
    for (const vip of Object.values(VIPS)) expect(await macOf(client, vip)).toBeUndefined()
  })

  it.each(['request', 'reply'] as const)('is understood by Linux from the ARP %s alone', async (form) => {
    const { director, directorHost, client } = await makeFailover()
    const { index } = (await director.findLink('eth0'))!
    const transport = new KernelTransport({ netns: directorHost.path })
    await transport.sendFrame(index, arpAnnouncement(MAC, VIPS.ipv4, form))
    expect(
      await waitUntil(
        () => macOf(client, VIPS.ipv4),
        (mac) => mac === MAC,
      ),
    ).toBe(MAC)
  })

  it.each([
    ['on the loopback interface', 'lo', 'EOPNOTSUPP'],
    ['on a tunnel', 'tunl0', 'EOPNOTSUPP'],
    ['on an interface that is down', 'eth1', 'ENETDOWN'],
    ['where there is no such interface', 'eth9', 'ENODEV'],
  ])('is refused %s', async (_, name, code) => {
    const { host, network } = await makeHost()
    await host.ip('link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'eth2')
    await network.ensureLink({ name: 'tun1', kind: 'ipip', local: '192.0.2.1' })
    await expect(network.announce(VIPS.ipv4, name)).rejects.toMatchObject({
      ...{ name: 'NetworkError', code, command: 'announce', subject: `${VIPS.ipv4} on ${name}` },
    })
  })
})
