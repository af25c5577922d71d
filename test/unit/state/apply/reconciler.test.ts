import { getEventListeners } from 'node:events'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ApplyError } from '../../../../src/state/apply/apply-result.ts'
import { BackOff } from '../../../../src/state/apply/back-off.ts'
import {
  type ReconcileOptions,
  type ReconcileRound,
  Reconciler,
} from '../../../../src/state/apply/reconciler.ts'
import { Ipvs } from '../../../../src/state/ipvs.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'
import { ModelTable } from '../../../support/state/model-table.ts'

const WEB = 'tcp://192.0.2.1:80'
const MAIL = 'tcp://192.0.2.1:25'
const A = { address: '198.51.100.1', forwarding: 'dr', weight: 2 } as const
const STATE: DesiredState = { services: [{ service: WEB, scheduler: 'wlc', destinations: [A] }] }

/** Reconciles a table until a number of rounds was reported. */
async function reconcile(
  table: ModelTable,
  rounds: number,
  act: (round: number, reconciler: Reconciler) => void = () => {},
  options: ReconcileOptions = {},
): Promise<ReconcileRound[]> {
  const heard: ReconcileRound[] = []
  const reconciler = new Reconciler(table.context, STATE, {
    owns: () => true,
    interval: 0.002,
    ...options,
    onRound: (round) => {
      heard.push(round)
      if (heard.length === rounds) void reconciler.stop()
      else act(heard.length, reconciler)
    },
  })
  await reconciler.stopped
  return heard
}

const texts = (rounds: readonly ReconcileRound[]) =>
  rounds.map(({ result }) => result?.steps.map(({ step, outcome }) => `${step.text}: ${outcome}`))

describe('a reconciler', () => {
  it('creates the table, then corrects the changes of other processes', async () => {
    const table = new ModelTable()
    const rounds = await reconcile(table, 3, (round) => {
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

  it('applies an updated document at once', async () => {
    const table = new ModelTable()
    const rounds = await reconcile(table, 2, (_, reconciler) => reconciler.update({ services: [] }), {
      interval: 3600,
    })
    expect(texts(rounds)[1]).toEqual([`remove service ${WEB}: done`])
  })

  it('does not let a rejected step delay the others', async () => {
    const table = new ModelTable()
    table.missing.add('rr')
    const failing: DesiredState = {
      services: [...STATE.services!, { service: MAIL, scheduler: 'rr', destinations: [A] }],
    }
    let commands = 0
    const rounds = await reconcile(
      table,
      6,
      (round, reconciler) => {
        if (round === 1) reconciler.update(failing)
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
    // The first step, then twice in the round in which it fails, then with growing delays.
    expect(commands).toBeLessThan(1 + 2 * 5)
  })

  it('retries with growing delays if the table cannot be read', async () => {
    const table = new ModelTable()
    const services = table.services.bind(table)
    table.services = () => Promise.reject(new Error('no socket'))
    const rounds = await reconcile(table, 4, (round) => {
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

  it('continues drains from round to round', async () => {
    const table = ModelTable.of({
      services: [{ ...STATE.services![0]!, destinations: [A, { ...A, address: '198.51.100.2' }] }],
    })
    table.setConnections(WEB, '198.51.100.2:80', 1)
    const rounds = await reconcile(table, 2, () => table.setConnections(WEB, '198.51.100.2:80', 0), {
      removal: { drain: 3600 },
    })
    expect(rounds.flatMap(({ result }) => result?.steps.map(({ step }) => step.kind))).toEqual([
      'drainDestination',
      'removeDestination',
    ])
  })

  it('stops when its signal aborts, and removes nothing', async () => {
    const stop = new AbortController()
    const table = new ModelTable()
    await reconcile(table, 99, () => stop.abort(), { signal: stop.signal })
    expect(table.current.services).toHaveLength(1)
  })

  it('stops at the end of an `await using` block, after its first round', async () => {
    const table = new ModelTable()
    {
      await using reconciler = new Reconciler(table.context, STATE, { interval: 3600 })
      expect(reconciler.lastRound).toBeUndefined()
    }
    expect(table.current.services).toHaveLength(1)
    const { readings } = table
    await new Promise(setImmediate)
    expect(table.readings).toBe(readings)
  })

  it('stops at the end of the block even if the first round fails', async () => {
    const table = new ModelTable()
    table.services = () => Promise.reject(new Error('no socket'))
    const heard: ReconcileRound[] = []
    {
      await using _ = new Reconciler(table.context, STATE, { onRound: (round) => heard.push(round) })
    }
    expect(heard.map(({ error }) => error?.message)).toEqual(['no socket'])
  })

  it('stops when its client is closed, during a round and between rounds', async () => {
    const kernel = new SimulatedKernel()
    for (const closeFirst of [true, false]) {
      const ipvs = await Ipvs.open({ transport: kernel.connect() })
      const reconciler = ipvs.reconcile(STATE, { interval: 3600 })
      if (!closeFirst) await reconciler.converged()
      ipvs.close()
      await reconciler.stopped
      await expect(reconciler.converged()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' })
    }
  })

  it('adds one listener to the signal of the caller, and removes it when it stops', async () => {
    const { signal } = new AbortController()
    const table = new ModelTable()
    const counts: number[] = []
    const count = () => getEventListeners(signal, 'abort').length
    const disturb = () => {
      counts.push(count())
      table.take({ command: 'removeService', service: WEB })
    }
    await reconcile(table, 5, disturb, { signal })
    expect(new Set(counts)).toEqual(new Set([1]))
    expect(count()).toBe(0)
  })

  it('reports the last round and the draining destinations', async () => {
    const [a, b] = [A, { ...A, address: '198.51.100.2' }]
    const table = ModelTable.of({ services: [{ ...STATE.services![0]!, destinations: [a, b] }] })
    table.setConnections(WEB, '198.51.100.2:80', 1)
    await using reconciler = new Reconciler(table.context, STATE, {
      owns: () => true,
      interval: 0.002,
      removal: { drain: 3600 },
    })
    await vi.waitUntil(() => reconciler.draining.length > 0)
    expect(reconciler.draining).toMatchObject([{ destination: '198.51.100.2:80', connections: 1 }])
    expect(reconciler.lastRound).toMatchObject({ error: undefined, pause: 0.002, time: expect.any(Number) })
    table.setConnections(WEB, '198.51.100.2:80', 0)
    await reconciler.converged()
    expect(reconciler.draining).toEqual([])
    expect(table.current.services[0]?.destinations).toHaveLength(1)
  })

  it('rejects an invalid document and keeps the old one', async () => {
    const table = new ModelTable()
    await using reconciler = new Reconciler(table.context, STATE, { interval: 3600 })
    expect(() => reconciler.update({ services: [{ service: 'web' }] })).toThrow('services[0].service')
    expect(() => new Reconciler(table.context, { services: [{ service: 'web' }] }, {})).toThrow(
      'services[0].service',
    )
  })
})

describe('waiting until a reconciler has converged', () => {
  it('lasts until no step fails', async () => {
    const table = new ModelTable()
    table.missing.add('wlc')
    await using reconciler = new Reconciler(table.context, STATE, { interval: 0.002, onRound: () => {} })
    await vi.waitUntil(() => reconciler.lastRound !== undefined)
    const converged = reconciler.converged()
    table.missing.clear()
    await converged
    expect(table.current.services).toHaveLength(1)
    await reconciler.converged()
  })

  it('after an update lasts until the new document is applied', async () => {
    const table = new ModelTable()
    await using reconciler = new Reconciler(table.context, STATE, { owns: () => true, interval: 3600 })
    await reconciler.converged()
    reconciler.update({ services: [] })
    await reconciler.converged()
    expect(table.current.services).toEqual([])
  })

  it('rejects when the reconciler stops, and when its own signal aborts', async () => {
    const table = new ModelTable()
    table.services = () => Promise.reject(new Error('no socket'))
    const reconciler = new Reconciler(table.context, STATE, { interval: 3600, onRound: () => {} })
    const reason = new Error('enough')
    await expect(reconciler.converged({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const converged = expect(reconciler.converged()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' })
    await reconciler.stop()
    await converged
  })
})

describe('the default of `onRound`, and its errors', () => {
  /** Collects the warnings of the process. */
  function warnings(): string[] {
    const messages: string[] = []
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation((message) => {
      messages.push(String(message))
    })
    onTestFinished(() => emit.mockRestore())
    return messages
  }

  it('is one process warning when rounds begin to fail', async () => {
    const messages = warnings()
    const table = new ModelTable()
    const services = table.services.bind(table)
    let readings = 0
    table.services = () =>
      ++readings % 4 === 0 ? services() : Promise.reject(new Error(`failure ${readings}`))
    await using _ = new Reconciler(table.context, STATE, { interval: 0.001 })
    await vi.waitUntil(() => readings >= 8)
    expect(messages.slice(0, 2)).toEqual([
      'failure 1; the reconciler retries in 0.002 s',
      'failure 5; the reconciler retries in 0.002 s',
    ])
  })

  it('an error that it throws becomes a process warning, and the reconciler continues', async () => {
    const messages = warnings()
    const table = new ModelTable()
    await reconcile(table, 3, (round) => {
      table.take({ command: 'removeService', service: WEB })
      if (round === 1) throw new Error('my mistake')
    })
    expect(messages).toEqual(['onRound threw Error: my mistake'])
  })
})

describe('the delay after a failure', () => {
  it('doubles each time, up to a minute', () => {
    const backOff = new BackOff(5)
    expect([1, 2, 3, 4, 5, 6].map(() => backOff.secondsAfter(true))).toEqual([10, 20, 40, 60, 60, 60])
    expect(backOff.secondsAfter(false)).toBe(5)
  })
})
