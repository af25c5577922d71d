import { expect, it } from 'vitest'
import { parseKeepalived } from '../../../src/dialect/keepalived/parse-keepalived.ts'
import type { DesiredState } from '../../../src/index.ts'
import { DesiredStateError } from '../../../src/state/document/problems.ts'
import { type KeepalivedRun, runKeepalived } from '../../support/compare/keepalived-program.ts'
import { randomKeepalived } from '../../support/compare/keepalived-text.ts'
import { caseCount, firstSeed, Random } from '../../support/compare/random.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'

const COUNT = caseCount(40)
const WORKERS = 3

it(`${COUNT} random files are read leniently as keepalived reads them`, { timeout: 3_000_000 }, async () => {
  const differences: string[] = []
  const outcomes = { started: 0, ended: 0, crashed: 0 }
  let next = firstSeed()
  const last = next + COUNT
  const work = async (namespace: Namespace) => {
    while (next < last) {
      const seed = next++
      const text = randomKeepalived(new Random(seed))
      const ours = await read(text)
      await runKeepalived(namespace, text, async (run) => {
        outcomes[run.outcome]++
        const difference = await compare(namespace, ours, run.outcome)
        if (difference === undefined) return
        differences.push(`seed ${seed}: ${difference}\n${text}\n${run.log}`)
        if (process.env['LVS_SHOW'] !== undefined) console.log(differences.at(-1))
      })
    }
  }
  const namespaces = await Promise.all(Array.from({ length: WORKERS }, busyNamespace))
  await Promise.all(namespaces.map(work))
  console.log(
    `${COUNT} files, of which keepalived ${JSON.stringify(outcomes)}: ${differences.length} differences`,
  )
  expect(differences.slice(0, 3)).toEqual([])
  expect(outcomes.started).toBeGreaterThan(COUNT / 2)
})

async function read(text: string): Promise<DesiredState | string> {
  try {
    return (await parseKeepalived(text, { lenient: true })).desired
  } catch (error) {
    if (error instanceof DesiredStateError) return error.message
    throw error
  }
}

/** What differs between the table of keepalived and what we read, if anything. */
async function compare(
  namespace: Namespace,
  ours: DesiredState | string,
  outcome: KeepalivedRun['outcome'],
): Promise<string | undefined> {
  if (outcome === 'crashed') return undefined
  if (typeof ours === 'string') return outcome === 'started' ? `refused: ${ours}` : undefined
  if (outcome === 'ended') return `accepted: ${JSON.stringify(ours)}`
  const plan = await namespace.ipvs.plan({ services: [], ...ours }, { owns: () => true })
  return plan.isEmpty ? undefined : plan.steps.map(String).join('\n')
}

async function busyNamespace(): Promise<Namespace> {
  const namespace = await makeNamespace()
  await namespace.addDummy('eth0', ['192.0.2.1/24', '2001:db8::fff1/64'])
  return namespace
}
