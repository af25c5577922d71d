/**
 * Each thing that a doctor finds, in a healthy cluster in which just that is broken: it is found, by every way of mending that
 * the finding has it goes away, and nothing else comes in its place.
 */

import { describe, expect, it } from 'vitest'
import { doctor } from '../../../src/host/doctor/doctor.ts'
import { FINDINGS, type Finding, type FindingId } from '../../../src/host/doctor/model/finding.ts'
import { readFacts } from '../../../src/host/facts/facts-reader.ts'
import type { Case } from '../../support/kernel/host/doctor-case.ts'
import { CASES } from '../../support/kernel/host/doctor-cases.ts'
import {
  type Cluster,
  drCluster,
  natCluster,
  oneArmedCluster,
  pair,
  tunCluster,
  VIP,
} from '../../support/kernel/host/doctor-clusters.ts'
import { canUnloadModules } from '../../support/kernel/kernel.ts'
import { waitUntil } from '../../support/kernel/until.ts'
import type { Machine } from '../../support/scenarios/machine.ts'

type Way = (finding: Finding, machine: Machine) => Promise<unknown>

/** A text that can stand where the guide says that `host` and `ipvs` are in scope. */
const AsyncFunction = (async () => {}).constructor as new (
  ...words: string[]
) => (...values: unknown[]) => Promise<void>

const WAYS: Readonly<Record<string, Way>> = {
  'its run()': ({ fix }) => fix.run!(),
  'its call': ({ fix }, { host, ipvs }) => new AsyncFunction('host', 'ipvs', fix.call)(host, ipvs),
  'its line for the shell': ({ fix }, machine) => machine.run('sh', '-ec', fix.shell),
}

const ids = (findings: readonly Finding[]) => findings.map(({ id }) => id)

async function examine({ examined = 'director', options }: Case, cluster: Cluster): Promise<Finding[]> {
  return await doctor(cluster[examined].host, await options?.(cluster))
}

/** The machine that a finding is about. */
function named(cluster: Cluster, name: string): Machine {
  return Object.values(cluster).find(({ netns }) => netns.endsWith(`/${name}`))!
}

async function breakAndMend(id: FindingId, disease: Case, cluster: Cluster, how: string): Promise<void> {
  const look = () => examine(disease, cluster)
  expect(ids(await look()), `before: ${disease.title}`).toEqual([])

  await disease.break(cluster)
  const [finding, ...others] = await waitUntil(look, (findings) => findings.length > 0)
  expect([finding?.id, ...ids(others)], disease.title).toEqual([id])

  await disease.before?.()
  // Where somebody has to decide, or it is another host's business, the call is made by hand.
  const way = how === 'its run()' && finding!.fix.run === undefined ? 'its call' : how
  await WAYS[way]!(finding!, named(cluster, finding!.host))
  expect(ids(await look()), `after ${how}: ${disease.title}`).toEqual([])
  await disease.restore?.(cluster)
}

describe('a doctor', () => {
  it.each([
    ['by dr', drCluster, {}, { vips: [VIP] }],
    ['by nat', natCluster, {}, { forwarding: 'nat', director: '192.168.5.10' }],
    ['by nat on one network', oneArmedCluster, {}, { director: '192.168.4.10' }],
    ['by tun', tunCluster, {}, { vips: [VIP] }],
    ['of two nodes, one active and one at rest', pair, { role: 'both' }, { role: 'both' }],
  ] as const)(
    'finds nothing wrong with a healthy cluster %s',
    async (_, makeCluster, asDirector, asServer) => {
      const { director, first } = await makeCluster()
      expect(await doctor(director.host, asDirector)).toEqual([])
      expect(await doctor(first.host, asServer)).toEqual([])
      const peers = [await readFacts(first.host)]
      expect(await doctor(director.host, { ...asDirector, peers })).toEqual([])
    },
  )

  it('can be asked for everything that it knows: each finding is provoked below', () => {
    expect(Object.keys(CASES).toSorted()).toEqual(Object.keys(FINDINGS).toSorted())
    expect(Object.values(CASES).filter((cases) => cases.length === 0)).toEqual([])
  })
})

describe('what a doctor finds goes away by the means that the finding has', () => {
  it.each(Object.entries(CASES) as [FindingId, readonly Case[]][])('%s', async (id, cases) => {
    const clusters = new Map<Case['cluster'], Cluster>()
    for (const [index, disease] of cases.entries()) {
      if (disease.labOnly && !canUnloadModules) continue
      const make = disease.cluster
      // The first is mended in every way, those that differ from it only in what is wrong in the first way.
      for (const how of Object.keys(WAYS).slice(0, index === 0 ? undefined : 1)) {
        const cluster = (disease.fresh ? undefined : clusters.get(make)) ?? (await make())
        clusters.set(make, cluster)
        await breakAndMend(id, disease, cluster, how)
      }
    }
  })
})
