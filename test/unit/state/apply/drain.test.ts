import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { applyState } from '../../../../src/state/apply/apply.ts'
import type { ApplyResult } from '../../../../src/state/apply/apply-result.ts'
import { toDesiredState } from '../../../../src/state/document/format-state.ts'
import { resolveDesiredState } from '../../../../src/state/document/resolve-desired-state.ts'
import { Ipvs } from '../../../../src/state/ipvs.ts'
import type { DesiredService, DesiredState } from '../../../../src/state/model/desired-state.ts'
import { type ApplyOptions, checkOptions } from '../../../../src/state/plan/options.ts'
import { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'
import { ModelTable } from '../../../support/state/model-table.ts'

const WEB = 'tcp://192.0.2.1:80'
const DNS = 'udp://192.0.2.1:53'
const A = { address: '198.51.100.1', forwarding: 'dr', weight: 2 } as const
const B = { address: '198.51.100.2', forwarding: 'dr', weight: 3 } as const
const [AT_A, AT_B] = [`${A.address}:80`, `${B.address}:80`]
/** A distant deadline, and frequent checks. */
const DRAIN = { owns: () => true, removal: { drain: 3600 }, interval: 0.001 } as const

let table: ModelTable

beforeEach(() => {
  table = ModelTable.of(both(WEB))
})

function both(service: string): DesiredState {
  return { services: [of(service, A, B)] }
}

function of(service: string, ...destinations: NonNullable<DesiredService['destinations']>): DesiredService {
  return { service, scheduler: 'wlc', destinations }
}

function apply(desired: DesiredState, options: ApplyOptions = DRAIN): Promise<ApplyResult> {
  return applyState(table.context, resolveDesiredState(desired), checkOptions(options))
}

const outcomes = ({ steps }: ApplyResult) => steps.map(({ step, outcome }) => `${step.kind} ${outcome}`)
const weights = (service = WEB) => {
  const found = toDesiredState(table.current).services?.find((each) => each.service === service)
  return Object.fromEntries(found?.destinations?.map(({ address, weight }) => [address, weight]) ?? [])
}
const onlyA = { services: [of(WEB, A)] }

describe('a drain of a persistent service', () => {
  it.each([
    ['0', /^tcp:\/\/192.0.2.1:80 is persistent: .* Set net.ipv4.vs.expire_quiescent_template to 1/],
    ['1', undefined],
    ['', undefined],
  ])('warns if the sysctl, %j, keeps known clients at the draining destination', async (value, warning) => {
    const kernel = new SimulatedKernel()
    const path = '/proc/sys/net/ipv4/vs/expire_quiescent_template'
    if (value === '') kernel.files.delete(path)
    else kernel.files.set(path, `${value}\n`)
    await using ipvs = await Ipvs.open({ transport: kernel.connect() })
    const persistent = (desired: DesiredState) => ({
      services: desired.services?.map((service) => ({ ...service, persistence: { timeout: 60 } })),
    })
    expect((await ipvs.apply(persistent(both(WEB)))).warnings).toEqual([])
    const { warnings } = await ipvs.apply(persistent(onlyA), { ...DRAIN, wait: false })
    expect(warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)])
  })
})

/** A system time and a monotonic clock that stand still until a test advances them. */
function stopClocks(): void {
  vi.useFakeTimers({ toFake: ['Date', 'hrtime'] })
  onTestFinished(() => void vi.useRealTimers())
}

describe('a draining destination', () => {
  it('loses its weight, and is removed when its connections have ended', async () => {
    table.setConnections(WEB, AT_B, 2)
    table.onLook = (look) => {
      expect(weights()).toEqual({ [A.address]: 2, [B.address]: 0 })
      if (look === 5) table.setConnections(WEB, AT_B, 0, 7)
    }
    const result = await apply(onlyA)
    expect(outcomes(result)).toEqual(['drainDestination done', 'removeDestination done'])
    expect(result.draining).toEqual([])
    expect(weights()).toEqual({ [A.address]: 2 })
  })

  it('is read once more even if it has no connection when it loses its weight', async () => {
    let looks = 0
    table.onLook = (look) => {
      looks = look
      if (look === 1) table.setConnections(WEB, AT_B, 1)
      if (look === 3) table.setConnections(WEB, AT_B, 0)
    }
    await apply(onlyA)
    expect(looks).toBe(3)
  })

  it('is removed with its connections at the deadline', async () => {
    table.setConnections(WEB, AT_B, 1)
    const started = Date.now()
    const result = await apply(onlyA, { ...DRAIN, removal: { drain: 0.05 } })
    expect(outcomes(result)).toEqual(['drainDestination done', 'removeDestination done'])
    expect(Date.now() - started).toBeGreaterThanOrEqual(49)
  })

  it.each([
    ['forward', 2 * 3600],
    ['back', -2 * 3600],
  ])('keeps its deadline when the system time is set %s', async (_, seconds) => {
    stopClocks()
    table.setConnections(WEB, AT_B, 1)
    let looks = 0
    table.onLook = (look) => {
      looks = look
      if (look === 2) vi.setSystemTime(Date.now() + seconds * 1000)
      else if (look === 6) vi.advanceTimersByTime(60_000)
    }
    const result = await apply(onlyA, { ...DRAIN, removal: { drain: 60 } })
    expect(outcomes(result)).toEqual(['drainDestination done', 'removeDestination done'])
    expect(looks).toBe(6)
  })

  it('waits for connections that are being closed with `count: all`', async () => {
    table.setConnections(WEB, AT_B, 0, 1)
    let looks = 0
    table.onLook = (look) => {
      looks = look
      if (look === 4) table.setConnections(WEB, AT_B, 0, 0)
    }
    await apply(onlyA, { ...DRAIN, removal: { drain: 3600, count: 'all' } })
    expect(looks).toBe(4)
  })

  it('of a UDP service is removed at once unless `udp` is `drain`', async () => {
    table = ModelTable.of(both(DNS))
    table.setConnections(DNS, `${B.address}:53`, 0, 9)
    const dropped = { services: [of(DNS, A)] }
    expect(outcomes(await apply(dropped))).toEqual(['removeDestination done'])

    table = ModelTable.of(both(DNS))
    table.setConnections(DNS, `${B.address}:53`, 0, 9)
    const careful = { ...DRAIN, wait: false, removal: { drain: 3600, count: 'all', udp: 'drain' } } as const
    const result = await apply(dropped, careful)
    expect(outcomes(result)).toEqual(['drainDestination done'])
    expect(result.draining).toMatchObject([{ service: DNS, destination: `${B.address}:53`, connections: 9 }])
  })

  it('stays if another process gives it a weight', async () => {
    table.setConnections(WEB, AT_B, 1)
    table.onLook = (look) => {
      if (look !== 2) return
      table.setConnections(WEB, AT_B, 0)
      const destination = { address: B.address, weight: 9 }
      table.take({ command: 'updateDestination', service: WEB, destination })
    }
    expect(outcomes(await apply(onlyA))).toEqual(['drainDestination done', 'removeDestination reverted'])
    expect(weights()).toEqual({ [A.address]: 2, [B.address]: 9 })
  })

  it('stays if a newer document contains it, even without weight', async () => {
    table.setConnections(WEB, AT_B, 1)
    let newer: Promise<ApplyResult> | undefined
    table.onLook = (look) => {
      if (look === 2) newer = apply({ services: [of(WEB, A, { ...B, weight: 0 })] })
      if (look === 3) table.setConnections(WEB, AT_B, 0)
    }
    const older = await apply(onlyA)
    await newer
    expect(outcomes(older)).toEqual(['drainDestination done', 'removeDestination reverted'])
    expect(weights()).toEqual({ [A.address]: 2, [B.address]: 0 })
  })

  it('may be removed by another process', async () => {
    table.setConnections(WEB, AT_B, 1)
    table.onLook = (look) => {
      if (look === 2) table.take({ command: 'removeDestination', service: WEB, destination: B })
    }
    expect(outcomes(await apply(onlyA))).toEqual(['drainDestination done'])
  })

  it('keeps weight 0 if the call is aborted', async () => {
    table.setConnections(WEB, AT_B, 1)
    const stop = new AbortController()
    table.onLook = (look) => look === 3 && stop.abort(new Error('enough'))
    await expect(apply(onlyA, { ...DRAIN, signal: stop.signal })).rejects.toThrow('enough')
    expect(weights()).toEqual({ [A.address]: 2, [B.address]: 0 })
  })

  it('is removed at once by a plan that does not drain', async () => {
    table.setConnections(WEB, AT_B, 1)
    expect(outcomes(await apply(onlyA, { owns: () => true }))).toEqual(['removeDestination done'])
  })
})

describe('a service that is removed by draining', () => {
  it('is removed when all its destinations have drained', async () => {
    table.setConnections(WEB, AT_A, 1)
    table.setConnections(WEB, AT_B, 1)
    table.onLook = (look) => {
      expect(weights()).toEqual({ [A.address]: 0, [B.address]: 0 })
      if (look === 2) table.setConnections(WEB, AT_A, 0)
      if (look === 4) table.setConnections(WEB, AT_B, 0)
    }
    const result = await apply({ services: [] })
    expect(outcomes(result)).toEqual(['drainDestination done', 'drainDestination done', 'removeService done'])
    expect(table.current.services).toEqual([])
  })

  it('stays if one of them is given a weight', async () => {
    table.setConnections(WEB, AT_A, 1)
    table.onLook = (look) => {
      if (look !== 2) return
      table.take({
        command: 'updateDestination',
        service: WEB,
        destination: { address: B.address, weight: 1 },
      })
      table.setConnections(WEB, AT_A, 0)
    }
    const result = await apply({ services: [] })
    expect(outcomes(result).at(-1)).toBe('removeService reverted')
    expect(table.current.services).toHaveLength(1)
  })
})

describe('a plan that does not wait for drains', () => {
  const LATER = { ...DRAIN, wait: false } as const

  it('is continued by the next plan', async () => {
    table.setConnections(WEB, AT_B, 1)
    stopClocks()
    const first = await apply(onlyA, LATER)
    vi.advanceTimersByTime(10_000)
    expect(first.draining).toMatchObject([{ service: WEB, destination: AT_B, connections: 1 }])
    const second = await apply(onlyA, LATER)
    expect(outcomes(second)).toEqual([])
    expect(second.draining).toEqual(first.draining)
    table.setConnections(WEB, AT_B, 0)
    expect(outcomes(await apply(onlyA, LATER))).toEqual(['removeDestination done'])
  })

  it('restores the weight of a destination that is desired again', async () => {
    await apply(onlyA, LATER)
    expect(weights()).toEqual({ [A.address]: 2, [B.address]: 0 })
    await apply(both(WEB), LATER)
    expect(weights()).toEqual({ [A.address]: 2, [B.address]: 3 })
  })

  it('restores the weight even if other weights are kept', async () => {
    const keep = { ...LATER, weights: 'keep' } as const
    table.take({ command: 'updateDestination', service: WEB, destination: { address: A.address, weight: 0 } })
    await apply(onlyA, keep)
    await apply(both(WEB), keep)
    expect(weights()).toEqual({ [A.address]: 0, [B.address]: 3 })
  })

  it('is continued after a restart under a named set, with its deadline and weight', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'lvs-drain-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const { owns: _, ...drain } = LATER
    const set = { ...drain, weights: 'keep', set: { name: 'web', directory, adopt: true } } as const
    const restart = () => {
      const { services } = table.current
      const active =
        services[0]!.destinations.find(({ address }) => address === B.address)?.activeConnections ?? 0
      table = ModelTable.of(toDesiredState(table.current))
      if (active > 0) table.setConnections(WEB, AT_B, active)
    }
    table.setConnections(WEB, AT_B, 1)
    stopClocks()
    const first = await apply(onlyA, set)
    vi.advanceTimersByTime(10_000)
    restart()
    const second = await apply(onlyA, set)
    expect(second.draining).toEqual(first.draining)
    restart()
    await apply(both(WEB), set)
    expect(weights()).toEqual({ [A.address]: 2, [B.address]: 3 })
  })

  it('starts again after a reboot of the machine, whose deadlines are of another clock', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'lvs-drain-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const { owns: _, ...drain } = LATER
    const set = { ...drain, set: { name: 'web', directory, adopt: true } } as const
    stopClocks()
    table.setConnections(WEB, AT_B, 1)
    await apply(onlyA, set)
    const path = join(directory, 'web.json')
    const file = JSON.parse(readFileSync(path, 'utf8'))
    expect(file.boot).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
    writeFileSync(path, JSON.stringify({ ...file, boot: 'another' }))
    vi.advanceTimersByTime(10_000)
    const { draining } = await apply(onlyA, set)
    expect(draining).toMatchObject([{ deadline: Date.now() + 3600 * 1000 }])
  })
})
