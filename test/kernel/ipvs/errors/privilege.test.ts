/** Privileges: the kernel requires CAP_NET_ADMIN in the initial user namespace, even for reading. */

import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import { type CallOutcomes, callEveryMethod } from '../../../support/kernel/ipvs/call-outcomes.ts'
import { CALLS } from '../../../support/kernel/ipvs/calls.ts'
import { makeHost, readEverything } from '../../../support/kernel/ipvs/refusal.ts'
import { simulated } from '../../../support/kernel/kernel.ts'
import type { Namespace } from '../../../support/kernel/namespace.ts'

const PROGRAM = fileURLToPath(new URL('../../../support/kernel/programs/every-call.ts', import.meta.url))
const NODE = [process.execPath, '--import', 'tsx', PROGRAM]
/** These read files under /proc/net, which every user may read. */
const OPEN_TO_ALL = ['overview', 'connections', 'totals']

// Methods of the desired state use these calls.
it('every method that sends a request is among the calls of this test', () => {
  const quiet = ['constructor', 'close', 'activity']
  const methods = Object.getOwnPropertyNames(IpvsClient.prototype).filter((name) => !quiet.includes(name))
  expect(Object.keys(CALLS).sort()).toEqual(methods.sort())
})

/** The outcome of every call in a process started by a command; on a simulated kernel, of a client without CAP_NET_ADMIN. */
async function endingsUnder(host: Namespace, words: readonly string[]): Promise<CallOutcomes> {
  if (simulated !== undefined) {
    return await callEveryMethod({ transport: simulated.connect({ netns: host.name, privileged: false }) })
  }
  const [program = '', ...options] = words
  return JSON.parse(await host.exec(program, ...options, ...NODE))
}

/** The method that an error names. */
const commandOf = (name: string) => (name === 'batch' ? 'removeService' : name)

describe.each([
  ['an ordinary user', ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']],
  ['root in a user namespace, as in a rootless container', ['unshare', '--user', '--map-root-user']],
])('%s', (_, words) => {
  it('may read only the files under /proc/net, and changes nothing', async () => {
    const host = await makeHost()
    const before = await readEverything(host.ipvs)

    const { probed, endings } = await endingsUnder(host, words)

    expect(probed).toEqual({ available: false, reason: 'no-privilege' })
    for (const name of Object.keys(CALLS)) {
      if (OPEN_TO_ALL.includes(name)) expect(endings[name], name).toBe('done')
      else {
        const message = expect.stringMatching(/CAP_NET_ADMIN .*run it as root/)
        expect(endings[name], name).toMatchObject({
          code: 'EPERM',
          errno: 1,
          command: commandOf(name),
          message,
        })
      }
    }
    expect(await readEverything(host.ipvs)).toEqual(before)
  })
})
