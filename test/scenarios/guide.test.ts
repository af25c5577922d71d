import { describe, expect, it } from 'vitest'
import { Client, tally } from '../support/scenarios/client.ts'
import { programsOf, runOn } from '../support/scenarios/guide-programs.ts'
import type { Machine } from '../support/scenarios/machine.ts'
import { drSite, NAT_SITE, TUN_SITE } from '../support/scenarios/sites.ts'
import { makeTopology } from '../support/scenarios/topology.ts'

const programs = programsOf('forwarding-methods.md')

describe('the guide to forwarding methods', () => {
  it('builds the cluster of its NAT section', async () => {
    await expectTwoToOne('NAT', await makeTopology(NAT_SITE), '192.168.4.5', 8080)
  })

  it('builds the cluster of its DR section', async () => {
    await expectTwoToOne('DR', await makeTopology(drSite('192.168.79')), '192.168.79.110')
  })

  it('builds the cluster of its TUN section', async () => {
    await expectTwoToOne('TUN', await makeTopology(TUN_SITE), '192.0.2.50')
  })
})

type Site = Record<'surfer' | 'director' | 'first' | 'second', Machine>

/** Runs the programs under a heading on the machines that they name, and checks the answers to a client. */
async function expectTwoToOne(
  heading: string,
  { surfer, director, first, second }: Site,
  vip: string,
  portOfSecond = 80,
): Promise<void> {
  await first.serveWeb(80)
  await second.serveWeb(portOfSecond)
  const places = new Map([
    ['the director', [director]],
    ['each real server', [first, second]],
  ])
  const shown = programs.filter((program) => program.heading === heading)
  expect(shown.map(({ where }) => where)).toEqual([...places.keys()])
  for (const program of shown) {
    for (const machine of places.get(program.where) ?? []) await runOn(machine, program)
  }

  const client = await Client.start(surfer)
  expect(tally(await client.servers(`http://${vip}/`, { times: 9 }))).toEqual({ first: 6, second: 3 })
}
