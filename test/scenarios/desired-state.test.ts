import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ApplyOptions, DesiredState, StepKind } from '../../src/index.ts'
import { Crowd, type Failure } from './crowd.ts'
import type { Machine } from './machine.ts'
import { layOut } from './topology.ts'

/** Seconds that each test lasts: long enough to be sure where it matters, short enough to be run often. */
const SECONDS = Number(process.env['LVS_TRAFFIC_SECONDS'] ?? 8)
const CLIENTS = 200
const VIP = '192.0.2.50'
const SURFERS = ['192.0.2.91', '192.0.2.92', '192.0.2.93', '192.0.2.94']
const SERVERS = { first: '192.0.2.11', second: '192.0.2.12', third: '192.0.2.13', fourth: '192.0.2.14' }
const WEB = `tcp://${VIP}:80`
/** Those that hash would turn clients away whose destination has no weight, without their flag. */
const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'sh', 'mh'] as const

describe('under traffic, a table that becomes another again and again', () => {
  it('fails no request of 200 clients when destinations are drained', async () => {
    const { director, crowd, report, kinds } = await underTraffic({ removal: { drain: 120 }, wait: false })
    expect(crowd.failures).toEqual([])
    expectWork(report, kinds, ['drainDestination'])
    expect(await director.ipvs.services()).toHaveLength(1)
  })

  it('fails none when destinations are removed at once, but those of a destination that was', async () => {
    const { crowd, report, kinds, removed, failed } = await underTraffic({ removal: 'now' })
    const unexplained = crowd.failures.filter((failure) => {
      const address = failed.get(failure)
      return !removed.some((removal) => removal.address === address && removal.at >= failure.since)
    })
    expect(unexplained).toEqual([])
    expectWork(report, kinds, [])
  })
})

interface Report {
  readonly requests: number
  readonly servers: Readonly<Record<string, number>>
}

/** That there was traffic everywhere, and changes of all kinds. */
function expectWork({ requests, servers }: Report, kinds: ReadonlySet<StepKind>, more: StepKind[]): void {
  expect(requests).toBeGreaterThan(CLIENTS * SECONDS)
  expect(Object.keys(servers).sort()).toEqual(Object.keys(SERVERS).sort())
  expect([...kinds]).toEqual(
    expect.arrayContaining([
      'updateService',
      'addDestination',
      'updateDestination',
      'removeDestination',
      ...more,
    ]),
  )
}

/** Applies one document after another while a crowd asks. */
async function underTraffic(options: ApplyOptions) {
  const { surfer, director, ...machines } = await makeCluster()
  const removed: { readonly address: string; readonly at: number }[] = []
  const failed = new Map<Failure, string | undefined>()
  const lookups: Promise<void>[] = []
  const apply = async (desired: DesiredState) => {
    const { steps } = await director.ipvs.apply(desired, { owns: () => true, ...options })
    for (const { step } of steps) {
      kinds.add(step.kind)
      if (step.command.command !== 'removeDestination') continue
      removed.push({ address: step.command.destination.address, at: Date.now() })
    }
  }
  const kinds = new Set<StepKind>()
  await apply(documentWith('rr', Object.values(SERVERS)))
  const crowd = await Crowd.start(surfer, CLIENTS, { address: VIP, port: 80 }, SURFERS, (failure) => {
    const find = async () => void failed.set(failure, await destinationOf(director, machines, failure))
    lookups.push(find())
  })
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end; ) {
    await pause(Math.random() * 200)
    await apply(anyDocument())
  }
  await apply(documentWith('rr', Object.values(SERVERS)))
  const report = await crowd.stop()
  await Promise.all(lookups)
  return { director, crowd, report, kinds, removed, failed }
}

/** Where a connection went: who had answered it, or what the director knows of it. */
async function destinationOf(
  { ipvs }: Machine,
  machines: Readonly<Record<string, unknown>>,
  { server, from, port }: Failure,
): Promise<string | undefined> {
  if (server !== undefined && server in machines) return SERVERS[server as keyof typeof SERVERS]
  for await (const { client, destination } of ipvs.connections()) {
    if (client.address === from && client.port === port) return destination.address
  }
  return undefined
}

const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!

/** Some of the servers, at least one of them with a weight. */
function anyDocument(): DesiredState {
  const sure = any(Object.values(SERVERS))
  const others = Object.values(SERVERS).filter((address) => address !== sure && Math.random() < 0.6)
  return documentWith(any(SCHEDULERS), [sure, ...others], () => any([0, 1, 2, 5]))
}

function documentWith(
  scheduler: (typeof SCHEDULERS)[number],
  [sure, ...others]: readonly string[],
  weight: () => number = () => 1,
): DesiredState {
  const hashing = scheduler === 'sh' || scheduler === 'mh'
  return {
    defaults: { destination: { forwarding: 'dr' } },
    services: [
      {
        service: WEB,
        scheduler,
        schedulerFlags: hashing ? [`${scheduler}-fallback`] : [],
        destinations: [
          { address: sure!, weight: 1 + weight() },
          ...others.map((address) => ({ address, weight: weight() })),
        ],
      },
    ],
  }
}

async function makeCluster() {
  const lan = (address: string) => ({ networks: { lan: `${address}/24` } })
  const machines = await layOut({
    surfer: { networks: { lan: SURFERS.map((address) => `${address}/24`) } },
    director: lan('192.0.2.10'),
    first: lan(SERVERS.first),
    second: lan(SERVERS.second),
    third: lan(SERVERS.third),
    fourth: lan(SERVERS.fourth),
  })
  for (const name of Object.keys(SERVERS) as (keyof typeof SERVERS)[]) {
    await machines[name].startScript('line-server.mjs', name, '80')
    await machines[name].asRealServer({ vips: [VIP], method: 'dr' })
  }
  await machines.director.asDirector({ vips: [{ address: `${VIP}/24`, interface: 'eth0' }], methods: ['dr'] })
  return machines
}
