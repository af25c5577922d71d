import { describe, expect, it } from 'vitest'
import { makeKernel, WEB } from '../../../support/testing/make-kernel.ts'

/** The last numbers of the destination addresses of connections from clients .1, .2, ... */
async function choices(scheduler: string, weights: readonly number[], count: number): Promise<string> {
  const { kernel } = await makeKernel(weights, { scheduler })
  const traffic = kernel.traffic()
  return Array.from({ length: count }, (_, index) => {
    const connection = traffic.open({ client: `203.0.113.${index + 1}`, service: WEB })
    return connection?.destination.address.split('.')[3] ?? '-'
  }).join(' ')
}

/** test/kernel/conformance/scheduling.test.ts compares with real traffic; these are some of its results. */
describe('for the destinations .20, .21 and .22', () => {
  it.each([
    ['rr', [1, 5, 1], '22 21 20 22 21 20 22 21 20 22'],
    ['rr', [1, 0, 1], '22 20 22 20 22 20 22 20 22 20'],
    ['wrr', [1, 2, 4], '22 21 20 22 22 22 21 22 21 20'],
    ['wrr', [2, 2, 2], '22 21 20 22 21 20 22 21 20 22'],
    ['lc', [1, 9, 1], '22 21 20 22 21 20 22 21 20 22'],
    ['wlc', [1, 2, 4], '22 21 20 22 22 21 22 22 21 20'],
    ['sed', [1, 2, 4], '22 22 21 22 22 21 20 22 22 21'],
    ['nq', [1, 2, 4], '22 21 20 22 22 22 21 22 22 21'],
    ['lblcr', [1, 1, 1], '22 22 21 21 20 20 20 21 22 20'],
    ['dh', [1, 1, 1], '22 22 22 22 22 22 22 22 22 22'],
    ['fo', [1, 2, 4], '22 22 22 22 22 22 22 22 22 22'],
    ['ovf', [1, 2, 4], '22 22 22 22 22 21 21 21 20 20'],
    ['none', [1, 1, 1], '- - - - - - - - - -'],
  ])('%s with weights %j chooses %s', async (scheduler, weights, expected) => {
    expect(await choices(scheduler, weights, 10)).toBe(expected)
  })
})

describe.each(['sh', 'mh'])('%s', (scheduler) => {
  it('always sends a client to the same destination, and each destination gets its share', async () => {
    const first = (await choices(scheduler, [1, 1, 2], 200)).split(' ')
    const second = (await choices(scheduler, [1, 1, 2], 200)).split(' ')
    expect(second).toEqual(first)
    const share = first.filter((last) => last === '22').length
    expect(share).toBeGreaterThan(70)
    expect(share).toBeLessThan(130)
  })

  it('refuses clients of a destination of weight 0 unless the fallback flag is set', async () => {
    const { kernel, ipvs } = await makeKernel([1, 1], { scheduler })
    const quiet = {
      address: '192.0.2.20',
      forwarding: 'nat',
      weight: 0,
      upperThreshold: 0,
      lowerThreshold: 0,
    } as const
    kernel.run([{ command: 'updateDestination', service: WEB, destination: quiet }])
    const traffic = kernel.traffic()
    const lost = () =>
      Array.from({ length: 100 }, (_, index) =>
        traffic.open({ client: `203.0.113.${index}`, service: WEB }),
      ).filter((connection) => connection === undefined).length
    expect(lost()).toBeGreaterThan(20)
    await ipvs.updateService(WEB, { schedulerFlags: [scheduler === 'sh' ? 'sh-fallback' : 'mh-fallback'] })
    expect(lost()).toBe(0)
  })
})
