/** Drains a destination under each scheduler, while real clients open connections and keep others. */

import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { DesiredState } from '../../../src/index.ts'
import { SCHEDULERS, type SchedulerFlag } from '../../../src/ipvs/model/scheduler.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'

const WEB = 'tcp://192.0.2.10:80'
const CLIENTS = Array.from({ length: 60 }, (_, index) => `198.51.100.${index + 1}`)
const SERVERS = [1, 2, 3, 4].map((last) => `192.0.2.${20 + last}`)

/** Echoes on any address. */
const SERVER = `
  const { createServer } = require('node:net')
  createServer((socket) => socket.pipe(socket).on('error', () => {})).listen(8080, '::', () => console.log('ready'))`

/**
 * Reads lines. `keep ADDRESS` opens a connection from an address and keeps it, `try ADDRESS` opens and closes one, `close`
 * closes the kept ones; the answer is `ok` or the code of the error.
 */
const CLIENT = `
  const { connect } = require('node:net')
  const kept = []
  const open = (word, localAddress) => {
    const socket = connect({ host: '192.0.2.10', port: 80, localAddress }, () => socket.write('hello'))
    socket.once('data', () => {
      if (word === 'keep') kept.push(socket)
      else socket.destroy()
      console.log('ok')
    })
    socket.on('error', ({ code }) => console.log(code))
  }
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const [word, address] = line.split(' ')
    if (word !== 'close') return open(word, address)
    for (const socket of kept) socket.destroy()
    console.log('ok')
  })
  console.log('ready')`

type Ask = (line: string) => Promise<string>

async function makeHost(): Promise<{ host: Namespace; ask: Ask }> {
  const host = await makeNamespace()
  await host.addAddresses(...['192.0.2.10', ...SERVERS, ...CLIENTS].map((address) => `${address}/32`))
  const [client] = await Promise.all([host.start(CLIENT), host.start(SERVER)])
  const ask: Ask = async (line) => {
    client.stdin!.write(`${line}\n`)
    const [answer] = await once(client.stdout!, 'data')
    return String(answer).trim()
  }
  return { host, ask }
}

function document(
  scheduler: string,
  servers: readonly string[],
  schedulerFlags: readonly SchedulerFlag[] = [],
): DesiredState {
  // A weight above 1, because ovf fills a destination only up to its weight.
  const destinations = servers.map((address) => ({
    address,
    port: 8080,
    forwarding: 'nat' as const,
    weight: 20,
  }))
  return { services: [{ service: WEB, scheduler, schedulerFlags, destinations }] }
}

/** The first destination with a connection. */
async function findBusy({ ipvs }: Namespace): Promise<string> {
  const busy = (await ipvs.destinations(WEB)).find(({ activeConnections }) => activeConnections > 0)
  return busy!.address
}

/** The number of clients whose new connection is refused. */
async function countRefused(ask: Ask): Promise<number> {
  let refused = 0
  for (const client of CLIENTS) if ((await ask(`try ${client}`)) !== 'ok') refused++
  return refused
}

const CASES: readonly (readonly [string, readonly SchedulerFlag[]])[] = [
  ...SCHEDULERS.map((scheduler) => [scheduler, []] as const),
  ['sh', ['sh-port']],
  ['mh', ['mh-port']],
  ['sh', ['sh-fallback', 'sh-port']],
]
/** The warning where the kernel has no way to send clients elsewhere. */
const WARNINGS: Readonly<Record<string, RegExp>> = { dh: /dh refuses new clients .* until it is removed/ }

describe('while a destination with a connection drains', () => {
  it.each(CASES)('no client of %s %j is refused, or there is a warning', async (scheduler, flags) => {
    const { host, ask } = await makeHost()
    const { ipvs } = host
    await ipvs.apply(document(scheduler, SERVERS, flags))
    for (const client of CLIENTS.slice(0, 8)) expect(await ask(`keep ${client}`)).toBe('ok')
    const leaving = await findBusy(host)
    const rest = document(
      scheduler,
      SERVERS.filter((address) => address !== leaving),
      flags,
    )
    const options = { removal: { drain: 60 }, interval: 0.05 } as const

    const { warnings } = await ipvs.apply(rest, { ...options, wait: false })
    const refused = await countRefused(ask)
    const warning = WARNINGS[scheduler]
    expect(warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)])
    // All clients of dh have the same server, because they connect to the same address.
    expect(refused).toBe(warning === undefined ? 0 : CLIENTS.length)
    // The destination is still there for its connections.
    expect((await ipvs.destinations(WEB)).find(({ address }) => address === leaving)).toMatchObject({
      weight: 0,
    })

    const finished = ipvs.apply(rest, options)
    expect(await ask('close')).toBe('ok')
    await finished
    expect(await ipvs.service(WEB)).toMatchObject({ scheduler, schedulerFlags: flags })
    expect(await ipvs.destinations(WEB)).toHaveLength(SERVERS.length - 1)
    expect(await countRefused(ask)).toBe(0)
  })
})

describe('a destination of dh', () => {
  it('is removed at once with `dh: now`, and no new client is refused', async () => {
    const { host, ask } = await makeHost()
    await host.ipvs.apply(document('dh', SERVERS))
    expect(await ask(`keep ${CLIENTS[0]}`)).toBe('ok')
    const leaving = await findBusy(host)
    const rest = document(
      'dh',
      SERVERS.filter((address) => address !== leaving),
    )
    const { warnings } = await host.ipvs.apply(rest, { removal: { drain: 60, dh: 'now' } })
    expect(warnings).toEqual([])
    expect(await countRefused(ask)).toBe(0)
  })
})
