import { mkdtempSync, rmSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ApplyOptions, DesiredState, Service, TableChange } from '../../../src/index.ts'
import { toDesiredState } from '../../../src/state/document/format-state.ts'
import { readTable } from '../../../src/state/model/table.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { makeBusyHost, WEB } from '../../support/kernel/traffic/busy-host.ts'
import { waitUntil } from '../../support/kernel/until.ts'

const FOREIGN = 'tcp://203.0.113.1:25'
const A = { address: '198.51.100.1', forwarding: 'dr', weight: 1 } as const
const DESIRED: DesiredState = {
  services: [1, 2, 3].map((host) => ({
    service: `tcp://192.0.2.${host}:80`,
    scheduler: 'wrr',
    destinations: [1, 2, 3].map((real) => ({
      address: `198.51.100.${real}`,
      forwarding: 'dr',
      weight: real,
    })),
  })),
}
const owns = (service: { readonly address?: string | undefined }) =>
  service.address?.startsWith('192.0.2.') === true

/** A table in its own namespace with a service that another client owns. */
async function makeTable(): Promise<Namespace> {
  const namespace = await makeNamespace()
  await namespace.ipvs.apply({ services: [{ service: FOREIGN, scheduler: 'rr', destinations: [A] }] })
  return namespace
}

const wanted = JSON.stringify(DESIRED.services)

/** Services as text, independent of the order in which their destinations were added. */
function spell(services: readonly Service[]): string {
  const described = toDesiredState({
    services,
    timeouts: { tcp: 0, tcpFin: 0, udp: 0 },
    daemons: [],
  }).services
  return JSON.stringify(
    described?.map(({ destinations = [], ...service }) => ({
      ...service,
      destinations: [...destinations].sort((one, other) => (one.address < other.address ? -1 : 1)),
    })),
  )
}

const isWanted = async ({ ipvs }: Namespace) => spell((await ipvs.services()).filter(owns)) === wanted

/** Adds, removes and edits at random, until its input ends. */
const VANDAL = `
  import('SOURCE').then(async ({ Ipvs }) => {
    const ipvs = await Ipvs.open()
    const any = (list) => list[Math.floor(Math.random() * list.length)]
    const services = [1, 2, 3, 4].map((host) => 'tcp://192.0.2.' + host + ':80')
    const real = () => ({ address: '198.51.100.' + any([1, 2, 3, 4, 5]), forwarding: 'dr', weight: any([0, 1, 2, 9]) })
    const acts = [
      () => ipvs.addService({ protocol: 'tcp', address: '192.0.2.' + any([1, 2, 3, 4]), port: 80, scheduler: 'rr' }),
      () => ipvs.removeService(any(services)),
      () => ipvs.updateService(any(services), { scheduler: any(['rr', 'wrr', 'sh']) }),
      () => ipvs.addDestination(any(services), real()),
      () => ipvs.updateDestination(any(services), real()),
      () => ipvs.removeDestination(any(services), real()),
    ]
    let going = true
    process.stdin.on('end', () => { going = false }).resume()
    console.log('ready')
    while (going) await any(acts)().catch(() => {})
    console.log('done')
    ipvs.close()
  })`.replace('SOURCE', new URL('../../../dist/index.js', import.meta.url).href)

/** Number of times that the reconciling program is killed: 8, or the value of LVS_KILLS. */
const KILLS = Number(process.env['LVS_KILLS'] ?? 8)

describe('a reconciler', () => {
  it('restores the desired state within two intervals after random changes by others have stopped, and does not touch their services', async () => {
    const namespace = await makeTable()
    const vandal = await namespace.start(VANDAL)
    const client = await namespace.open()
    const looks: Promise<unknown>[] = []
    const { services } = client
    client.services = (options) => {
      const look = services.call(client, options)
      looks.push(look)
      return look
    }
    await using reconciler = client.reconcile(DESIRED, { owns, interval: 0.2 })
    const foreignChanges: TableChange[] = []
    let rounds = 0
    for await (const change of namespace.ipvs.watch({ interval: 0.1 })) {
      if ('service' in change && change.service === FOREIGN) foreignChanges.push(change)
      if (++rounds === 200) break
    }
    vandal.stdin!.end()
    await waitUntil(
      async () => vandal.exitCode,
      (code) => code !== null,
    )

    // The next read finds the changes of the other process and corrects them; the second read after that is two intervals after
    // the end.
    const before = looks.length
    await waitUntil(
      async () => looks.length,
      (count) => count > before + 2,
    )
    const seen = (await looks[before + 2]) as Service[]
    expect(spell(seen.filter(owns))).toBe(wanted)
    expect(foreignChanges).toEqual([])
    await reconciler.stop()
    const foreign = (await namespace.ipvs.services()).filter((service) => !owns(service))
    expect(toDesiredState({ ...(await readTable(namespace.ipvs)), services: foreign }).services).toEqual([
      {
        service: FOREIGN,
        scheduler: 'rr',
        destinations: [A],
      },
    ])
  })

  it(
    `reaches the desired state although it is killed at any point (${KILLS} times)`,
    async () => {
      const namespace = await makeTable()
      const directory = mkdtempSync('/run/lvs-state-')
      onTestFinished(() => rmSync(directory, { recursive: true }))
      const options: ApplyOptions = { set: { name: 'web', directory } }
      for (let turn = 0; turn < KILLS; turn++) {
        const reconciler = await namespace.start(RECONCILE_PROGRAM, directory, String(turn))
        // At any point of its work: it applies two documents alternately.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
        reconciler.kill('SIGKILL')
        await waitUntil(
          async () => reconciler.signalCode ?? reconciler.exitCode,
          (code) => code !== null,
        )
        await namespace.ipvs.apply(DESIRED, options)
        expect(await isWanted(namespace)).toBe(true)
      }
      await namespace.ipvs.apply({ services: [] }, options)
      expect((await namespace.ipvs.services()).map(({ address }) => address)).toEqual(['203.0.113.1'])
    },
    300_000 + KILLS * 10_000,
  )
})

/** Applies two documents alternately, as a named set. */
const RECONCILE_PROGRAM = `
  import('SOURCE').then(async ({ Ipvs }) => {
    const ipvs = await Ipvs.open()
    const [directory, turn] = process.argv.slice(1)
    const state = (count, weight) => ({ services: Array.from({ length: count }, (_, host) => ({
      service: 'tcp://192.0.2.' + (host + 1) + ':80', scheduler: 'wrr',
      destinations: [1, 2, 3].map((real) => ({ address: '198.51.100.' + real, forwarding: 'dr', weight })) })) })
    console.log('ready')
    for (;;) {
      await ipvs.apply(state(5, 1), { set: { name: 'web', directory } })
      await ipvs.apply(state(2, 7), { set: { name: 'web', directory } })
    }
  })`.replace('SOURCE', new URL('../../../dist/index.js', import.meta.url).href)

describe('watching a table', () => {
  it('reports the changes that ipvsadm makes', async () => {
    const namespace = await makeNamespace()
    const changes: TableChange[] = []
    const watching = (async () => {
      for await (const change of namespace.ipvs.watch({ interval: 0.05 })) {
        changes.push(change)
        if (change.resource === 'timeouts') break
      }
    })()
    const seen = (count: number) =>
      waitUntil(
        async () => changes.length,
        (found) => found >= count,
      )
    // The first read is in progress when the watch begins.
    await namespace.ipvs.services()
    await namespace.ipvsadm('-A', '-t', '192.0.2.1:80', '-s', 'rr')
    await seen(1)
    await namespace.ipvsadm('-a', '-t', '192.0.2.1:80', '-r', '198.51.100.1', '-m')
    await seen(2)
    await namespace.ipvsadm('-e', '-t', '192.0.2.1:80', '-r', '198.51.100.1', '-m', '-x', '9')
    await seen(3)
    await namespace.ipvsadm('-D', '-t', '192.0.2.1:80')
    await seen(4)
    await namespace.ipvsadm('--set', '0', '0', '77')
    await watching
    // A read in the middle of the removal may find the service without its destination.
    const told = changes.map(({ resource: what, type }) => `${what} ${type}`)
    expect(told.filter((text) => text !== 'destination removed')).toEqual([
      'service added',
      'destination added',
      'destination changed',
      'service removed',
      'timeouts changed',
    ])
    expect(changes[2]).toMatchObject({ changes: [{ setting: 'upperThreshold', from: 0, to: 9 }] })
  })
})

describe('draining', () => {
  const real = { address: '192.0.2.20', port: 8080, forwarding: 'nat', weight: 1 } as const
  const other = { ...real, address: '192.0.2.21' }
  const isWeb = ({ address, port }: { address?: string | undefined; port?: number | undefined }) =>
    address === '192.0.2.10' && port === 80
  const both = { services: [{ service: WEB, scheduler: 'rr', destinations: [real, other] }] }

  it('waits for the existing connection, sends new ones to other destinations, and removes the destination when the connection has ended', async () => {
    const { host, client } = await makeBusyHost()
    await client.connect('198.51.100.1', '192.0.2.10', 80)
    await waitUntil(
      async () => (await host.ipvs.destinations(WEB))[0]!.activeConnections,
      (count) => count === 1,
    )
    await host.ipvs.apply(both, { owns: isWeb })
    const draining = host.ipvs.apply(
      { services: [{ service: WEB, scheduler: 'rr', destinations: [other] }] },
      {
        owns: isWeb,
        removal: { drain: 3600 },
        interval: 0.05,
      },
    )
    const weights = () =>
      host.ipvs
        .destinations(WEB)
        .then((list) => list.map(({ address, weight }) => `${address} ${weight}`).sort())
    expect(await waitUntil(weights, (list) => list.includes('192.0.2.20 0'))).toEqual([
      '192.0.2.20 0',
      '192.0.2.21 1',
    ])
    await client.disconnect()
    const { steps } = await draining
    expect(steps.map(({ step, outcome }) => `${step.kind} ${outcome}`)).toEqual([
      'drainDestination done',
      'removeDestination done',
    ])
    expect(await weights()).toEqual(['192.0.2.21 1'])
  })
})
