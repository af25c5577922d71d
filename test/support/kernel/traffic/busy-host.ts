/** A host with clients, services and real servers, all on its loopback interface, the real servers behind NAT. */

import { parseService } from '../../../../src/index.ts'
import { simulated } from '../kernel.ts'
import { makeNamespace, type Namespace } from '../namespace.ts'
import { SimulatedTrafficClient, SocketTrafficClient, type TrafficClient } from './traffic-client.ts'

export const WEB = 'tcp://192.0.2.10:80'
export const WEB6 = 'tcp://[2001:db8::10]:80'
export const DNS = 'udp://192.0.2.10:53'
export const SIP = 'udp://192.0.2.10:5060'

/** Echoes over TCP; answers a UDP datagram with two others, so that the counters of both directions differ. */
const SERVER = `
  const { createServer } = require('node:net')
  const { createSocket } = require('node:dgram')
  const listening = [
    new Promise((done) => createServer((socket) => socket.pipe(socket).on('error', () => {})).listen(8080, '::', done)),
    new Promise((done) => {
      const socket = createSocket('udp4')
      socket.on('message', (_, { port, address }) => {
        for (const answer of ['one', 'two']) socket.send(answer, port, address)
      })
      socket.bind(5353, '192.0.2.20', done)
    }),
  ]
  Promise.all(listening).then(() => console.log('ready'))`

/** Addresses of the loopback interface: of virtual services, of real servers, and of clients. */
const ADDRESSES = ['192.0.2.10', '192.0.2.20', '198.51.100.1', '198.51.100.2', '198.51.101.1']
const ADDRESSES6 = ['2001:db8::10', '2001:db8::20', '2001:db8:1::1']

/** Makes a host with a client, real servers, and services with one destination each. */
export async function makeBusyHost(): Promise<{ host: Namespace; client: TrafficClient }> {
  const host = await makeNamespace()
  await host.addAddresses(
    ...ADDRESSES.map((address) => `${address}/32`),
    ...ADDRESSES6.map((address) => `${address}/128`),
  )
  for (const service of [WEB, WEB6, DNS, SIP]) {
    const key = parseService(service)
    await host.ipvs.addService({ ...key, scheduler: 'rr' })
    const address = service === WEB6 ? '2001:db8::20' : '192.0.2.20'
    const port = key.protocol === 'tcp' ? 8080 : 5353
    await host.ipvs.addDestination(service, { address, port, forwarding: 'nat' })
  }
  return { host, client: await startClient(host) }
}

async function startClient(host: Namespace): Promise<TrafficClient> {
  if (simulated !== undefined) return new SimulatedTrafficClient(simulated.traffic({ netns: host.name }))
  const [client] = await Promise.all([SocketTrafficClient.start(host), host.start(SERVER)])
  return client
}
