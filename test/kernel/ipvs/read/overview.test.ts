/** Compares a table in /proc/net/ip_vs with the same table over netlink. */

import { readdirSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Ipvs, Service } from '../../../../src/index.ts'
import type { ServiceOverview } from '../../../../src/ipvs/proc/overview.ts'
import { readOverview } from '../../../../src/ipvs/proc/overview-text.ts'
import { matrixOf } from '../../../support/kernel/ipvs/setting-matrix.ts'
import { before, since } from '../../../support/kernel/kernel.ts'
import { makeNamespace, type Namespace } from '../../../support/kernel/namespace.ts'
import { makeBusyHost, WEB } from '../../../support/kernel/traffic/busy-host.ts'
import { waitUntil } from '../../../support/kernel/until.ts'

async function overviewOf(namespace: Namespace): Promise<ServiceOverview[]> {
  const services: ServiceOverview[] = []
  for await (const service of readOverview(namespace.transport, undefined)) services.push(service)
  return services
}

/** The expected overview of services read over netlink, in their order. `hertz`: clock ticks per second. */
function shown(services: readonly Service[], hertz: number): ServiceOverview[] {
  return services.map((service) => {
    const { fwmark, protocol, address, port, scheduler, onePacket, persistence } = service
    const destinations = service.destinations.map((destination) => ({
      address: destination.address,
      port: destination.port,
      family: destination.family,
      forwarding: WORDS.get(destination.forwarding) ?? 'nat',
      weight: destination.weight,
      activeConnections: destination.activeConnections,
      inactiveConnections: destination.inactiveConnections,
    }))
    const told = fwmark === undefined || isTold(service)
    const family = told ? service.family : null
    const hidden = fwmark === undefined && service.family === 'ipv6'
    return {
      ...(fwmark === undefined ? { protocol, address, port } : { fwmark }),
      family,
      scheduler,
      onePacket: hidden ? undefined : onePacket,
      persistence: persistence && {
        timeoutTicks: persistence.timeout * hertz,
        mask: told ? persistence.mask : undefined,
      },
      destinations,
    } as ServiceOverview
  })
}

/** Forwarding methods with a name in the file. */
const WORDS = new Map<string | number, string>(['dr', 'tun', 'local'].map((word) => [word, word]))

/** Whether the file shows the family of a service under a mark, by its destinations or by its mask. */
function isTold({ family, persistence, destinations }: Service): boolean {
  if (destinations.some(({ forwarding }) => forwarding !== 'tun')) return true
  if (family === 'ipv6' || persistence === null) return false
  const mask = String(persistence.mask)
  const [first = 0, ...others] = mask.split('.').map(Number)
  return !(first >= 1 && first <= 128 && others.every((byte) => byte === 0))
}

/** Measures the clock ticks per second with a persistent service. */
async function ticksPerSecond(): Promise<number> {
  const namespace = await makeNamespace()
  await namespace.ipvs.addService({ fwmark: 1, persistence: { timeout: 1 } })
  const [service] = await overviewOf(namespace)
  await namespace.ipvs.flush()
  return service?.persistence?.timeoutTicks ?? 0
}

/**
 * Compares both reads in order. They may differ for a while: before Linux 7.1 until the services of an earlier test's network
 * namespace are destroyed, since then until the kernel has resized a table.
 */
async function expectTheSame(namespace: Namespace): Promise<ServiceOverview[]> {
  const hertz = await ticksPerSecond()
  expect([100, 250, 300, 1000]).toContain(hertz)
  const { read, expected } = await waitUntil(
    async () => ({
      expected: shown(await namespace.ipvs.services(), hertz),
      read: await overviewOf(namespace),
    }),
    (both) => isDeepStrictEqual(both.read, both.expected),
  )
  expect(read).toStrictEqual(expected)
  return read
}

describe('the overview equals what netlink reports, as far as the file shows it', () => {
  it.each(['rr', 'wlc', 'sh', 'none'])(
    'for a table with every setting under scheduler %s',
    async (scheduler) => {
      const namespace = await makeNamespace()
      const entries = matrixOf(scheduler)
      await Promise.all(
        entries.flatMap(({ service, destinations }) => [
          namespace.ipvs.addService(service),
          ...destinations.map((destination) => namespace.ipvs.addDestination(service, destination)),
        ]),
      )
      expect(await expectTheSame(namespace)).toHaveLength(entries.length)
    },
  )

  it('for protocols and forwarding methods without a name', async () => {
    const namespace = await makeNamespace()
    for (const protocol of [0, 1, 47, 58, 65535]) {
      const key = { protocol, address: '192.0.2.10', port: 0 }
      await namespace.ipvs.addService(key)
      for (const forwarding of [5, 6, 7]) {
        await namespace.ipvs.addDestination(key, {
          address: `192.0.2.${forwarding}`,
          forwarding,
        })
      }
    }
    expect(await expectTheSame(namespace)).toHaveLength(5)
  })

  it('for services under marks whose family only their destinations or masks show', async () => {
    const namespace = await makeNamespace()
    const tunnel = { address: '192.0.2.20', forwarding: 'tun' } as const
    for (const family of ['ipv4', 'ipv6'] as const) {
      await namespace.ipvs.addService({ fwmark: 1, family, persistence: {} })
      await namespace.ipvs.addService({ fwmark: 2, family })
      await namespace.ipvs.addDestination({ fwmark: 2, family }, tunnel)
    }
    await namespace.ipvs.addDestination(
      { fwmark: 2, family: 'ipv6' },
      { address: '2001:db8::1', forwarding: 'dr' },
    )
    await namespace.ipvs.addService({ fwmark: 3, persistence: { mask: '64.0.0.0' } })

    const keys = (await expectTheSame(namespace)).map(({ fwmark, family }) => `${fwmark} ${family}`)
    expect(keys.sort()).toEqual(['1 ipv4', '1 null', '2 ipv6', '2 null', '3 null'])
  })

  it('for connections', async () => {
    const { host, client } = await makeBusyHost()
    for (let count = 0; count < 3; count++) await client.connect('198.51.100.1', '192.0.2.10', 80)
    const web = async () => {
      const services = await overviewOf(host)
      return services.find(({ protocol, family }) => protocol === 'tcp' && family === 'ipv4')?.destinations
    }
    expect(await web()).toMatchObject([{ activeConnections: 3, inactiveConnections: 0 }])
    await client.disconnect()
    await waitUntil(
      () => host.ipvs.destinations(WEB),
      ([destination]) => destination?.inactiveConnections === 3,
    )
    expect(await web()).toMatchObject([{ activeConnections: 0, inactiveConnections: 3 }])
    await expectTheSame(host)
  })

  it('for a service that is longer than any chunk of the file', async () => {
    const namespace = await makeNamespace()
    await namespace.ipvs.addService({ fwmark: 1, scheduler: 'rr' })
    await Promise.all(
      Array.from({ length: 3000 }, (_, weight) =>
        namespace.ipvs.addDestination('fwmark://1', {
          address: `10.0.${weight >> 8}.${weight & 255}`,
          forwarding: 'dr',
          weight,
        }),
      ),
    )
    const [service] = await expectTheSame(namespace)
    expect(service?.destinations.map(({ weight }) => weight)).toEqual(
      Array.from({ length: 3000 }, (_, index) => 2999 - index),
    )
  })

  it('for an empty table', async () => {
    expect(await overviewOf(await makeNamespace())).toEqual([])
  })
})

describe('a table that does not fit one chunk', () => {
  before('7.1', 'lacks services where the kernel skips those of another network namespace', async () => {
    const [namespace, other] = [await makeNamespace(), await makeNamespace()]
    await addMarks(namespace.ipvs, 500)
    await waitUntil(
      () => overviewOf(namespace),
      (services) => services.length === 500,
    )
    await addMarks(other.ipvs, 500)
    expect(await namespace.ipvs.services()).toHaveLength(500)
    expect((await overviewOf(namespace)).length).toBeLessThan(500)
  })

  since('7.1', 'is complete whatever another network namespace has', async () => {
    const [namespace, other] = [await makeNamespace(), await makeNamespace()]
    await Promise.all([addMarks(namespace.ipvs, 500), addMarks(other.ipvs, 500)])
    expect(await expectTheSame(namespace)).toHaveLength(500)
  })

  it('may be read in part, and the file is closed', async () => {
    const namespace = await makeNamespace()
    await addMarks(namespace.ipvs, 500)
    const open = () => readdirSync('/proc/self/fd').length
    const before = open()
    for await (const service of readOverview(namespace.transport, undefined)) {
      expect(service.scheduler).toBe('rr')
      expect(open()).toBe(before + 1)
      break
    }
    expect(open()).toBe(before)
  })
})

/** Adds `count` services, each under its own mark. */
async function addMarks(ipvs: Ipvs, count: number): Promise<void> {
  const marks = Array.from({ length: count }, (_, index) => index + 1)
  await Promise.all(marks.map((fwmark) => ipvs.addService({ fwmark, scheduler: 'rr' })))
}
