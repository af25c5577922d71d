/** The programs of the guide page about ARP, run as they are printed. */

import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { doctor } from '../../../src/host/doctor/doctor.ts'
import { VIP } from '../../support/kernel/host/doctor-clusters.ts'
import { programsOf, runOn } from '../../support/scenarios/guide-programs.ts'
import type { Machine } from '../../support/scenarios/machine.ts'
import { makeTopology } from '../../support/scenarios/topology.ts'

const programs = programsOf('arp-problem.md')

async function makeServer(): Promise<Machine> {
  const { server } = await makeTopology({ server: { networks: { lan: '192.168.79.102/24' } } })
  return server
}

async function idsOn({ host }: Machine): Promise<string[]> {
  return (await doctor(host, { vips: [VIP] })).map(({ id }) => id)
}

describe('the guide page about ARP', () => {
  const log = vi.spyOn(console, 'log')
  beforeEach(() => {
    log.mockReset().mockImplementation(() => {})
  })
  afterAll(() => log.mockRestore())

  it('causes the problem, finds it and fixes it', async () => {
    const server = await makeServer()
    const [cause, fix, ...others] = programs.filter(({ heading }) => heading === 'Symptoms')
    expect(others).toEqual([])
    await runOn(server, cause!)
    expect(await idsOn(server)).toEqual(['arp-ignore', 'arp-announce'])
    await runOn(server, fix!)
    expect(log.mock.calls.flat().join('\n')).toContain(
      'error: eth0 of this real server answers ARP for 192.168.79.110',
    )
    expect(await idsOn(server)).toEqual([])
  })

  it.each([
    ['its role', 0],
    ['hand', 1],
  ])('sets up a real server by %s without the problem', async (_, index) => {
    const server = await makeServer()
    const [effective] = programs.filter(({ heading }) => heading === '`all` and the interface')
    await expect(runOn(server, effective!)).rejects.toThrow('arp_ignore acts as 0')
    expect(await idsOn(server)).toEqual(['vip-missing'])

    await runOn(server, programs.filter(({ heading }) => heading === 'Solution')[index]!)
    expect(await idsOn(server)).toEqual([])
    await runOn(server, effective!)
  })
})
