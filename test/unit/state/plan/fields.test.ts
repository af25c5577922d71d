import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Persistence } from '../../../../src/ipvs/model/persistence.ts'
import type { Tunnel } from '../../../../src/ipvs/model/tunnel.ts'
import { applyState } from '../../../../src/state/apply/apply.ts'
import { planTable } from '../../../../src/state/apply/plan.ts'
import { resolveDesiredState } from '../../../../src/state/document/resolve-desired-state.ts'
import type {
  DesiredDestination,
  DesiredService,
  DesiredState,
} from '../../../../src/state/model/desired-state.ts'
import {
  DAEMON_SETTINGS,
  DESTINATION_SETTINGS,
  type DestinationSetting,
  SERVICE_SETTINGS,
  type ServiceSetting,
} from '../../../../src/state/model/resolved-state.ts'
import { checkOptions } from '../../../../src/state/plan/options.ts'
import { sortedTable } from '../../../support/state/compare-tables.ts'
import { ModelTable } from '../../../support/state/model-table.ts'

/**
 * For every setting a value that differs from the state below. The types keep these lists complete: a new setting of the
 * library does not compile here until it has a value, and must then be planned.
 */
const OTHER_SERVICE: { readonly [Name in ServiceSetting]: Required<DesiredService>[Name] } = {
  scheduler: 'sh',
  schedulerFlags: ['mh-port'],
  onePacket: true,
  persistence: { timeout: 301, mask: '255.255.255.0' },
  persistenceEngine: null,
}
const OTHER_DESTINATION: { readonly [Name in DestinationSetting]: Required<DesiredDestination>[Name] } = {
  forwarding: 'nat',
  weight: 3,
  upperThreshold: 101,
  lowerThreshold: 11,
  tunnel: { type: 'gre', checksum: 'checksum' },
}
const OTHER_PERSISTENCE: { readonly [Name in keyof Persistence]-?: Persistence[Name] } = {
  timeout: 301,
  mask: '255.255.0.0',
}
const OTHER_TUNNEL: { readonly [Name in keyof Tunnel]-?: Tunnel } = {
  type: { type: 5, port: 7000, checksum: 'checksum' },
  port: { type: 'gue', port: 7001, checksum: 'checksum' },
  checksum: { type: 'gue', port: 7000, checksum: 'remote' },
}

const TUNNEL: Tunnel = { type: 'gue', port: 7000, checksum: 'checksum' }
const REAL = {
  address: '198.51.100.1',
  port: 8080,
  forwarding: 'tun',
  weight: 2,
  upperThreshold: 100,
  lowerThreshold: 10,
  tunnel: TUNNEL,
} as const satisfies DesiredDestination
const WEB = {
  service: 'udp://192.0.2.1:80',
  scheduler: 'mh',
  schedulerFlags: ['mh-fallback'],
  onePacket: false,
  persistence: { timeout: 300, mask: '255.255.255.255' },
  persistenceEngine: 'sip',
  destinations: [REAL],
} as const satisfies DesiredService
const DAEMON = {
  role: 'master',
  interface: 'eth0',
  syncId: 1,
  maximumLength: 1400,
  group: '224.0.0.81',
  port: 8848,
  ttl: 1,
} as const
const STATE = {
  services: [WEB],
  timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
  daemons: [DAEMON],
} satisfies DesiredState

/** Plans and applies the change from the state above to another one. Returns the steps of the plan. */
async function change(to: DesiredState): Promise<readonly string[]> {
  const table = ModelTable.of(STATE)
  const wanted = ModelTable.of(to).current
  const { steps } = planTable(table.current, to)
  await applyState(table.context, resolveDesiredState(to), checkOptions({ owns: () => true }))
  expect(sortedTable(table.current)).toEqual(sortedTable(wanted))
  expect(planTable(table.current, to).steps).toEqual([])
  return steps.map(({ text }) => text)
}

const withService = (changes: Partial<DesiredService>) => ({ ...STATE, services: [{ ...WEB, ...changes }] })
const withDestination = (changes: Partial<DesiredDestination>) =>
  withService({ destinations: [{ ...REAL, ...changes }] })

describe('a change of one setting', () => {
  it.each(SERVICE_SETTINGS)('takes one step for %s of a service', async (name) => {
    // Flags belong to a scheduler.
    const flags = name === 'scheduler' ? { schedulerFlags: ['flag-1'] as const } : {}
    const steps = await change(withService({ [name]: OTHER_SERVICE[name], ...flags }))
    expect(steps).toHaveLength(1)
  })

  it.each(Object.entries(OTHER_PERSISTENCE))('takes one step for %s of persistence', async (name, value) => {
    const steps = await change(withService({ persistence: { ...WEB.persistence, [name]: value } }))
    expect(steps).toEqual([expect.stringMatching(/^set persistence of udp:\/\/192.0.2.1:80 from .* to .*/)])
  })

  it.each(DESTINATION_SETTINGS)('takes one step for %s of a destination', async (name) => {
    const tunnel = name === 'forwarding' ? { tunnel: null } : {}
    const steps = await change(withDestination({ [name]: OTHER_DESTINATION[name], ...tunnel }))
    expect(steps).toHaveLength(1)
  })

  it.each(Object.entries(OTHER_TUNNEL))('takes one step for %s of a tunnel', async (_, tunnel) => {
    expect(await change(withDestination({ tunnel }))).toEqual([
      expect.stringMatching(
        /^set tunnel of 198.51.100.1:8080 in udp:\/\/192.0.2.1:80 from type gue .* to type /,
      ),
    ])
  })

  it.each(Object.keys(STATE.timeouts))('takes one step for the timeout %s', async (name) => {
    expect(await change({ ...STATE, timeouts: { ...STATE.timeouts, [name]: 7 } })).toHaveLength(1)
  })

  // The kernel cannot change a running daemon.
  it.each(DAEMON_SETTINGS.filter((name) => name !== 'role'))(
    'takes two steps for %s of a daemon: stop and start',
    async (name) => {
      const other = {
        interface: 'eth1',
        syncId: 2,
        maximumLength: 1300,
        group: 'ff02::81',
        port: 9000,
        ttl: 2,
      }
      const steps = await change({ ...STATE, daemons: [{ ...DAEMON, [name]: other[name] }] })
      expect(steps).toEqual([
        'stop synchronisation daemon master',
        expect.stringMatching(/^start synchronisation daemon master/),
      ])
    },
  )

  it.each<[string, DesiredState, string]>([
    ['a service', { ...STATE, services: [WEB, { service: 'fwmark://7' }] }, 'add service fwmark://7 (wlc)'],
    ['no service', { ...STATE, services: [] }, 'remove service udp://192.0.2.1:80'],
    [
      'a destination',
      withService({ destinations: [REAL, { address: '198.51.100.2', forwarding: 'dr' }] }),
      'add 198.51.100.2:80 to udp://192.0.2.1:80 (dr, weight 1)',
    ],
    ['no destination', withService({ destinations: [] }), 'remove 198.51.100.1:8080 from udp://192.0.2.1:80'],
    ['no daemon', { ...STATE, daemons: [] }, 'stop synchronisation daemon master'],
    [
      'another daemon',
      { ...STATE, daemons: [DAEMON, { role: 'backup', interface: 'eth0' }] },
      'start synchronisation daemon backup on eth0',
    ],
  ])('takes one step to get %s', async (_, to, step) => {
    expect(await change(to)).toEqual([step])
  })

  it('takes no step and sends no command if there is none', async () => {
    const table = ModelTable.of(STATE)
    const result = await applyState(
      table.context,
      resolveDesiredState(STATE),
      checkOptions({ owns: () => true }),
    )
    expect(result.steps).toEqual([])
    expect(table.log).toEqual([])
  })
})

describe('an omitted section', () => {
  it('is unmanaged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(['services', 'timeouts', 'daemons'] as const), async (parts) => {
        const table = ModelTable.of(STATE)
        const to = { services: [], timeouts: { tcp: 1, tcpFin: 1, udp: 1 }, daemons: [] }
        const part = Object.fromEntries(parts.map((name) => [name, to[name]]))
        await applyState(table.context, resolveDesiredState(part), checkOptions({ owns: () => true }))
        const expected = { ...STATE, ...part }
        expect(sortedTable(table.current)).toEqual(sortedTable(ModelTable.of(expected).current))
      }),
    )
  })

  it('may be the destinations of a service', async () => {
    const { destinations: _, ...header } = WEB
    expect(await change({ ...STATE, services: [{ ...header, destinations: [REAL] }] })).toEqual([])
    const table = ModelTable.of(STATE)
    await applyState(
      table.context,
      resolveDesiredState({ services: [{ ...header, scheduler: 'rr', schedulerFlags: [] }] }),
      checkOptions({ owns: () => true }),
    )
    expect(table.current.services[0]).toMatchObject({ scheduler: 'rr', destinations: [REAL] })
  })

  it('may be one timeout', async () => {
    const table = ModelTable.of(STATE)
    await applyState(table.context, resolveDesiredState({ timeouts: { udp: 7 } }), checkOptions({}))
    expect(table.current.timeouts).toEqual({ tcp: 900, tcpFin: 120, udp: 7 })
  })
})
