/** NAT for clients in the network of the real servers: what the doctor says, beside what happens to their connections. */

import { expect, it } from 'vitest'
import { doctor } from '../../../src/host/doctor/doctor.ts'
import { readFacts } from '../../../src/host/facts/facts-reader.ts'
import { Client } from '../../support/scenarios/client.ts'
import { makeTopology } from '../../support/scenarios/topology.ts'

const VIP = '192.168.4.5'
const web = { protocol: 'tcp', address: VIP, port: 80 } as const

it('a client in the network of the real servers is not served by NAT until they reply through the director', async () => {
  const { director, server, surfer } = await makeTopology({
    director: { networks: { lan: '192.168.4.10/24' } },
    server: { networks: { lan: '192.168.4.11/24' }, gateways: ['192.168.4.10'] },
    surfer: { networks: { lan: '192.168.4.100/24' } },
  })
  await server.serveWeb(80)
  await director.asDirector({ forwarding: ['nat'], vips: [{ address: VIP, interface: 'eth0' }] })
  await director.ipvs.addService({ ...web, scheduler: 'rr' })
  await director.ipvs.addDestination(web, { address: '192.168.4.11', forwarding: 'nat' })
  const client = await Client.start(surfer)
  const request = async () => (await client.fetch(`http://${VIP}/`))[0]

  expect(await request()).toHaveProperty('error')
  expect(await doctor(director.host)).toMatchObject([{ id: 'nat-same-network', severity: 'error' }])
  const asServer = { forwarding: 'nat', director: '192.168.4.10', vips: [VIP] } as const
  const [finding] = await doctor(server.host, asServer)
  expect(finding?.id).toBe('nat-same-network')

  await server.run('sh', '-ec', `${finding!.fix.shell}\nip route add default via 192.168.4.10 || true`)
  expect(await request()).toMatchObject({ server: 'server', client: '192.168.4.100' })
  expect(await doctor(server.host, asServer)).toEqual([])
  expect(await doctor(director.host, { peers: [await readFacts(server.host)] })).toEqual([])
})

it('the status of a director agrees with the doctor about redirects', async () => {
  const { director } = await makeTopology({
    director: { networks: { lan: '192.168.4.10/24', inside: '192.168.5.10/24' } },
    server: { networks: { lan: '192.168.4.11/24' } },
  })
  const vips = [{ address: '192.168.9.5', interface: 'eth0' }]
  const role = await director.asDirector({ forwarding: ['nat', 'dr'], vips })
  for (const name of ['all', 'eth0'] as const) {
    await director.host.sysctls.set(`net.ipv4.conf.${name}.send_redirects`, 1)
  }
  const service = { ...web, address: '192.168.9.5' }
  await director.ipvs.addService({ ...service, scheduler: 'rr' })
  for (const [address, forwarding, isFound] of [
    ['192.168.4.11', 'dr', false],
    ['192.168.5.11', 'nat', false],
    ['192.168.4.11', 'nat', true],
  ] as const) {
    await director.ipvs.addDestination(service, { address, forwarding })
    const ids = (await doctor(director.host)).map(({ id }) => id)
    expect(ids).toEqual(isFound ? ['send-redirects'] : [])
    expect((await role.status()).ok).toBe(!isFound)
    await director.ipvs.removeDestination(service, { address })
  }
})
