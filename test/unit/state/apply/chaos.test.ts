import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Service } from '../../../../src/ipvs/model/service.ts'
import type { BatchCommand } from '../../../../src/ipvs/write/batch-command.ts'
import { toDesiredState } from '../../../../src/state/document/format-state.ts'
import { Ipvs } from '../../../../src/state/ipvs.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'

const HOSTS = [1, 2, 3]
const DESIRED: DesiredState = {
  services: HOSTS.map((host) => ({
    service: `tcp://192.0.2.${host}:80`,
    scheduler: 'wrr',
    destinations: HOSTS.map((real) => ({ address: `198.51.100.${real}`, forwarding: 'dr', weight: real })),
  })),
}
const owns = ({ address }: { readonly address?: string | undefined }) =>
  address?.startsWith('192.0.2.') === true

const service = fc.integer({ min: 1, max: 4 }).map((host) => `tcp://192.0.2.${host}:80`)
const real = fc.record({
  address: fc.integer({ min: 1, max: 5 }).map((host) => `198.51.100.${host}`),
  forwarding: fc.constant('dr' as const),
  weight: fc.constantFrom(0, 1, 2, 9),
  ...{ upperThreshold: fc.constant(0), lowerThreshold: fc.constant(0) },
})
/** The commands of another process on the same services. */
const vandalism: fc.Arbitrary<BatchCommand> = fc.oneof(
  service.map((text): BatchCommand => ({ command: 'removeService', service: text })),
  fc.integer({ min: 1, max: 4 }).map(
    (host): BatchCommand => ({
      command: 'addService',
      service: { protocol: 'tcp', address: `192.0.2.${host}`, port: 80, scheduler: 'rr' },
    }),
  ),
  fc
    .tuple(fc.constantFrom('addDestination', 'updateDestination', 'removeDestination'), service, real)
    .map(([command, text, destination]) => ({ command, service: text, destination }) as BatchCommand),
)

/** A client, and another process that changes the table at every read and write as long as it has commands left. */
async function besideAVandal(kernel: SimulatedKernel, acts: readonly BatchCommand[]) {
  const ipvs = await Ipvs.open({ transport: kernel.connect() })
  const left = [...acts]
  /** The reads of the reconciler since the other process has stopped. */
  const calm: Service[][] = []
  const vandalise = () => {
    for (const act of left.splice(0, 2)) {
      try {
        kernel.run([act])
      } catch {
        // The reconciler has already done it.
      }
    }
  }
  const { services, batch } = ipvs
  ipvs.services = async (options) => {
    const isCalm = left.length === 0
    const table = await services.call(ipvs, options)
    if (isCalm) calm.push(table)
    vandalise()
    return table
  }
  ipvs.batch = async (commands, options) => {
    vandalise()
    await batch.call(ipvs, commands, options)
    vandalise()
  }
  return { ipvs, calm }
}

const isWanted = (services: readonly Service[]) => {
  const mine = { services: services.filter(owns), timeouts: { tcp: 0, tcpFin: 0, udp: 0 }, daemons: [] }
  const found = toDesiredState(mine).services?.map(({ destinations = [], ...each }) => ({
    ...each,
    destinations: [...destinations].sort((one, other) => (one.address < other.address ? -1 : 1)),
  }))
  return JSON.stringify(found) === JSON.stringify(DESIRED.services)
}

describe('a table that another process changes at random while it is reconciled', () => {
  it('is as desired at the second read after the other has stopped, whose services are unchanged (300 cases)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(vandalism, { maxLength: 60 }), async (acts) => {
        const kernel = new SimulatedKernel()
        const foreign = { protocol: 'tcp', address: '203.0.113.1', port: 25, scheduler: 'rr' } as const
        kernel.run([{ command: 'addService', service: foreign }])
        const { ipvs, calm } = await besideAVandal(kernel, acts)
        {
          await using _ = ipvs.reconcile(DESIRED, { owns, interval: 0.001 })
          while (calm.length < 3) await new Promise((resolve) => setTimeout(resolve, 1))
        }
        expect(calm.slice(1).map(isWanted)).not.toContain(false)
        expect(kernel.log.lines.filter((line) => line.includes('203.0.113.1'))).toEqual([])
        expect((await ipvs.services()).map(({ address }) => address)).toContain('203.0.113.1')
        ipvs.close()
      }),
      { numRuns: 300 },
    )
  }, 120_000)
})

describe('a table in the desired state', () => {
  it('receives no command, whatever the order of its entries', async () => {
    const kernel = new SimulatedKernel()
    await using ipvs = await Ipvs.open({ transport: kernel.connect() })
    await ipvs.apply(DESIRED)
    kernel.log.clear()
    const backwards = {
      services: DESIRED.services!.toReversed().map((each, index) => ({
        ...each,
        destinations: index === 1 ? each.destinations : each.destinations?.toReversed(),
      })),
    }
    for (const state of [DESIRED, backwards]) {
      expect((await ipvs.apply(state)).steps).toEqual([])
      expect((await ipvs.plan(state)).isEmpty).toBe(true)
    }
    expect(kernel.log.lines).toEqual([])
    expect(kernel.log.requests.length).toBeGreaterThan(0)
  })
})
