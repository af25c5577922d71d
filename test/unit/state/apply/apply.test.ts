import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { applyState } from '../../../../src/state/apply/apply.ts'
import { ApplyError, type ApplyResult } from '../../../../src/state/apply/apply-result.ts'
import { toDesiredState } from '../../../../src/state/document/format-state.ts'
import { resolveDesiredState } from '../../../../src/state/document/resolve-desired-state.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import { OwnershipError } from '../../../../src/state/ownership/ledger.ts'
import { type ApplyOptions, checkOptions } from '../../../../src/state/plan/options.ts'
import { ModelTable } from '../../../support/state/model-table.ts'

const WEB = 'tcp://192.0.2.1:80'
const MAIL = 'tcp://192.0.2.1:25'
const [A, B, C] = ['198.51.100.1', '198.51.100.2', '198.51.100.3'].map((address) => ({
  address,
  forwarding: 'dr' as const,
  weight: 1,
})) as [Real, Real, Real]
type Real = { address: string; forwarding: 'dr'; weight: number }

/** A document with one service or several. */
function state(...services: [string, ...Real[]][]): DesiredState {
  return {
    services: services.map(([service, ...destinations]) => ({ service, scheduler: 'wlc', destinations })),
  }
}

let table: ModelTable

beforeEach(() => {
  table = new ModelTable()
})

function apply(desired: DesiredState, options: ApplyOptions = {}): Promise<ApplyResult> {
  return applyState(table.context, resolveDesiredState(desired), checkOptions(options))
}

/** The outcome of each step by its text. */
const outcomes = ({ steps }: ApplyResult) =>
  Object.fromEntries(steps.map(({ step, outcome }) => [step.text, outcome]))
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as ApplyError,
  )
const services = () => toDesiredState(table.current).services
const names = () => services()?.map(({ service }) => service)
const ownsAll = { owns: () => true }

describe('a document', () => {
  it('is applied with its timeouts and daemons', async () => {
    const desired: DesiredState = {
      ...state([WEB, A, B]),
      timeouts: { tcp: 1000 },
      daemons: [{ role: 'master', interface: 'lo', syncId: 3 }],
    }
    await apply(desired)
    const { timeouts, daemons } = table.current
    expect(services()).toEqual(desired.services)
    expect(timeouts.tcp).toBe(1000)
    expect(daemons).toMatchObject(desired.daemons!)
  })

  it('leaves sections that it omits unmanaged', async () => {
    table = ModelTable.of({ ...state([WEB, A]), timeouts: { tcp: 1000 } })
    const { steps } = await apply(state([WEB, A]))
    expect(steps).toEqual([])
  })
})

describe('without an ownership option', () => {
  it('creates missing services, and removes services that it created when the document drops them', async () => {
    await apply(state([WEB, A, B], [MAIL, A]))
    await apply(state([WEB, A]))
    expect(services()).toEqual(state([WEB, A]).services)
  })

  it('removes no service that another process created', async () => {
    table = ModelTable.of(state([MAIL, A]))
    await apply(state([WEB, A]))
    expect(names()).toEqual([MAIL, WEB])
  })

  it('changes a foreign service in the document, but removes nothing from it and lists the removals as skipped', async () => {
    table = ModelTable.of(state([WEB, A, B]))
    const result = await apply({
      services: [{ service: WEB, scheduler: 'rr', destinations: [{ ...A, weight: 5 }, C] }],
    })
    expect(services()).toEqual([{ service: WEB, scheduler: 'rr', destinations: [{ ...A, weight: 5 }, B, C] }])
    expect(result.skipped).toEqual([
      { step: expect.objectContaining({ text: `remove ${B.address}:80 from ${WEB}` }), reason: 'not-owned' },
    ])
  })

  it('does not own a service that another process created first', async () => {
    table.before = (command, { take }) => {
      table.before = () => {}
      if (command.command === 'addService') take.call(table, command)
    }
    const result = await apply(state([WEB, A]))
    expect(outcomes(result)).toEqual({
      [`add service ${WEB} (wlc)`]: 'already-done',
      [`add ${A.address}:80 to ${WEB} (dr, weight 1)`]: 'done',
    })
    await apply({ services: [] })
    expect(names()).toEqual([WEB])
  })

  it('stops no daemon that another process started', async () => {
    table = ModelTable.of({ daemons: [{ role: 'backup', interface: 'eth0' }] })
    const first = await apply({ daemons: [{ role: 'master', interface: 'eth0' }] })
    expect(first.skipped.map(({ step }) => step.text)).toEqual(['stop synchronisation daemon backup'])
    await apply({ daemons: [] })
    expect(table.current.daemons.map(({ role }) => role)).toEqual(['backup'])
  })
})

describe('with an ownership predicate', () => {
  const owns = (service: { readonly port?: number | undefined }) => service.port === 80

  it('removes only services that the predicate accepts', async () => {
    table = ModelTable.of(state([WEB, A, B], ['tcp://192.0.2.2:80', A], [MAIL, A]))
    await apply(state([WEB, B]), { owns })
    expect(services()).toEqual(state([MAIL, A], [WEB, B]).services)
  })

  it('rejects a document with a service that the predicate rejects, before anything is changed', async () => {
    table = ModelTable.of(state([MAIL, A]))
    const error = await failure(apply(state([WEB, A], [MAIL, B]), { owns }))
    expect(error).toBeInstanceOf(OwnershipError)
    expect(error).toMatchObject({ conflicts: [{ service: MAIL }] })
    expect(error?.message).toContain('change `owns`')
    expect(table.log).toEqual([])
  })
})

describe('with a named set', () => {
  let directory: string
  const set = (name: string, adopt?: boolean) => ({ set: { name, directory, adopt } })
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lvs-state-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
  })

  it('removes services created under the name, even after a restart', async () => {
    await apply(state([WEB, A], [MAIL, A]), set('web'))
    const after = ModelTable.of(toDesiredState(table.current))
    table = after
    await apply(state([WEB, A]), set('web'))
    expect(names()).toEqual([WEB])
    expect(JSON.parse(readFileSync(join(directory, 'web.json'), 'utf8'))).toMatchObject({ services: [WEB] })
  })

  it('reports the set that a service belongs to', async () => {
    await apply(state([MAIL, A]), set('mail'))
    const error = await failure(apply(state([MAIL, B]), set('web')))
    expect(error).toBeInstanceOf(OwnershipError)
    expect(error?.message).toContain(`${MAIL} belongs to the set mail (${directory}/mail.json)`)
    expect(services()).toEqual(state([MAIL, A]).services)
  })

  it('takes over a service without a set only with `adopt`', async () => {
    table = ModelTable.of(state([WEB, A]))
    const error = await failure(apply(state([WEB, B]), set('web')))
    expect(error?.message).toContain(`${WEB} was not created by the set web`)
    await apply(state([WEB, B]), set('web', true))
    expect(services()).toEqual(state([WEB, B]).services)
    await apply({ services: [] }, set('web'))
    expect(names()).toEqual([])
  })

  it('accepts a foreign service that is already as desired', async () => {
    table = ModelTable.of(state([WEB, A]))
    await apply(state([WEB, A]), set('web'))
    expect(table.log).toEqual([])
  })

  it('keeps the records of its services if the process is killed between any two commands', async () => {
    const [before, after] = [state([WEB, A, B], [MAIL, A]), state([WEB, B, C])]
    for (let last = 0; last < 8; last++) {
      rmSync(directory, { recursive: true, force: true })
      table = new ModelTable()
      await apply(before, set('web'))
      const length = table.log.length
      table.before = () => {
        if (table.log.length - length >= last) throw new Killed()
      }
      await failure(apply(after, set('web')))
      table.before = () => {}
      table = ModelTable.of(toDesiredState(table.current))
      await apply(after, set('web'))
      expect(services()).toEqual(after.services)
      await apply({ services: [] }, set('web'))
      expect(names()).toEqual([])
    }
  })

  it('fails the steps on a service that another process creates first', async () => {
    table.before = (command) => {
      if (command.command !== 'addService') return
      table.before = () => {}
      table.take({ ...command, service: { ...command.service, scheduler: 'rr' } })
    }
    const error = await failure(apply(state([WEB, A], [MAIL, A]), set('web')))
    expect(error).toBeInstanceOf(ApplyError)
    const failed = error!.result.steps.filter(({ outcome }) => outcome === 'failed')
    expect(failed).toEqual([
      {
        step: expect.objectContaining({ text: `add service ${WEB} (wlc)` }),
        outcome: 'failed',
        error: expect.any(OwnershipError),
      },
    ])
    expect(names()).toEqual([MAIL, WEB])
    expect(services()?.[1]).toMatchObject({ scheduler: 'rr' })
  })

  it('leaves no temporary file behind, and reports a broken file by its path', async () => {
    await apply(state([WEB, A]), set('web'))
    expect(readdirSync(directory)).toEqual(['web.json'])
    writeFileSync(join(directory, 'web.json'), '{"version":1,"serv')
    const error = await failure(apply(state([WEB, A]), set('web')))
    expect(error?.message).toMatch(/web\.json is not a valid file of a named set: restore it/)
  })
})

class Killed extends Error {}

describe('a concurrent change', () => {
  it.each<[string, DesiredState, DesiredState, (table: ModelTable) => void]>([
    [
      'a destination is there already',
      state([WEB, A]),
      state([WEB, A, B]),
      (t) => t.take({ command: 'addDestination', service: WEB, destination: { ...B, weight: 9 } }),
    ],
    [
      'a destination is gone that was to be changed',
      state([WEB, A, B]),
      state([WEB, A, { ...B, weight: 7 }]),
      (t) => t.take({ command: 'removeDestination', service: WEB, destination: B }),
    ],
    [
      'a service is gone',
      state([WEB, A]),
      state([WEB, A, B]),
      (t) => t.take({ command: 'removeService', service: WEB }),
    ],
    [
      'a service is there already',
      state([MAIL, A]),
      state([MAIL, A], [WEB, A]),
      (t) =>
        t.take({
          command: 'addService',
          service: { protocol: 'tcp', address: '192.0.2.1', port: 80, scheduler: 'rr' },
        }),
    ],
    [
      'what was to be removed is gone',
      state([WEB, A], [MAIL, A]),
      state([WEB, A]),
      (t) => t.take({ command: 'removeService', service: MAIL }),
    ],
  ])('(%s) makes it read the table again and reach the desired state', async (_, from, to, meddle) => {
    table = ModelTable.of(from)
    table.before = () => {
      table.before = () => {}
      meddle(table)
    }
    const result = await apply(to, ownsAll)
    expect(result.rounds).toBe(2)
    expect(result.steps.map(({ outcome }) => outcome)).not.toContain('failed')
    expect(new Set(services())).toEqual(new Set(to.services))
  })

  it('stops the call after five rounds if it never ends', async () => {
    table = ModelTable.of(state([WEB]))
    let turn = 0
    table.before = () => {
      // Always just before: it adds and removes the service alternately.
      const isThere = table.current.services[0]!.destinations.length > 0
      const [add, destination] = [turn++ % 2 === 0, { ...A, weight: 2 }]
      if (add && !isThere) table.take({ command: 'addDestination', service: WEB, destination })
      if (!add && isThere) table.take({ command: 'removeDestination', service: WEB, destination })
    }
    const error = await failure(apply(state([WEB, A]), ownsAll))
    expect(error).toBeInstanceOf(ApplyError)
    expect(error?.result.rounds).toBeLessThanOrEqual(5)
  })
})

describe('a step that the kernel rejects', () => {
  const REFUSED = { ...A, address: '255.255.255.255' }

  it('does not stop independent steps, and every step has an outcome', async () => {
    table = ModelTable.of(state([WEB, A, B]))
    const error = await failure(apply(state([WEB, A, REFUSED, C], [MAIL, B]), ownsAll))
    expect(error?.message).toMatch(
      /^1 of 5 steps failed; the first is to add 255\.255\.255\.255:80 to tcp:.*EINVAL/,
    )
    expect(outcomes(error!.result)).toEqual({
      [`add 255.255.255.255:80 to ${WEB} (dr, weight 1)`]: 'failed',
      [`add ${C.address}:80 to ${WEB} (dr, weight 1)`]: 'done',
      [`add service ${MAIL} (wlc)`]: 'done',
      [`add ${B.address}:25 to ${MAIL} (dr, weight 1)`]: 'done',
      [`remove ${B.address}:80 from ${WEB}`]: 'done',
    })
    expect(error?.result.rounds).toBe(1)
  })

  it('does not cost a service its last destination', async () => {
    table = ModelTable.of(state([WEB, A]))
    const error = await failure(apply(state([WEB, REFUSED]), ownsAll))
    expect(outcomes(error!.result)).toEqual({
      [`add 255.255.255.255:80 to ${WEB} (dr, weight 1)`]: 'failed',
      [`remove ${A.address}:80 from ${WEB}`]: 'not-attempted',
    })
    expect(services()).toEqual(state([WEB, A]).services)
  })

  it('is not attempted again, nor are steps on a service that could not be added', async () => {
    table.missing.add('nosuch')
    const document = {
      services: [{ service: WEB, scheduler: 'nosuch', destinations: [A] }, ...state([MAIL, A]).services!],
    }
    const error = await failure(apply(document, ownsAll))
    expect(outcomes(error!.result)).toEqual({
      [`add service ${WEB} (nosuch)`]: 'failed',
      [`add ${A.address}:80 to ${WEB} (dr, weight 1)`]: 'not-attempted',
      [`add service ${MAIL} (wlc)`]: 'done',
      [`add ${A.address}:25 to ${MAIL} (dr, weight 1)`]: 'done',
    })
    expect(error?.result.rounds).toBe(1)
  })
})

describe('the options', () => {
  it('keep the weights of existing destinations with `weights: keep`', async () => {
    table = ModelTable.of(state([WEB, { ...A, weight: 0 }]))
    await apply(
      {
        services: [
          {
            service: WEB,
            scheduler: 'wlc',
            destinations: [
              { ...A, weight: 5, upperThreshold: 9 },
              { ...B, weight: 4 },
            ],
          },
        ],
      },
      { ...ownsAll, weights: 'keep' },
    )
    expect(services()?.[0]?.destinations).toEqual([
      { ...A, weight: 0, upperThreshold: 9 },
      { ...B, weight: 4 },
    ])
  })

  it('restrict the kinds of steps; others are listed as skipped', async () => {
    table = ModelTable.of(state([WEB, A]))
    const result = await apply(state([WEB, { ...A, weight: 3 }, B], [MAIL, A]), {
      ...ownsAll,
      allow: ['updateDestination'],
    })
    expect(result.steps.map(({ step }) => step.kind)).toEqual(['updateDestination'])
    expect(result.skipped.map(({ step, reason }) => `${step.kind} ${reason}`)).toEqual([
      'addDestination not-allowed',
      'addService not-allowed',
      'addDestination not-allowed',
    ])
  })

  it('do not cost a service its last destination if nothing may be added', async () => {
    table = ModelTable.of(state([WEB, A]))
    const result = await apply(state([WEB, B]), { ...ownsAll, allow: ['removeDestination'] })
    expect(result.steps).toEqual([])
    expect(result.skipped.map(({ reason }) => reason)).toEqual(['not-allowed', 'last-destination'])
  })

  it.each<[object, string]>([
    [{ own: true }, 'unknown field `own` in options; expected one of owns, set,'],
    [{ owns: true }, 'owns must be a function'],
    [{ owns: () => true, set: { name: 'a', directory: '/' } }, 'set must be omitted with `owns`'],
    [{ weights: 'both' }, "weights must be 'set' or 'keep'"],
    [{ allow: ['flush'] }, 'allow must be a list of kinds of step'],
    [{ removal: 'later' }, "removal must be 'now' or { drain: seconds }"],
    [{ removal: { drain: -1 } }, 'removal.drain must be a number of seconds'],
    [{ removal: { drain: 1, count: 'none' } }, 'removal.count must be'],
    [{ interval: 0 }, 'interval must be a number of seconds above 0'],
    [{ wait: 1 }, 'wait must be true or false'],
  ])('are rejected if invalid: %j', (options, message) => {
    expect(() => checkOptions(options as ApplyOptions)).toThrow(message)
  })

  it.each<[object, string]>([
    [{ name: '../x', directory: '/tmp' }, 'set.name must be a name of letters'],
    [{ name: 'x', directory: '' }, 'set.directory must be the path'],
    [{ name: 'x', directory: '/tmp', adopt: 'yes' }, 'set.adopt must be true or false'],
    [{ name: 'x', directory: '/tmp', file: 'y' }, 'unknown field `file` in set; expected one of '],
  ])('of a set are rejected if invalid: %j', async (given, message) => {
    const error = await failure(apply({ services: [] }, { set: given as never }))
    expect(error?.message).toContain(message)
  })
})
