import { onTestFinished } from 'vitest'
import { Network } from '../../../../src/route/network.ts'
import { makeNamespace, type Namespace } from '../namespace.ts'

/** Opens a client of a namespace's network, closed with the test. */
export async function openNetwork({ path }: Namespace): Promise<Network> {
  const network = await Network.open({ netns: path })
  onTestFinished(() => network.close())
  return network
}

/** A namespace with its network. */
export async function makeHost(
  options?: Parameters<typeof makeNamespace>[0],
): Promise<{ host: Namespace; network: Network }> {
  const host = await makeNamespace(options)
  return { host, network: await openNetwork(host) }
}

/** The output of `ip -json` in a namespace. */
export async function ipJson<T>(host: Namespace, ...words: string[]): Promise<T[]> {
  return JSON.parse((await host.ip('-json', ...words)) || '[]') as T[]
}

/**
 * Connects two namespaces by a veth pair: each gets an interface `eth0` that is up and has addresses. `mac` is its hardware
 * address.
 */
export async function connect(
  [one, other]: readonly [Namespace, Namespace],
  ends: readonly [
    { mac: string; addresses: readonly string[] },
    { mac: string; addresses: readonly string[] },
  ],
): Promise<void> {
  await one.ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', other.name)
  for (const [host, { mac, addresses }] of [
    [one, ends[0]],
    [other, ends[1]],
  ] as const) {
    await host.ip('link', 'set', 'eth0', 'address', mac)
    await host.ip('link', 'set', 'eth0', 'up')
    for (const address of addresses) {
      const words = address.includes(':') ? [address, 'nodad'] : [address]
      await host.ip('address', 'add', ...words, 'dev', 'eth0')
    }
  }
}
