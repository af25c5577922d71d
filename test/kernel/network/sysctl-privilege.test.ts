/** Privileges for sysctls. */

import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { before, since } from '../../support/kernel/kernel.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'

const PROGRAM = fileURLToPath(new URL('../../support/kernel/programs/sysctl-calls.ts', import.meta.url))
type Ending = { value: unknown } | { code: string; explanation: string }

/** The outcome of the calls of a program that another program starts. */
async function endings(host: Namespace, wrapper: readonly string[], ...calls: string[]): Promise<Ending[]> {
  const [program = '', ...options] = wrapper
  return JSON.parse(
    await host.exec(program, ...options, process.execPath, '--import', 'tsx', PROGRAM, ...calls),
  )
}

describe('an ordinary user', () => {
  const wrapper = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']

  it('may read; the error of a write says that it requires root', async () => {
    const calls = ['net.ipv4.ip_forward', 'net.ipv4.ip_forward=1', 'net.ipv4.vs.conntrack=1']
    const [read, ...written] = await endings(await makeNamespace(), wrapper, ...calls)
    expect(read).toEqual({ value: expect.any(Number) })
    for (const ending of written)
      expect(ending).toMatchObject({ code: 'EACCES', explanation: expect.stringContaining('requires root') })
  })
})

describe('root in a user namespace with a network namespace of its own, as in a rootless container', () => {
  const wrapper = ['unshare', '--user', '--map-root-user', '--net']

  const OWN = ['net.ipv4.ip_forward=1', 'net.ipv4.ip_forward', 'net.ipv4.conf.lo.arp_ignore=1']
  const SET = [{}, { value: 1 }, {}]

  before(
    '6.2',
    'sets the sysctls of its namespace; there are none of IPVS, and the error says so',
    async () => {
      const [ending, ...own] = await endings(await makeNamespace(), wrapper, 'net.ipv4.vs.conntrack', ...OWN)
      expect(own).toEqual(SET)
      expect(ending).toMatchObject({
        code: 'ENOENT',
        explanation: expect.stringMatching(/user namespace.*since Linux 6\.2/),
      })
    },
  )

  since('6.2', 'sets the sysctls of its namespace, including some of IPVS', async () => {
    const ofIpvs = ['net.ipv4.vs.sync_qlen_max=5', 'net.ipv4.vs.drop_entry=3', 'net.ipv4.vs.drop_entry']
    const [refused, set, read, ...own] = await endings(await makeNamespace(), wrapper, ...ofIpvs, ...OWN)
    expect(own).toEqual(SET)
    expect([set, read]).toEqual([{}, { value: 3 }])
    expect(refused).toMatchObject({
      code: 'EACCES',
      explanation: expect.stringContaining('initial user namespace'),
    })
  })
})

describe('in a container whose /proc/sys is read-only', () => {
  it('a write is refused, and the error says where it is possible', async () => {
    const mount = 'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$@"'
    const wrapper = ['unshare', '--mount', 'sh', '-c', mount, 'sh']
    const [ending] = await endings(await makeNamespace(), wrapper, 'net.ipv4.ip_forward=1')
    expect(ending).toMatchObject({
      code: 'EROFS',
      explanation: expect.stringMatching(/on the host.*--sysctl/),
    })
  })
})
