import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Host } from '../../../../src/host/host.ts'
import { makeNamespace, type Namespace } from '../namespace.ts'
import { connect } from '../network/network.ts'
import { waitUntil } from '../until.ts'

/** A host with addresses on `eth0`, in a network with another one. */
export async function makeNode(): Promise<{ node: Namespace; host: Host; stateFile: string }> {
  const [node, neighbour] = [await makeNamespace(), await makeNamespace()]
  const folder = mkdtempSync(join(tmpdir(), 'lvs-roles-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  await connect(
    [node, neighbour],
    [
      { mac: '02:00:00:00:00:01', addresses: ['192.168.79.101/24', '2001:db8:79::101/64'] },
      { mac: '02:00:00:00:00:02', addresses: ['192.168.79.102/24', '2001:db8:79::102/64'] },
    ],
  )
  // The kernel adds the link-local address after duplicate address detection.
  await waitUntil(
    () => node.ip('-6', 'address', 'show', 'dev', 'eth0'),
    (text) => text.includes('fe80::') && !text.includes('tentative'),
  )
  const host = await Host.open({ netns: node.path })
  onTestFinished(() => host.close())
  return { node, host, stateFile: join(folder, 'state.json') }
}

const READ_STATE = `
  # Files that cannot be read are triggers, or have no value.
  grep -rs "" /proc/sys/net/ipv4 /proc/sys/net/ipv6
  # A link gets its queue when it is first set up, and keeps it.
  ip address | sed "s/ qdisc [a-z]*//"
  ip route show table all
  ip -6 route show table all | sort
  ipvsadm -S -n
  ipvsadm -L --daemon`

/** All sysctls, addresses, routes, links and rules. Lists without a stable order are sorted. */
export async function readHostState(node: Namespace): Promise<string[]> {
  return (await node.exec('sh', '-c', READ_STATE)).split('\n')
}
