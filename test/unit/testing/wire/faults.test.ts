import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../../src/testing/wire/fault.ts'
import { makeKernel, WEB } from '../../../support/testing/make-kernel.ts'

const refuse: Fault = { kind: 'refuse', error: 'ENOMEM' }
const add = (last: number) => ({ address: `192.0.2.${last}`, forwarding: 'dr' }) as const

/** The commands, out of ten, that are refused under a rule. */
async function refused(rule: object): Promise<number[]> {
  const { kernel, ipvs } = await makeKernel()
  kernel.faults.inject({ on: 'NEW_DEST', fault: refuse, ...rule })
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) => ipvs.addDestination(WEB, add(index + 1))),
  )
  return results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))
}

describe('a fault', () => {
  it.each([
    ['once', {}, [0]],
    ['after the first three', { after: 3 }, [3]],
    ['every third', { every: 3, times: Number.POSITIVE_INFINITY }, [2, 5, 8]],
    ['twice', { times: 2 }, [0, 1]],
    ['with other commands only', { on: ['SET_DEST', 'DEL_DEST'] }, []],
    [
      'by predicate',
      { on: ({ destination }: { destination: string }) => destination === '192.0.2.5:80' },
      [4],
    ],
  ])('happens %s', async (_, rule, expected) => {
    expect(await refused(rule)).toEqual(expected)
  })

  it('can be removed', async () => {
    const { kernel, ipvs } = await makeKernel()
    const takeBack = kernel.faults.inject({ on: 'NEW_DEST', fault: refuse })
    takeBack()
    await expect(ipvs.addDestination(WEB, add(1))).resolves.toBeUndefined()
  })

  it('with an unknown error is rejected', async () => {
    const { kernel } = await makeKernel()
    expect(() => kernel.faults.inject({ fault: { kind: 'refuse', error: 'EWRONG' as never } })).toThrow(
      /fault\.error/,
    )
  })

  it('does not happen to commands of run()', async () => {
    const { kernel } = await makeKernel()
    kernel.faults.inject({ fault: refuse, times: Number.POSITIVE_INFINITY })
    kernel.run([{ command: 'addDestination', service: WEB, destination: add(1) }])
    expect(kernel.state().services[0]?.destinations).toHaveLength(1)
    expect(kernel.log.lines).toEqual([])
  })
})
