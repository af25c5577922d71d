import { expect, it } from 'vitest'
import { formatRules } from '../../../src/dialect/ipvsadm/format-rules.ts'
import { formatKeepalived } from '../../../src/dialect/keepalived/format-keepalived.ts'
import type { DesiredState } from '../../../src/index.ts'
import { randomDocument } from '../../support/compare/documents.ts'
import { runKeepalived } from '../../support/compare/keepalived-program.ts'
import { caseCount, firstSeed, Random } from '../../support/compare/random.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'

const COUNT = caseCount(25)

it(`${COUNT} random documents written as rules are restored by ipvsadm -R`, {
  timeout: 3_000_000,
}, async () => {
  const namespace = await makeNamespace()
  await check('rules', formatRules, namespace, async (text, look) => {
    await namespace.restore(text.trimEnd().split('\n'))
    await look()
    await namespace.ipvs.flush()
  })
})

it(`${COUNT} random documents written as keepalived.conf are programmed by keepalived`, {
  timeout: 3_000_000,
}, async () => {
  const namespace = await makeNamespace()
  await namespace.addDummy('eth0', ['192.0.2.1/24', '2001:db8::fff1/64'])
  await check('keepalived.conf', formatKeepalived, namespace, (text, look) =>
    runKeepalived(namespace, text, look),
  )
})

/** Writes documents, has a program read them, and compares its table with the document. Refused documents do not count. */
async function check(
  format: string,
  write: (desired: DesiredState) => string,
  { ipvs }: Namespace,
  load: (text: string, look: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const differences: string[] = []
  let refused = 0
  for (let seed = firstSeed(), done = 0; done < COUNT; seed++) {
    const desired = randomDocument(new Random(seed))
    let text: string
    try {
      text = write(desired)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      refused++
      continue
    }
    done++
    await load(text, async () => {
      const plan = await ipvs.plan(desired, { owns: () => true })
      if (!plan.isEmpty) differences.push(`seed ${seed}: ${plan.steps.map(String).join('\n')}\n${text}`)
    })
  }
  console.log(
    `${COUNT} documents as ${format}: ${differences.length} differences (${refused} more could not be written)`,
  )
  expect(differences.slice(0, 3)).toEqual([])
}
