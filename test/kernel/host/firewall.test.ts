/** Packet filters of a director: the doctor says that they drop exactly where connections fail. */

import { expect, it } from 'vitest'
import { doctor } from '../../../src/host/doctor/doctor.ts'
import { Client } from '../../support/scenarios/client.ts'
import { makeTopology } from '../../support/scenarios/topology.ts'

const VIP = '192.168.79.110'
const web = { protocol: 'tcp', address: VIP, port: 80 } as const

/** Rules in both programs of iptables; some kernels have only one of them. */
const RULES = [
  ['-P INPUT DROP', true],
  ['-P INPUT DROP; $p -A INPUT -i lo -j ACCEPT; $p -A INPUT -p tcp --dport 22 -j ACCEPT', true],
  ['-A INPUT -p tcp -d 192.168.79.0/24 -j REJECT', true],
  ['-P INPUT DROP; $p -A INPUT -p tcp --dport 80 -j ACCEPT', false],
  ['-P INPUT DROP; $p -A INPUT -s 192.168.79.0/24 -j ACCEPT', false],
  ['-A INPUT -p udp -j DROP', false],
] as const

it.each(RULES)('iptables %s: drops is %s, for clients and for the doctor', async (rules, drops) => {
  const { director, server, surfer } = await makeTopology({
    director: { networks: { lan: '192.168.79.101/24' } },
    server: { networks: { lan: '192.168.79.102/24' } },
    surfer: { networks: { lan: '192.168.79.100/24' } },
  })
  await server.serveWeb(80)
  await server.asRealServer({ forwarding: 'dr', vips: [VIP] })
  await director.asDirector({ forwarding: ['dr'], vips: [{ address: VIP, interface: 'eth0' }] })
  await director.ipvs.addService({ ...web, scheduler: 'rr' })
  await director.ipvs.addDestination(web, { address: '192.168.79.102', forwarding: 'dr' })
  const client = await Client.start(surfer)
  const isServed = async () => (await client.fetch(`http://${VIP}/`))[0]?.server === 'server'

  await director.run('sh', '-c', `for p in iptables-nft iptables-legacy; do $p ${rules} && exit; done`)
  expect(await isServed()).toBe(!drops)
  const findings = await doctor(director.host)
  expect(findings.map(({ id }) => id)).toEqual(drops ? ['firewall'] : [])
  if (!drops) return
  await director.run('sh', '-ec', findings[0]!.fix.shell)
  expect(await isServed()).toBe(true)
  expect(await doctor(director.host)).toEqual([])
})
