import { expect, it } from 'vitest'
import { parseRules } from '../../../src/dialect/ipvsadm/parse-rules.ts'
import type { DesiredState } from '../../../src/index.ts'
import { DesiredStateError } from '../../../src/state/document/problems.ts'
import { caseCount, firstSeed, Random } from '../../support/compare/random.ts'
import { randomRules } from '../../support/compare/rules-text.ts'
import { makeNamespace } from '../../support/kernel/namespace.ts'

const COUNT = caseCount(100)

it(`${COUNT} random lists of rules are read, or refused, as ipvsadm -R does`, {
  timeout: 3_000_000,
}, async () => {
  const { ipvs, restore } = bind(await makeNamespace())
  const differences: string[] = []
  let accepted = 0
  for (let seed = firstSeed(); seed < firstSeed() + COUNT; seed++) {
    const rules = randomRules(new Random(seed))
    const theirs = await restore(rules)
    const ours = read(rules)
    if (theirs === undefined) accepted++
    let difference: string | undefined
    if (typeof ours === 'string') {
      if (theirs === undefined) difference = `refused: ${ours}`
    } else if (theirs !== undefined) {
      difference = `accepted, not ${theirs}`
    } else {
      const plan = await ipvs.plan(ours, { owns: () => true })
      if (!plan.isEmpty) difference = plan.steps.map(String).join('\n')
    }
    if (difference !== undefined) differences.push(`seed ${seed}: ${difference}\n${rules.join('\n')}\n`)
    await ipvs.flush()
  }
  console.log(
    `${COUNT} lists of rules, of which ipvsadm accepted ${accepted}: ${differences.length} differences`,
  )
  if (process.env['LVS_SHOW'] !== undefined) console.log(differences.join('\n'))
  expect(differences.slice(0, 5)).toEqual([])
  expect(accepted).toBeGreaterThan(COUNT / 4)
})

function bind(namespace: Awaited<ReturnType<typeof makeNamespace>>) {
  return {
    ipvs: namespace.ipvs,
    /** Returns the complaint of ipvsadm, if any. */
    restore: async (rules: readonly string[]): Promise<string | undefined> =>
      await namespace.restore(rules).then(
        () => undefined,
        (error: Error) => error.message,
      ),
  }
}

function read(rules: readonly string[]): DesiredState | string {
  try {
    return parseRules(rules.join('\n'))
  } catch (error) {
    if (error instanceof DesiredStateError) return error.message
    throw error
  }
}
