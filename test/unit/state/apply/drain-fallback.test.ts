/** Drains under the schedulers that keep a destination of weight 0 in their table. */

import { describe, expect, it } from 'vitest'
import type { SchedulerFlag } from '../../../../src/ipvs/model/scheduler.ts'
import { applyState } from '../../../../src/state/apply/apply.ts'
import type { ApplyResult } from '../../../../src/state/apply/apply-result.ts'
import { toDesiredState } from '../../../../src/state/document/format-state.ts'
import { resolveDesiredState } from '../../../../src/state/document/resolve-desired-state.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import { type ApplyOptions, checkOptions } from '../../../../src/state/plan/options.ts'
import { sortedTable } from '../../../support/state/compare-tables.ts'
import { ModelTable } from '../../../support/state/model-table.ts'

const WEB = 'tcp://192.0.2.1:80'
const [A, B, C] = [1, 2, 3].map(
  (last) => ({ address: `198.51.100.${last}`, forwarding: 'dr', weight: 2 }) as const,
)
const AT = (destination: { address: string }) => `${destination.address}:80`
const DRAIN = { owns: () => true, removal: { drain: 3600 }, interval: 0.001 } as const
const LATER = { ...DRAIN, wait: false } as const

type Given = NonNullable<NonNullable<DesiredState['services']>[number]['destinations']>

function of(
  scheduler: string,
  destinations: Given,
  schedulerFlags: readonly SchedulerFlag[] = [],
): DesiredState {
  return { services: [{ service: WEB, scheduler, schedulerFlags, destinations }] }
}

function apply(
  table: ModelTable,
  desired: DesiredState,
  options: ApplyOptions = DRAIN,
): Promise<ApplyResult> {
  return applyState(table.context, resolveDesiredState(desired), checkOptions(options))
}

const outcomes = ({ steps }: ApplyResult) => steps.map(({ step, outcome }) => `${step.kind} ${outcome}`)
const flagsOf = (table: ModelTable) => table.current.services[0]!.schedulerFlags

/** The same table in another process, which has no record of the drain. */
const restart = (table: ModelTable) => ModelTable.of(toDesiredState(table.current))

function expectTable(table: ModelTable, desired: DesiredState, message?: string): void {
  expect(sortedTable(table.current), message).toEqual(sortedTable(ModelTable.of(desired).current))
}

/** A table whose destination C has a connection until the given look. */
function busy(desired: DesiredState, until = Number.POSITIVE_INFINITY): ModelTable {
  const table = ModelTable.of(desired)
  table.setConnections(WEB, AT(C!), 1)
  table.onLook = (look) => look === until && table.setConnections(WEB, AT(C!), 0)
  return table
}

describe.each([
  ['sh', []],
  ['sh', ['sh-port']],
  ['mh', []],
  ['mh', ['mh-port']],
] as const)('a drain under %s %j', (scheduler, flags) => {
  const fallback: SchedulerFlag = `${scheduler}-fallback`
  const all = of(scheduler, [A!, B!, C!], flags)
  const rest = of(scheduler, [A!, B!], flags)

  it('sets the fallback flag before the weight is lowered, and clears it after the removal', async () => {
    const table = busy(all, 3)
    table.onLook = (look) => {
      expect(flagsOf(table)).toEqual([fallback, ...flags])
      if (look === 3) table.setConnections(WEB, AT(C!), 0)
    }
    const result = await apply(table, rest)
    expect(outcomes(result)).toEqual([
      'setFallback done',
      'drainDestination done',
      'removeDestination done',
      'clearFallback done',
    ])
    expect(result.warnings).toEqual([])
    expect(table.log.map(({ command }) => command)).toEqual([
      ...['updateService', 'updateDestination', 'removeDestination', 'updateService'],
    ])
    expect(flagsOf(table)).toEqual(flags)
  })

  it('is continued by a later plan, which clears the flag', async () => {
    const table = busy(all)
    expect(outcomes(await apply(table, rest, LATER))).toEqual(['setFallback done', 'drainDestination done'])
    expect(outcomes(await apply(table, rest, LATER))).toEqual([])
    expect(flagsOf(table)).toEqual([fallback, ...flags])
    table.setConnections(WEB, AT(C!), 0)
    expect(outcomes(await apply(table, rest, LATER))).toEqual([
      'removeDestination done',
      'clearFallback done',
    ])
    expect(flagsOf(table)).toEqual(flags)
  })

  it('ends with the flags of the document although another process continues it', async () => {
    const table = busy(all)
    await apply(table, rest, LATER)
    const restarted = restart(table)
    await apply(restarted, rest, { owns: () => true })
    expectTable(restarted, rest)
  })

  it('ends with the flags of the document after an interruption at any command', async () => {
    for (let last = 0; last < 4; last++) {
      const table = busy(all, 3)
      let count = 0
      table.before = () => {
        if (count++ >= last) throw new Error('the process was killed')
      }
      await expect(apply(table, rest)).rejects.toThrow()
      const restarted = restart(table)
      await apply(restarted, rest)
      expectTable(restarted, rest, `killed after ${last} commands`)
    }
  })

  it('clears the flag after the weight of a destination that is desired again', async () => {
    const table = busy(all)
    await apply(table, rest, LATER)
    expect(outcomes(await apply(table, all, LATER))).toEqual(['updateDestination done', 'clearFallback done'])
    expectTable(table, all)
  })

  it('clears the flag if another process brings the destination back', async () => {
    const table = busy(all)
    table.onLook = (look) => {
      const destination = { address: C!.address, weight: 9 }
      if (look === 2) table.take({ command: 'updateDestination', service: WEB, destination })
    }
    expect(outcomes(await apply(table, rest))).toEqual([
      ...['setFallback done', 'drainDestination done', 'removeDestination reverted', 'clearFallback done'],
    ])
    expect(flagsOf(table)).toEqual(flags)
  })

  it('keeps the flag until the last of two drains ends', async () => {
    const table = busy(all)
    table.setConnections(WEB, AT(B!), 1)
    let second: Promise<ApplyResult> | undefined
    table.onLook = (look) => {
      if (look === 1) second = apply(table, of(scheduler, [A!], flags))
      if (look === 6) table.setConnections(WEB, AT(C!), 0)
      const has = table.current.services[0]!.destinations.map(({ address }) => address)
      if (has.includes(B!.address)) expect(flagsOf(table)).toEqual([fallback, ...flags])
      if (look === 12) table.setConnections(WEB, AT(B!), 0)
    }
    await apply(table, rest)
    await second
    expectTable(table, of(scheduler, [A!], flags))
  })

  it('does not clear a flag that a newer document sets', async () => {
    const table = busy(all, 5)
    const newest = of(scheduler, [A!, B!], [fallback, ...flags])
    let newer: Promise<ApplyResult> | undefined
    const { onLook } = table
    table.onLook = (look) => {
      onLook(look)
      if (look === 2) newer = apply(table, newest, LATER)
    }
    expect(outcomes(await apply(table, rest))).not.toContain('clearFallback done')
    await newer
    expectTable(table, newest)
  })

  it('changes no flag if the document sets it, or if no destination remains that could take the clients', async () => {
    const own = of(scheduler, [A!, B!, C!], [fallback])
    expect(outcomes(await apply(busy(own), of(scheduler, [A!, B!], [fallback]), LATER))).toEqual([
      'drainDestination done',
    ])
    expect(outcomes(await apply(busy(all), of(scheduler, [], flags), LATER))).toEqual(
      Array.from({ length: 3 }, () => 'drainDestination done'),
    )
  })

  it('needs no other permission than that to drain, and warns if it may not set the flag', async () => {
    const drains = await apply(busy(all), rest, { ...LATER, allow: ['drainDestination'] })
    expect(outcomes(drains)).toEqual(['setFallback done', 'drainDestination done'])
    expect(drains.warnings).toEqual([])
    const idle = busy(all)
    const weight = { address: C!.address, weight: 0 }
    idle.take({ command: 'updateDestination', service: WEB, destination: weight })
    const { warnings } = await apply(idle, rest, { ...LATER, allow: ['removeDestination'] })
    expect(warnings).toEqual([expect.stringMatching(/the step setFallback, .* is not allowed/)])
  })
})

describe('a drain under dh', () => {
  it('warns that new clients are refused', async () => {
    const { warnings } = await apply(busy(of('dh', [A!, B!, C!])), of('dh', [A!, B!]), LATER)
    expect(warnings).toEqual([
      expect.stringMatching(
        /^tcp:\/\/192.0.2.1:80: dh refuses new clients that hash to 198.51.100.3:80 until it is removed/,
      ),
    ])
  })

  it('removes at once with `dh: now`', async () => {
    const result = await apply(busy(of('dh', [A!, B!, C!])), of('dh', [A!, B!]), {
      ...DRAIN,
      removal: { drain: 3600, dh: 'now' },
    })
    expect(outcomes(result)).toEqual(['removeDestination done'])
    expect(result.warnings).toEqual([])
  })
})

describe('a document with a destination of weight 0', () => {
  const idle = [A!, { ...B!, weight: 0 }] as const

  it.each([
    ['sh', [], /sh refuses new clients that hash to 198.51.100.2:80, .* set the scheduler flag sh-fallback/],
    ['mh', [], /mh refuses new clients/],
    ['dh', [], /dh refuses new clients .* no fallback flag/],
    ['sh', ['sh-fallback'], undefined],
    ['mh', ['mh-fallback'], undefined],
    ['wlc', [], undefined],
  ] as const)('is warned of under %s %j', async (scheduler, flags, warning) => {
    const table = ModelTable.of(of(scheduler, [A!, B!], flags))
    const { warnings } = await apply(table, of(scheduler, idle, flags))
    expect(warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)])
  })

  it('has no place in the table of mh if it is new, and has one in that of sh', async () => {
    const empty = () => ModelTable.of({ services: [] })
    expect((await apply(empty(), of('mh', idle))).warnings).toEqual([])
    expect((await apply(empty(), of('sh', idle))).warnings).toHaveLength(1)
  })

  it('is not warned of if no destination is active', async () => {
    const table = ModelTable.of(of('sh', [A!]))
    expect((await apply(table, of('sh', [{ ...A!, weight: 0 }]))).warnings).toEqual([])
  })
})
