/** Opens the same connections in the real and the simulated kernel; each scheduler must choose the same destinations. */

import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { SCHEDULERS } from '../../../src/ipvs/model/scheduler.ts'
import type { BatchCommand } from '../../../src/ipvs/write/batch-command.ts'
import { PROFILES } from '../../../src/testing/ipvs/profile.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import { seededRandom } from '../../../src/testing/time/random.ts'
import { limitsThresholds } from '../../support/kernel/conformance/running-profile.ts'
import { isSince } from '../../support/kernel/kernel.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { WEB } from '../../support/kernel/traffic/busy-host.ts'

/** Connections of each scheduler; 1000 in a full run. */
const CONNECTIONS = Number(process.env['LVS_CONFORMANCE_CONNECTIONS'] ?? 24)
const CLIENTS = Array.from({ length: 50 }, (_, index) => `198.51.100.${index + 1}`)
const SERVERS = [1, 2, 3, 4, 5].map((last) => `192.0.2.${20 + last}`)

/** Echoes on any address. */
const SERVER = `
  const { createServer } = require('node:net')
  createServer((socket) => socket.pipe(socket).on('error', () => {})).listen(8080, '::', () => console.log('ready'))`

/** Connects from each address that it reads, one per line, and prints the port, or 0 if the connection fails. */
const CLIENT = `
  const { connect } = require('node:net')
  const kept = []
  console.log('ready')
  require('node:readline').createInterface({ input: process.stdin }).on('line', (from) => {
    const socket = connect({ host: '192.0.2.10', port: 80, localAddress: from }, () => socket.write('hello'))
    socket.once('data', () => console.log(socket.localPort)).on('error', () => console.log(0))
    kept.push(socket)
  })`

/** Opens a connection from an address, and resolves with its port, or 0 if no destination accepts it. */
type Connect = (from: string) => Promise<number>

function destination(index: number, weight: number, limits: object = {}) {
  return {
    address: SERVERS[index]!,
    port: 8080,
    forwarding: 'nat',
    weight,
    upperThreshold: 0,
    lowerThreshold: 0,
    ...limits,
  } as const
}

/** Changes of the table, spread evenly over the connections. */
const CHANGES: readonly (readonly BatchCommand[])[] = [
  [{ command: 'updateDestination', service: WEB, destination: destination(1, 0) }],
  [{ command: 'updateDestination', service: WEB, destination: destination(1, 7) }],
  [{ command: 'removeDestination', service: WEB, destination: destination(3, 1) }],
  [{ command: 'updateDestination', service: WEB, destination: destination(4, 5, { upperThreshold: 30 }) }],
  [{ command: 'addDestination', service: WEB, destination: destination(3, 2) }],
  [{ command: 'updateDestination', service: WEB, destination: destination(0, 3) }],
  [{ command: 'updateDestination', service: WEB, destination: destination(4, 1) }],
]

async function makeHost(): Promise<{ host: Namespace; connect: Connect }> {
  const host = await makeNamespace()
  await host.addAddresses(...['192.0.2.10', ...SERVERS, ...CLIENTS].map((address) => `${address}/32`))
  const [client] = await Promise.all([host.start(CLIENT), host.start(SERVER)])
  const connect: Connect = async (from) => {
    client.stdin!.write(`${from}\n`)
    const [answer] = await once(client.stdout!, 'data')
    return Number(answer)
  }
  return { host, connect }
}

/** The destination of each connection of a client. */
async function chosen(host: Namespace): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for await (const { client, destination } of host.ipvs.connections()) {
    found.set(`${client.address}:${client.port}`, destination.address)
  }
  return found
}

function beginning(scheduler: string): BatchCommand[] {
  const weights = [3, 1, 4, 1, 5]
  return [
    { command: 'addService', service: { protocol: 'tcp', address: '192.0.2.10', port: 80, scheduler } },
    ...weights.map((weight, index) => ({
      ...{ command: 'addDestination' as const, service: WEB, destination: destination(index, weight) },
    })),
  ]
}

describe(`${CONNECTIONS} connections from ${CLIENTS.length} clients`, () => {
  it.each(SCHEDULERS)('go to the destinations that the simulated kernel chooses: %s', async (scheduler) => {
    const { host, connect } = await makeHost()
    const kernel = new SimulatedKernel({
      profile: {
        ...PROFILES[isSince('7.1') ? '7.2' : isSince('6.2') ? '6.12' : '6.1'],
        limitsThresholds: await limitsThresholds(host),
      },
    })
    const random = seededRandom(CONNECTIONS)
    await host.ipvs.batch(beginning(scheduler))
    kernel.run(beginning(scheduler))
    const simulated = new Map<string, string>()
    const traffic = kernel.traffic()
    const interval = Math.ceil(CONNECTIONS / (CHANGES.length + 1))
    for (let number = 0; number < CONNECTIONS; number++) {
      if (number > 0 && number % interval === 0) {
        const changes = CHANGES[number / interval - 1]!
        await host.ipvs.batch(changes)
        kernel.run(changes)
      }
      const from = CLIENTS[Math.floor(random() * CLIENTS.length)]!
      // The connection fails if the scheduler has no destination for the client.
      const port = await connect(from)
      const connection = traffic.open({ client: from, clientPort: port, service: WEB })
      expect(connection === undefined, `connection ${number} from ${from}`).toBe(port === 0)
      if (connection !== undefined) simulated.set(`${from}:${port}`, connection.destination.address)
    }

    expect(Object.fromEntries(simulated)).toEqual(Object.fromEntries(await chosen(host)))
    const counts = (
      all: readonly { address: string; activeConnections: number; inactiveConnections: number }[],
    ) =>
      all.map(({ address, activeConnections, inactiveConnections }) => [
        address,
        activeConnections,
        inactiveConnections,
      ])
    expect(counts(kernel.state().services[0]!.destinations)).toEqual(
      counts(await host.ipvs.destinations(WEB)),
    )
  })
})
