/** Changes by hand that are accepted and refuse clients, or reach no server. */

import { describe, expect, it } from 'vitest'
import { CapturedTerminal } from '../../../support/cli/captured-terminal.ts'
import { runLine } from '../../../support/cli/run-line.ts'
import { makeKernel } from '../../../support/testing/make-kernel.ts'

const WEB = 'tcp://192.0.2.10:80'

async function run(line: string, scheduler: string, weights: readonly number[] = [1, 1]) {
  const { ipvs } = await makeKernel(weights, { scheduler })
  return await runLine(line, new CapturedTerminal(() => Promise.resolve(ipvs)))
}

const REFUSED = (scheduler: string, remedy: string) => [
  `lvs: warning: ${WEB} refuses new clients that ${scheduler} hashes to 192.0.2.21:80, which has weight 0; ${remedy}`,
]

describe('lvs set destination --weight 0', () => {
  it.each([
    ['sh', REFUSED('sh', 'set the scheduler flag sh-fallback')],
    ['mh', REFUSED('mh', 'set the scheduler flag mh-fallback')],
    ['dh', REFUSED('dh', 'remove it to send them elsewhere')],
    ['wlc', []],
  ])('warns under %s', async (scheduler, errors) => {
    const line = `set destination ${WEB} 192.0.2.21 --weight 0`
    expect(await run(line, scheduler)).toMatchObject({ status: 0, errors })
  })

  it('does not warn if no other destination could take the clients', async () => {
    expect(await run(`set destination ${WEB} 192.0.2.20 --weight 0`, 'sh', [1])).toMatchObject({ errors: [] })
  })
})

it('lvs add destination --weight 0 warns', async () => {
  const errors = [expect.stringMatching(/sh hashes to 192.0.2.29:80/)]
  const line = `add destination ${WEB} 192.0.2.29 --forwarding nat --weight 0`
  expect(await run(line, 'sh')).toMatchObject({ status: 0, errors })
})

it('lvs set service warns if the new scheduler refuses the clients of a destination of weight 0', async () => {
  const line = `set service ${WEB} --scheduler sh`
  expect(await run(line, 'wlc', [1, 0])).toMatchObject({
    status: 0,
    errors: REFUSED('sh', 'set the scheduler flag sh-fallback'),
  })
  expect(await run(`${line} --flags sh-fallback`, 'wlc', [1, 0])).toMatchObject({ status: 0, errors: [] })
})

describe('a port that no packet reaches', () => {
  const unused = (port: string) => [
    expect.stringMatching(
      new RegExp(`^lvs: warning: no packet reaches port ${port} of .* dr does not translate ports`),
    ),
  ]

  it.each([
    [`add destination ${WEB} 192.0.2.29:8080`, unused('8080')],
    [`add destination ${WEB} 192.0.2.29:80`, []],
    [`add destination ${WEB} 192.0.2.29:8080 --forwarding nat`, []],
    [`set destination ${WEB} 192.0.2.21:80 --forwarding dr`, []],
    [
      'add service tcp://192.0.2.10:0',
      [expect.stringMatching(/port 0, for every port, requires persistence/)],
    ],
    ['add service tcp://192.0.2.10:0 --persistent', []],
  ])('is reported by lvs %s', async (line, errors) => {
    expect(await run(line, 'wlc')).toMatchObject({ status: 0, errors })
  })
})
