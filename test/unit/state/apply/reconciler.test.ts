import { describe, expect, it } from 'vitest'
import { ApplyError } from '../../../../src/state/apply/apply-result.ts'
import { BackOff } from '../../../../src/state/apply/back-off.ts'
import {
  type ReconcileOptions,
  type ReconcileRound,
  Reconciler,
} from '../../../../src/state/apply/reconciler.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import { ModelTable } from '../../../support/state/model-table.ts'

const WEB = 'tcp://192.0.2.1:80'
const MAIL = 'tcp://192.0.2.1:25'
const A = { address: '198.51.100.1', forwarding: 'dr', weight: 2 } as const
const STATE: DesiredState = { services: [{ service: WEB, scheduler: 'wlc', destinations: [A] }] }

/** Keeps a table until so many rounds were told of. */
async function keep(
  table: ModelTable,
  rounds: number,
  act: (round: number, keeper: Reconciler) => void = () => {},
  options: ReconcileOptions = {},
): Promise<ReconcileRound[]> {
  const heard: ReconcileRound[] = []
  const keeper = new Reconciler(table.context, STATE, {
    owns: () => true,
    interval: 0.002,
    ...options,
    onRound: (round) => {
      heard.push(round)
      if (heard.length === rounds) void keeper.stop()
      else act(heard.length, keeper)
    },
  })
  await keeper.stopped
  return heard
}

const texts = (rounds: readonly ReconcileRound[]) =>
  rounds.map(({ result }) => result?.steps.map(({ step, outcome }) => `${step.text}: ${outcome}`))

describe('keeping', () => {
  it('makes the table, then puts right what others change', async () => {
    const table = new ModelTable()
    const rounds = await keep(table, 3, (round) => {
      if (round === 1)
        table.take({ command: 'updateDestination', service: WEB, destination: { ...A, weight: 9 } })
      else table.take({ command: 'addService', service: { fwmark: 7, scheduler: 'rr' } })
    })
    expect(texts(rounds)).toEqual([
      [`add service ${WEB} (wlc): done`, `add ${A.address}:80 to ${WEB} (dr, weight 2): done`],
      [`set weight of ${A.address}:80 in ${WEB} from 9 to 2: done`],
      ['remove service fwmark://7: done'],
    ])
  })

  it('keeps another document as soon as it is given one', async () => {
    const table = new ModelTable()
    const rounds = await keep(table, 2, (_, keeper) => keeper.update({ services: [] }), { interval: 3600 })
    expect(texts(rounds)[1]).toEqual([`remove service ${WEB}: done`])
  })

  it('does not let a step that is refused hold up the others', async () => {
    const table = new ModelTable()
    table.missing.add('rr')
    const failing: DesiredState = {
      services: [...STATE.services!, { service: MAIL, scheduler: 'rr', destinations: [A] }],
    }
    let commands = 0
    const rounds = await keep(
      table,
      6,
      (round, keeper) => {
        if (round === 1) keeper.update(failing)
        else
          table.take({
            command: 'updateDestination',
            service: WEB,
            destination: { ...A, weight: round + 10 },
          })
        commands = table.log.filter(({ command }) => command === 'addService').length
      },
      { interval: 0.05 },
    )
    expect(rounds[1]?.error).toBeInstanceOf(ApplyError)
    expect(rounds.at(-1)?.result?.steps.map(({ step }) => step.text)).toContainEqual(
      expect.stringMatching(`^set weight of ${A.address}:80`),
    )
    // The first of all, then twice in the round in which it fails, and ever more seldom.
    expect(commands).toBeLessThan(1 + 2 * 5)
  })

  it('tries again when the table cannot be read, ever more seldom', async () => {
    const table = new ModelTable()
    const services = table.services.bind(table)
    table.services = () => Promise.reject(new Error('no socket'))
    const rounds = await keep(table, 4, (round) => {
      if (round === 3) table.services = services
    })
    expect(rounds.map(({ error }) => error?.message)).toEqual([
      'no socket',
      'no socket',
      'no socket',
      undefined,
    ])
    expect(rounds.map(({ pause }) => pause)).toEqual([0.004, 0.008, 0.016, 0.002])
  })

  it('goes on with drains from look to look', async () => {
    const table = ModelTable.of({
      services: [{ ...STATE.services![0]!, destinations: [A, { ...A, address: '198.51.100.2' }] }],
    })
    table.setConnections(WEB, '198.51.100.2:80', 1)
    const rounds = await keep(table, 2, () => table.setConnections(WEB, '198.51.100.2:80', 0), {
      removal: { drain: 3600 },
    })
    expect(rounds.flatMap(({ result }) => result?.steps.map(({ step }) => step.kind))).toEqual([
      'drainDestination',
      'removeDestination',
    ])
  })

  it('ends with its signal, and removes nothing', async () => {
    const stop = new AbortController()
    const table = new ModelTable()
    await keep(table, 99, () => stop.abort(), { signal: stop.signal })
    expect(table.current.services).toHaveLength(1)
  })

  it('ends with the block that uses it', async () => {
    const table = new ModelTable()
    {
      await using keeper = new Reconciler(table.context, STATE, { interval: 3600 })
      expect(keeper.stopped).toBeInstanceOf(Promise)
    }
    const { readings } = table
    await new Promise(setImmediate)
    expect(table.readings).toBe(readings)
  })

  it('refuses what is no desired state, and then keeps the old one', async () => {
    const table = new ModelTable()
    await using keeper = new Reconciler(table.context, STATE, { interval: 3600 })
    expect(() => keeper.update({ services: [{ service: 'web' }] })).toThrow('services[0].service')
    expect(() => new Reconciler(table.context, { services: [{ service: 'web' }] }, {})).toThrow(
      'services[0].service',
    )
  })
})

describe('waiting with what has failed', () => {
  it('is twice as long each time, up to a minute', () => {
    const backOff = new BackOff(5)
    expect([1, 2, 3, 4, 5, 6].map(() => backOff.secondsAfter(true))).toEqual([10, 20, 40, 60, 60, 60])
    expect(backOff.secondsAfter(false)).toBe(5)
  })
})
