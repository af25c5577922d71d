import { describe, expect, it } from 'vitest'
import { makeKernel, WEB } from '../../../support/testing/make-kernel.ts'

const server = { address: '192.0.2.20', port: 80 } as const
const remove = { command: 'removeDestination', service: WEB, destination: server } as const
const add = { command: 'addDestination', service: WEB, destination: { ...server, forwarding: 'dr' } } as const

/** A destination whose connection was closed and has expired, so that only its counters are left. */
async function used() {
  const { kernel, ipvs } = await makeKernel([1])
  kernel.traffic().open({ client: '203.0.113.1', service: WEB })?.reset()
  kernel.clock.advance(20)
  return { kernel, ipvs, connections: async () => (await ipvs.destinations(WEB))[0]?.statistics.connections }
}

describe('a removed destination that is added again', () => {
  it.each([
    [1, 1],
    [150, 1],
    [185, 0],
  ])('after %i seconds has %i connections counted', async (seconds, expected) => {
    const { kernel, connections } = await used()
    kernel.run([remove])
    kernel.clock.advance(seconds)
    kernel.run([add])
    expect(await connections()).toBe(expected)
  })

  it('keeps its connections but not its counters when the service was replaced', async () => {
    const { kernel, connections, ipvs } = await used()
    kernel.traffic().open({ client: '203.0.113.2', service: WEB })
    kernel.run([
      { command: 'removeService', service: WEB },
      { command: 'addService', service: { protocol: 'tcp', address: '192.0.2.10', port: 80 } },
      add,
    ])
    expect(await connections()).toBe(0)
    expect(await ipvs.destinations(WEB)).toMatchObject([{ activeConnections: 1 }])
  })

  it('is restored without a second check of its address', async () => {
    const { kernel } = await used()
    kernel.run([remove])
    expect(kernel.state().removedDestinations).toMatchObject([{ address: '192.0.2.20' }])
    kernel.run([add])
    expect(kernel.state().removedDestinations).toEqual([])
  })

  it('is kept as long as it has connections', async () => {
    const { kernel } = await used()
    kernel.traffic().open({ client: '203.0.113.2', service: WEB })
    kernel.run([remove])
    kernel.clock.advance(600)
    expect(kernel.state().removedDestinations).toHaveLength(1)
    kernel.clock.advance(600)
    expect(kernel.state().removedDestinations).toEqual([])
  })
})
