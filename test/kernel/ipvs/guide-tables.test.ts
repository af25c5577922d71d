import { describe, expect, it } from 'vitest'
import { connectionTable, ruleTable, statisticsTable } from '../../../docs/examples/tables.ts'
import { makeNamespace } from '../../support/kernel/namespace.ts'

/** The examples print the table as ipvsadm does. This test compares their output with that of ipvsadm. */
describe('the tables of the examples', () => {
  it('are exactly those that ipvsadm prints', async () => {
    const namespace = await makeNamespace()
    const { ipvs } = namespace
    await ipvs.addService({ protocol: 'tcp', address: '192.168.79.110', port: 80, scheduler: 'wrr' })
    await ipvs.addService({
      protocol: 'udp',
      address: '2001:db8::1',
      port: 53,
      persistence: { timeout: 600 },
    })
    await ipvs.addService({ fwmark: 7, scheduler: 'sh' })
    const web = 'tcp://192.168.79.110:80'
    await ipvs.addDestination(web, { address: '192.168.79.102', forwarding: 'dr', weight: 2 })
    await ipvs.addDestination(web, { address: '192.168.79.103', forwarding: 'tun' })
    await ipvs.addDestination('udp://[2001:db8::1]:53', { address: '2001:db8::53', forwarding: 'nat' })
    await ipvs.addDestination('fwmark://7', {
      address: '192.168.79.104',
      port: 0,
      forwarding: 'dr',
      weight: 0,
    })

    const info = await ipvs.info()
    const services = await ipvs.services()
    expect(`${ruleTable(info, services)}\n`).toBe(await namespace.ipvsadm('-L', '-n'))
    expect(`${statisticsTable(info, services)}\n`).toBe(await namespace.ipvsadm('-L', '-n', '--stats'))
    expect(`${connectionTable([])}\n`).toBe(await namespace.ipvsadm('-L', '-n', '-c'))
  })
})
