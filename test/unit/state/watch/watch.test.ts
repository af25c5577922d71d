import { describe, expect, it } from 'vitest'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import { SharedPoller } from '../../../../src/state/watch/shared-poller.ts'
import type { TableChange } from '../../../../src/state/watch/table-changes.ts'
import { type WatchOptions, watchTable } from '../../../../src/state/watch/watch.ts'
import { ModelTable } from '../../../support/state/model-table.ts'

const WEB = 'tcp://192.0.2.1:80'
const A = { address: '198.51.100.1', forwarding: 'dr', weight: 2 } as const
const B = { address: '198.51.100.2', forwarding: 'dr', weight: 3 } as const
const STATE: DesiredState = {
  services: [{ service: WEB, scheduler: 'wlc', destinations: [A, B] }],
  daemons: [{ role: 'master', interface: 'eth0' }],
}
const QUICK = { interval: 0.002 }

/** Watches until a number of changes has been reported. Returns each as a line. */
async function watch(table: ModelTable, count: number, options: WatchOptions = {}): Promise<string[]> {
  const lines: string[] = []
  for await (const change of watchTable(new SharedPoller(table), { ...QUICK, ...options })) {
    lines.push(line(change))
    if (lines.length === count) break
  }
  return lines
}

function line(change: TableChange): string {
  const subject = [
    'service' in change ? change.service : '',
    'destination' in change ? change.destination : '',
  ].join(' ')
  const settings =
    change.resource === 'rates'
      ? []
      : change.changes.map(({ setting, from, to }) => `${setting} ${String(from)} ${String(to)}`)
  return [change.resource, change.type, subject.trim(), ...settings].filter((part) => part !== '').join(' ')
}

/** Runs a function after the first read. */
function afterFirstReading(table: ModelTable, act: () => void): void {
  const services = table.services.bind(table)
  table.services = async () => {
    const found = await services()
    if (table.readings === 1) queueMicrotask(act)
    return found
  }
}

describe('Ipvs.watch()', () => {
  it('reports additions, removals and changes with old and new values', async () => {
    const table = ModelTable.of(STATE)
    afterFirstReading(table, () => {
      table.take({ command: 'updateService', service: WEB, changes: { scheduler: 'rr' } })
      table.take({ command: 'removeDestination', service: WEB, destination: A })
      table.take({
        command: 'updateDestination',
        service: WEB,
        destination: { address: B.address, weight: 7 },
      })
      table.take({ command: 'addDestination', service: WEB, destination: { ...A, address: '198.51.100.3' } })
      table.take({ command: 'addService', service: { fwmark: 7, scheduler: 'sh' } })
      table.take({ command: 'setTimeouts', changes: { udp: 9 } })
      table.take({ command: 'stopDaemon', role: 'master' })
    })
    expect(await watch(table, 7)).toEqual([
      `service changed ${WEB} scheduler wlc rr`,
      `destination added ${WEB} 198.51.100.3:80`,
      `destination changed ${WEB} ${B.address}:80 weight 3 7`,
      `destination removed ${WEB} ${A.address}:80`,
      'service added fwmark://7',
      'timeouts changed udp 300 9',
      'daemon removed',
    ])
  })

  it('reports existing entries as added first with `initial`', async () => {
    const lines = await watch(ModelTable.of(STATE), 2, { initial: true })
    expect(lines).toEqual([`service added ${WEB}`, 'daemon added'])
  })

  it('reports a restarted daemon as changed, and a removed service without its destinations', async () => {
    const table = ModelTable.of(STATE)
    afterFirstReading(table, () => {
      table.take({ command: 'removeService', service: WEB })
      table.take({ command: 'stopDaemon', role: 'master' })
      table.take({ command: 'startDaemon', daemon: { role: 'master', interface: 'eth1' } })
    })
    const [gone, daemon] = await watch(table, 2)
    expect(gone).toBe(`service removed ${WEB}`)
    expect(daemon).toMatch(/^daemon changed interface eth0 eth1/)
  })

  it('reports counters only with `rates`', async () => {
    const table = ModelTable.of(STATE)
    afterFirstReading(table, () => table.count(WEB, `${A.address}:80`, 5))
    expect(await watch(table, 2, { rates: true })).toEqual([
      `rates changed ${WEB}`,
      `rates changed ${WEB} ${A.address}:80`,
    ])
    const other = ModelTable.of(STATE)
    afterFirstReading(other, () => {
      other.count(WEB, `${A.address}:80`, 5)
      other.take({ command: 'setTimeouts', changes: { udp: 9 } })
    })
    expect(await watch(other, 1)).toEqual(['timeouts changed udp 300 9'])
  })

  it('shares one read among all watchers', async () => {
    const table = ModelTable.of(STATE)
    const poll = new SharedPoller(table)
    const stop = new AbortController()
    const options = { interval: 0.05, signal: stop.signal }
    const services = table.services.bind(table)
    table.services = async () => {
      const found = await services()
      // A new value each time, so that every later read shows a change.
      if (table.readings >= 3) table.take({ command: 'setTimeouts', changes: { udp: table.readings } })
      return found
    }
    const watchers = Array.from({ length: 20 }, async () => {
      for await (const _ of watchTable(poll, options)) stop.abort()
    })
    await Promise.allSettled(watchers)
    // Separate reads would be at least twenty at the start and twenty at each interval.
    expect(table.readings).toBeLessThan(10)
  })

  it('throws the reason of its signal, even while it waits', async () => {
    const stop = new AbortController()
    const table = ModelTable.of(STATE)
    afterFirstReading(table, () => setImmediate(() => stop.abort(new Error('enough'))))
    await expect(watch(table, 1, { interval: 3600, signal: stop.signal })).rejects.toThrow('enough')
  })

  it('fails if the table cannot be read', async () => {
    const table = ModelTable.of(STATE)
    afterFirstReading(table, () => {
      table.services = () => Promise.reject(new Error('closed'))
    })
    await expect(watch(table, 1)).rejects.toThrow('closed')
  })

  it.each([
    [{ interval: 0 }, 'interval must be a number of seconds above 0'],
    [{ rates: 1 }, 'rates must be true or false'],
    [{ intervall: 1 }, 'unknown field `intervall` in options; expected one of '],
  ])('rejects %j', (options, message) => {
    expect(() => watchTable(new SharedPoller(new ModelTable()), options as WatchOptions)).toThrow(message)
  })
})
