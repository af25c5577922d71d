/** Privileges: unlike IPVS, the network of a namespace belongs to the user namespace that created it. */

import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Network } from '../../../src/route/network.ts'
import { makeHost } from '../../support/kernel/network/network.ts'
import { CHANGES, READS } from '../../support/kernel/network/network-calls.ts'

const PROGRAM = fileURLToPath(new URL('../../support/kernel/programs/every-network-call.ts', import.meta.url))
const NODE = [process.execPath, '--import', 'tsx', PROGRAM]

it('every method that sends a request is among the calls of this test', () => {
  const quiet = ['constructor', 'close', 'activity']
  const methods = Object.getOwnPropertyNames(Network.prototype).filter((name) => !quiet.includes(name))
  expect(Object.keys({ ...READS, ...CHANGES }).sort()).toEqual(methods.sort())
})

async function makePlace() {
  const { host, network } = await makeHost()
  await host.ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1')
  for (const name of ['eth0', 'eth1']) await network.updateLink(name, { up: true })
  await network.addAddress({ address: '192.0.2.1/24', interface: 'eth0' })
  return { host, network }
}

it('an ordinary user may read everything and change nothing', async () => {
  const { host, network } = await makePlace()
  const snapshot = () =>
    Promise.all([network.links(), network.addresses({ family: 'ipv4' }), network.routes()])
  const before = await snapshot()

  const user = ['--reuid=65534', '--regid=65534', '--clear-groups']
  const endings = JSON.parse(await host.exec('setpriv', ...user, ...NODE))

  for (const name of Object.keys(READS)) expect(endings[name], name).toBe('done')
  for (const name of Object.keys(CHANGES)) {
    expect(endings[name], name).toMatchObject({ code: 'EPERM', errno: 1, command: name })
    const capability = name === 'announce' ? 'CAP_NET_RAW' : 'CAP_NET_ADMIN'
    expect(endings[name].message).toContain(capability)
    expect(endings[name].message).toContain('run it as root')
  }
  expect(await snapshot()).toEqual(before)
})
