/** Ports of destinations, as ipvsadm reads them from rules and as this library does. */

import { expect, it } from 'vitest'
import { formatRules, parseRules } from '../../../src/dialect/index.ts'
import { seededRandom } from '../../../src/testing/time/random.ts'
import { makeNamespace } from '../../support/kernel/namespace.ts'

const SERVICES = [
  '-t 192.0.2.1:80',
  '-u 192.0.2.1:53',
  '-t [2001:db8::1]:443',
  '-f 7',
  '-t 192.0.2.2:0',
] as const
const PORTS = ['', ':80', ':8080', ':53', ':0', ':443'] as const

/** Services with destinations at random ports, each address once. */
function makeRules(seed: number): string[] {
  const random = seededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  return SERVICES.flatMap((service) => [
    `-A ${service}${service.endsWith(':0') ? ' -p 60' : ''}`,
    ...Array.from({ length: 4 }, (_, index) => {
      const port = pick(PORTS)
      // ipvsadm takes brackets only with a port.
      const address = !service.includes('[')
        ? `10.0.0.${index + 1}${port}`
        : port === ''
          ? `2001:db8::${index + 10}`
          : `[2001:db8::${index + 10}]${port}`
      return `-a ${service} -r ${address} ${pick(['-g', '-m', '-i'])}`
    }),
  ])
}

it('parseRules describes the table that ipvsadm -R makes of 100 rule sets with odd ports, and formatRules restores it', async () => {
  const host = await makeNamespace()
  for (let seed = 1; seed <= 100; seed++) {
    const rules = makeRules(seed)
    await host.restore(rules)
    const desired = parseRules(rules.join('\n'))
    const { steps, warnings } = await host.ipvs.plan(desired, { owns: () => true })
    expect(steps.map(String), rules.join('\n')).toEqual([])
    expect(warnings).toEqual([])
    await host.ipvs.flush()
    await host.restore(formatRules(desired).trimEnd().split('\n'))
    expect((await host.ipvs.plan(desired, { owns: () => true })).steps.map(String)).toEqual([])
    await host.ipvs.flush()
  }
})
