/**
 * Provokes each finding of the doctor in a healthy cluster. The doctor finds exactly that problem, and each form of its fix
 * removes it without causing another.
 */

import { describe, expect, it } from 'vitest'
import { doctor } from '../../../src/host/doctor/doctor.ts'
import { FINDINGS, type Finding, type FindingId } from '../../../src/host/doctor/model/finding.ts'
import { readFacts } from '../../../src/host/facts/facts-reader.ts'
import type { Case } from '../../support/kernel/host/doctor-case.ts'
import {
  type Cluster,
  drCluster,
  natCluster,
  oneArmedCluster,
  pair,
  tunCluster,
  VIP,
} from '../../support/kernel/host/doctor-clusters.ts'
import { HOST_CASES } from '../../support/kernel/host/doctor-host-cases.ts'
import { RULE_CASES } from '../../support/kernel/host/doctor-rule-cases.ts'
import { canUnloadModules } from '../../support/kernel/kernel.ts'
import { waitUntil } from '../../support/kernel/until.ts'
import type { Machine } from '../../support/scenarios/machine.ts'

/** Findings that no kernel of these tests can have: it has IPVS, and it is loaded. */
const UNIT_ONLY = ['ipvs-missing'] as const satisfies readonly FindingId[]
type UnitOnly = (typeof UNIT_ONLY)[number]

/** All cases by finding. */
const CASES: Readonly<Record<Exclude<FindingId, UnitOnly>, readonly Case[]>> = {
  ...HOST_CASES,
  ...RULE_CASES,
}

type ApplyFix = (finding: Finding, machine: Machine) => Promise<unknown>

/** Compiles the source of a call, with `host` and `ipvs` in scope. */
const AsyncFunction = (async () => {}).constructor as new (
  ...words: string[]
) => (...values: unknown[]) => Promise<void>

const FIX_FORMS: Readonly<Record<string, ApplyFix>> = {
  'its run()': ({ fix }) => fix.run!(),
  'its call': ({ fix }, { host, ipvs }) => new AsyncFunction('host', 'ipvs', fix.call)(host, ipvs),
  'its shell command': ({ fix }, machine) => machine.run('sh', '-ec', fix.shell),
}

const ids = (findings: readonly Finding[]) => findings.map(({ id }) => id)

async function examine({ examined = 'director', options }: Case, cluster: Cluster): Promise<Finding[]> {
  return await doctor(cluster[examined].host, await options?.(cluster))
}

/** The machine with a name. */
function machineOf(cluster: Cluster, name: string): Machine {
  return Object.values(cluster).find(({ netns }) => netns.endsWith(`/${name}`))!
}

async function breakAndFix(id: FindingId, problem: Case, cluster: Cluster, form: string): Promise<void> {
  const find = () => examine(problem, cluster)
  expect(ids(await find()), `before: ${problem.title}`).toEqual([])

  await problem.break(cluster)
  const [finding, ...others] = await waitUntil(find, (findings) => findings.length > 0)
  expect([finding?.id, ...ids(others)], problem.title).toEqual([id])

  await problem.before?.()
  // A fix that needs a decision, or is for another host, has no run().
  const possible = form === 'its run()' && finding!.fix.run === undefined ? 'its call' : form
  // The library has no call for a firewall, and says so in a comment.
  const available = finding!.fix.call.startsWith('//') ? 'its shell command' : possible
  await FIX_FORMS[available]!(finding!, machineOf(cluster, finding!.host))
  expect(ids(await find()), `after ${form}: ${problem.title}`).toEqual([])
  await problem.restore?.(cluster)
}

describe('the doctor', () => {
  it('finds no error on a director whose VIP is routed to it, and nothing if that is known', async () => {
    const { director } = await drCluster()
    await director.host.sysctls.set('net.ipv4.conf.all.arp_ignore', 1)
    await director.host.network.removeAddress({ address: `${VIP}/32`, interface: 'eth0' })
    await director.host.network.addAddress({ address: `${VIP}/32`, interface: 'lo' })
    for (const options of [{}, { role: 'director' }] as const) {
      const findings = await doctor(director.host, options)
      expect(findings.map(({ severity, fix }) => [severity, fix.run])).toEqual([['hint', undefined]])
      expect(await doctor(director.host, { ...options, vips: 'routed' })).toEqual([])
    }
  })

  it.each([
    ['by dr', drCluster, {}, { vips: [VIP] }],
    ['by nat', natCluster, {}, { forwarding: 'nat', director: '192.168.5.10' }],
    ['by nat on one network', oneArmedCluster, {}, { director: '192.168.4.10' }],
    ['by tun', tunCluster, {}, { vips: [VIP] }],
    ['of an active and a passive node', pair, { role: 'both' }, { role: 'both' }],
  ] as const)('finds no problem in a healthy cluster %s', async (_, makeCluster, asDirector, asServer) => {
    const { director, first } = await makeCluster()
    expect(await doctor(director.host, asDirector)).toEqual([])
    expect(await doctor(first.host, asServer)).toEqual([])
    const peers = [await readFacts(first.host)]
    expect(await doctor(director.host, { ...asDirector, peers })).toEqual([])
  })

  it('has a case below for each of its findings', () => {
    expect([...Object.keys(CASES), ...UNIT_ONLY].toSorted()).toEqual(Object.keys(FINDINGS).toSorted())
    expect(Object.values(CASES).filter((cases) => cases.length === 0)).toEqual([])
  })
})

describe('each form of the fix removes the problem', () => {
  it.each(Object.entries(CASES) as [FindingId, readonly Case[]][])('%s', async (id, cases) => {
    const clusters = new Map<Case['cluster'], Cluster>()
    for (const [index, problem] of cases.entries()) {
      if (problem.labOnly && !canUnloadModules) continue
      const make = problem.cluster
      // The first case tries every form, the others only the first form.
      for (const form of Object.keys(FIX_FORMS).slice(0, index === 0 ? undefined : 1)) {
        const cluster = (problem.fresh ? undefined : clusters.get(make)) ?? (await make())
        clusters.set(make, cluster)
        await breakAndFix(id, problem, cluster, form)
      }
    }
  })
})
