import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type DesiredState, SCHEDULERS, type Tunnel } from '../../../src/index.ts'
import { applyState } from '../../../src/state/apply/apply.ts'
import { ClientContext } from '../../../src/state/apply/client-context.ts'
import { resolveDesiredState } from '../../../src/state/document/resolve-desired-state.ts'
import { readTable } from '../../../src/state/model/table.ts'
import { checkOptions } from '../../../src/state/plan/options.ts'
import { stepwiseClient } from '../../support/kernel/ipvs/stepwise-client.ts'
import { makeNamespace } from '../../support/kernel/namespace.ts'
import { twoStates } from '../../support/state/arbitrary-states.ts'
import { countDifferences, sortedTable } from '../../support/state/compare-tables.ts'
import { ModelTable } from '../../support/state/model-table.ts'
import { OrderRules } from '../../support/state/order-rules.ts'

it('changes any table into any other exactly, in an order that interrupts no client (200 cases)', async () => {
  const { ipvs } = await busyNamespace()
  await fc.assert(
    fc.asyncProperty(twoStates, async (states) => {
      const [from, to] = states.map(asTheKernelTakes) as [DesiredState, DesiredState]
      await ipvs.apply(from, { owns: () => true })
      const before = await readTable(ipvs)
      const wanted = ModelTable.of(to).current
      expect(sortedTable(before)).toEqual(sortedTable(ModelTable.of(from).current))
      const rules = new OrderRules(before, wanted)
      const client = stepwiseClient(ipvs, async (command) => rules.check(command, await readTable(ipvs)))

      const context = new ClientContext(client, { find: async () => undefined })
      const result = await applyState(context, resolveDesiredState(to), checkOptions({ owns: () => true }))

      expect(rules.violations).toEqual([])
      expect(result.rounds).toBe(1)
      expect(result.steps).toHaveLength(countDifferences(before, wanted))
      expect(sortedTable(await readTable(ipvs))).toEqual(sortedTable(wanted))
      expect((await ipvs.plan(to, { owns: () => true })).toString()).toBe('')
    }),
    { numRuns: 200 },
  )
}, 600_000)

it('sends no command if there is nothing to do', async () => {
  const { ipvs } = await makeNamespace()
  const desired: DesiredState = {
    defaults: { destination: { forwarding: 'dr' } },
    services: [{ service: 'tcp://192.0.2.1:80', destinations: [{ address: '198.51.100.1' }] }],
    timeouts: { tcp: 900 },
    daemons: [],
  }
  await ipvs.apply(desired)
  const before = ipvs.activity.messages
  await ipvs.services()
  await ipvs.timeouts()
  await ipvs.daemons()
  const reading = ipvs.activity.messages - before
  const { steps } = await ipvs.apply(desired)
  expect(steps).toEqual([])
  expect(ipvs.activity.messages - before).toBe(2 * reading)
})

async function busyNamespace() {
  const namespace = await makeNamespace()
  for (const name of ['eth0', 'eth1']) {
    await namespace.addDummy(name, [
      `192.0.2.${name === 'eth0' ? 1 : 2}/24`,
      `2001:db8:${name === 'eth0' ? 1 : 2}::1/64`,
    ])
  }
  return namespace
}

/** A document without the settings that this kernel would refuse. */
function asTheKernelTakes(state: DesiredState): DesiredState {
  return {
    ...state,
    services: state.services?.map(({ scheduler = 'rr', persistenceEngine, ...service }) => ({
      ...service,
      ...schedulerOf(scheduler, service.schedulerFlags),
      persistenceEngine: persistenceEngine === null ? null : 'sip',
      destinations: service.destinations?.map(({ tunnel, ...destination }) => ({
        ...destination,
        tunnel: tunnel === null || tunnel === undefined ? null : takenTunnel(tunnel),
      })),
    })),
  }
}

/** An existing scheduler, with its flags. */
function schedulerOf(
  name: string,
  schedulerFlags: NonNullable<DesiredState['services']>[number]['schedulerFlags'],
) {
  if ([...SCHEDULERS, 'none'].includes(name)) return { scheduler: name, schedulerFlags }
  return { scheduler: SCHEDULERS[name.length % SCHEDULERS.length], schedulerFlags: [] }
}

/** GUE needs a port (ip_vs_add_dest). */
function takenTunnel(tunnel: Tunnel): Tunnel {
  return (tunnel.type === 1 || tunnel.type === 'gue') && !tunnel.port ? { type: 'ipip' } : tunnel
}
