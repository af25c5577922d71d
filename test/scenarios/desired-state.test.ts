import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ApplyOptions, DesiredState, StepKind } from '../../src/index.ts'
import { Crowd, type Failure } from '../support/scenarios/crowd.ts'
import { makeTopology } from '../support/scenarios/topology.ts'

/** Seconds that each test lasts. A full run takes longer to be certain, a frequent run is short. */
const SECONDS = Number(process.env['LVS_TRAFFIC_SECONDS'] ?? 8)
const CLIENTS = 200
const VIP = '192.0.2.50'
const CLIENT_ADDRESSES = ['192.0.2.91', '192.0.2.92', '192.0.2.93', '192.0.2.94']
const SERVERS = { first: '192.0.2.11', second: '192.0.2.12', third: '192.0.2.13', fourth: '192.0.2.14' }
const WEB = `tcp://${VIP}:80`
/** Without their fallback flag, hashing schedulers refuse clients whose destination has weight 0. */
const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'sh', 'mh'] as const

/** The kinds of steps that a test must take often enough. */
const WORK: readonly StepKind[] = [
  'updateService',
  'addDestination',
  'updateDestination',
  'removeDestination',
]

describe('a table that alternates between two documents under traffic', () => {
  it('fails no request of 200 clients when destinations are drained', async () => {
    const { director, crowd, report, kinds } = await underTraffic({ removal: { drain: 120 }, wait: false })
    expect(crowd.failures).toEqual([])
    expectWork(report, kinds, ['drainDestination'])
    expect(await director.ipvs.services()).toHaveLength(1)
  })

  it('fails only requests to a destination that is removed at once, without draining', async () => {
    const { crowd, report, kinds, removals } = await underTraffic({ removal: 'now' })
    expect(crowd.failures.filter((failure) => !isExplained(failure, removals))).toEqual([])
    expect(crowd.failures.length).toBeGreaterThan(0)
    expectWork(report, kinds, [])
  })
})

/** The time at which a destination was removed. */
interface Removal {
  readonly address: string
  readonly begin: number
  readonly end: number
}

interface Report {
  readonly requests: number
  readonly servers: Readonly<Record<string, number>>
}

/** Checks that every server had traffic, and that changes of all kinds were made. */
function expectWork({ requests, servers }: Report, kinds: ReadonlySet<StepKind>, more: StepKind[]): void {
  expect(requests).toBeGreaterThan(CLIENTS)
  expect(Object.keys(servers).sort()).toEqual(Object.keys(SERVERS).sort())
  expect([...kinds]).toEqual(expect.arrayContaining([...WORK, ...more]))
}

/** Applies one document after another while a crowd sends requests. */
async function underTraffic(options: ApplyOptions) {
  const { surfer, director } = await makeCluster()
  // A client whose destination was removed gets an error at once instead of waiting for an answer.
  await director.host.sysctls.set('net.ipv4.vs.expire_nodest_conn', 1)
  const removals: Removal[] = []
  const apply = async (desired: DesiredState) => {
    const begin = Date.now()
    const { steps, draining } = await director.ipvs.apply(desired, { owns: () => true, ...options })
    for (const { step } of steps) {
      kinds.add(step.kind)
      if (step.command.command !== 'removeDestination') continue
      removals.push({ address: step.command.destination.address, begin, end: Date.now() })
    }
    return draining.length === 0
  }
  const kinds = new Set<StepKind>()
  await apply(documentWith('rr', Object.values(SERVERS)))
  const crowd = await Crowd.start(surfer, CLIENTS, { address: VIP, port: 80 }, CLIENT_ADDRESSES)
  let isGone = false
  let away = 0
  for (
    const end = Date.now() + SECONDS * 1000;
    Date.now() < end || !WORK.every((kind) => kinds.has(kind));
  ) {
    await pause(Math.random() * 200)
    // One server after another is absent, for the time that its removal takes and a while longer.
    if (isGone && Math.random() < 0.3) away++
    isGone = await apply(anyDocument(Object.values(SERVERS)[away % 4]!))
  }
  await apply(documentWith('rr', Object.values(SERVERS)))
  const report = await crowd.stop()
  return { director, crowd, report, kinds, removals }
}

/**
 * Whether a connection was cut off because its destination was removed: the server that had answered, or any server if none had
 * answered yet.
 */
function isExplained({ code, server, since, at }: Failure, removals: readonly Removal[]): boolean {
  const address = SERVERS[server as keyof typeof SERVERS]
  if (address === undefined && code === 'ECONNREFUSED') return false
  return removals.some(
    (removal) =>
      removal.end >= since && removal.begin <= at && (address === undefined || removal.address === address),
  )
}

const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!

/** All servers but one, at least one of them with a weight. */
function anyDocument(away: string): DesiredState {
  const rest = Object.values(SERVERS).filter((address) => address !== away)
  const sure = any(rest)
  const others = rest.filter((address) => address !== sure)
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
  const machines = await makeTopology({
    surfer: { networks: { lan: CLIENT_ADDRESSES.map((address) => `${address}/24`) } },
    director: lan('192.0.2.10'),
    first: lan(SERVERS.first),
    second: lan(SERVERS.second),
    third: lan(SERVERS.third),
    fourth: lan(SERVERS.fourth),
  })
  for (const name of Object.keys(SERVERS) as (keyof typeof SERVERS)[]) {
    await machines[name].startScript('line-server.mjs', name, '80')
    await machines[name].asRealServer({ vips: [VIP], forwarding: 'dr' })
  }
  await machines.director.asDirector({
    vips: [{ address: `${VIP}/24`, interface: 'eth0' }],
    forwarding: ['dr'],
  })
  return machines
}
