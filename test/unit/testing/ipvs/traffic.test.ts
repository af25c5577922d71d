import { describe, expect, it } from 'vitest'
import { PROFILES } from '../../../../src/testing/ipvs/profile.ts'
import type { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'
import { makeKernel, WEB } from '../../../support/testing/make-kernel.ts'

const destinations = (kernel: SimulatedKernel) => kernel.state().services[0]!.destinations

/** Opens connections, each from a different client. Returns the last number of each destination address. */
function open(kernel: SimulatedKernel, count: number, service = WEB): (string | undefined)[] {
  const traffic = kernel.traffic()
  return Array.from({ length: count }, (_, index) => {
    const connection = traffic.open({ client: `203.0.113.${index + 1}`, service })
    return connection?.destination.address.split('.')[3]
  })
}

describe('a connection', () => {
  it('is active from the handshake on, inactive once closed, and expires later', async () => {
    const { kernel } = await makeKernel([1])
    const connection = kernel.traffic().open({ client: '203.0.113.1', service: WEB })!
    expect(connection.state).toBe('ESTABLISHED')
    expect(destinations(kernel)).toMatchObject([{ activeConnections: 1, inactiveConnections: 0 }])
    connection.close()
    expect(destinations(kernel)).toMatchObject([{ activeConnections: 0, inactiveConnections: 1 }])
    kernel.clock.advance(121)
    expect(destinations(kernel)).toMatchObject([{ activeConnections: 0, inactiveConnections: 0 }])
  })

  it('stays in the table as long as packets pass', async () => {
    const { kernel } = await makeKernel([1])
    const connection = kernel.traffic().open({ client: '203.0.113.1', service: WEB })!
    kernel.clock.advance(800)
    expect(connection.send()).toBe(true)
    kernel.clock.advance(800)
    expect(kernel.traffic().connections).toMatchObject([{ state: 'ESTABLISHED', expires: 100 }])
    kernel.clock.advance(101)
    expect(kernel.traffic().connections).toEqual([])
  })

  it('drops packets once its destination was removed', async () => {
    const { kernel } = await makeKernel([1])
    const connection = kernel.traffic().open({ client: '203.0.113.1', service: WEB })!
    kernel.run([{ command: 'removeDestination', service: WEB, destination: { address: '192.0.2.20' } }])
    expect(connection.send()).toBe(false)
    expect(kernel.traffic().connections).toHaveLength(1)
  })

  it('cannot be opened without a service, without a destination, or at a destination of weight 0', async () => {
    const { kernel } = await makeKernel([0])
    expect(open(kernel, 1)).toEqual([undefined])
    expect(open(kernel, 1, 'tcp://192.0.2.99:80')).toEqual([undefined])
  })
})

describe('thresholds', () => {
  it('stop connections above the upper one, until only three quarters of it are left', async () => {
    const { kernel } = await makeKernel()
    const limited = { address: '192.0.2.20', forwarding: 'nat', upperThreshold: 4 } as const
    kernel.run([{ command: 'addDestination', service: WEB, destination: limited }])
    const traffic = kernel.traffic()
    const connections = [1, 2, 3, 4].map(
      (last) => traffic.open({ client: `203.0.113.${last}`, service: WEB })!,
    )
    expect(open(kernel, 1)).toEqual([undefined])
    for (const connection of connections.slice(0, 1)) connection.reset()
    kernel.clock.advance(11)
    expect(open(kernel, 1)).toEqual([undefined])
    for (const connection of connections.slice(1, 2)) connection.reset()
    kernel.clock.advance(11)
    expect(open(kernel, 1)).toEqual(['20'])
  })

  // Later builds of each series apply it at once (ip_vs_dest_update_overload); observed on 6.1.176 and 7.2.13.
  it.each([
    { limitsThresholds: true, lowered: [undefined, undefined], raised: [undefined] },
    { limitsThresholds: false, lowered: ['20', undefined], raised: ['20'] },
  ])('that change take effect at once, or with the next connection: %j', async (expected) => {
    const { limitsThresholds, lowered, raised } = expected
    const { kernel } = await makeKernel([1], { profile: { ...PROFILES['6.1'], limitsThresholds } })
    const limit = (upperThreshold: number) => {
      const destination = { address: '192.0.2.20', forwarding: 'nat', weight: 1, upperThreshold } as const
      kernel.run([
        { command: 'updateDestination', service: WEB, destination: { ...destination, lowerThreshold: 0 } },
      ])
    }
    expect(open(kernel, 5)).toEqual(new Array(5).fill('20'))
    limit(3)
    expect(open(kernel, 2)).toEqual(lowered)
    // Five or six connections are at least three quarters of 6 or 7.
    limit(lowered[0] === undefined ? 6 : 7)
    expect(open(kernel, 1)).toEqual(raised)
    limit(0)
    expect(open(kernel, 1)).toEqual(['20'])
  })
})

describe('persistence', () => {
  it('sends a client to its previous destination, even at weight 0, until the template expires', async () => {
    const { kernel } = await makeKernel([1, 1], { persistence: 300 })
    const traffic = kernel.traffic()
    const again = () => traffic.open({ client: '203.0.113.1', service: WEB })?.destination.address
    expect([again(), again(), again()]).toEqual(['192.0.2.21', '192.0.2.21', '192.0.2.21'])
    expect(destinations(kernel)).toMatchObject([{ persistentConnections: 1 }, { persistentConnections: 0 }])
    expect(traffic.connections.filter(({ template }) => template)).toMatchObject([
      { client: { address: '203.0.113.1', port: 0 }, state: 'ASSURED', expires: 300 },
    ])
    kernel.run([
      {
        ...{ command: 'updateDestination', service: WEB },
        destination: {
          address: '192.0.2.21',
          forwarding: 'nat',
          weight: 0,
          upperThreshold: 0,
          lowerThreshold: 0,
        },
      },
    ])
    expect(again()).toBe('192.0.2.21')
    kernel.clock.advance(2000)
    expect(again()).toBe('192.0.2.20')
  })

  it('treats a network as one client', async () => {
    const { kernel } = await makeKernel([1, 1])
    kernel.run([
      {
        command: 'addService',
        service: { fwmark: 7, family: 'ipv4', scheduler: 'rr', persistence: { timeout: 60, mask: 24 } },
      },
      {
        command: 'addDestination',
        service: 'fwmark://7',
        destination: { address: '192.0.2.30', forwarding: 'dr' },
      },
      {
        command: 'addDestination',
        service: 'fwmark://7',
        destination: { address: '192.0.2.31', forwarding: 'dr' },
      },
    ])
    const traffic = kernel.traffic()
    const at = (client: string, port: number) =>
      traffic.open({ client, service: 'fwmark://7', address: '198.51.100.1', port })?.destination
    expect(at('203.0.113.1', 80)).toEqual({ address: '192.0.2.31', port: 80 })
    expect(at('203.0.113.200', 443)).toEqual({ address: '192.0.2.31', port: 443 })
    expect(at('203.0.112.1', 80)).toEqual({ address: '192.0.2.30', port: 80 })
  })
})

describe('counters', () => {
  it('show the state of the last sample, taken every two seconds', async () => {
    const { kernel, ipvs } = await makeKernel([1])
    const connection = kernel.traffic().open({ client: '203.0.113.1', service: WEB })!
    connection.send({ packets: 10, bytes: 10_000 })
    expect((await ipvs.service(WEB)).statistics.connections).toBe(0)
    kernel.clock.advance(2)
    const { statistics } = await ipvs.service(WEB)
    expect(statistics).toMatchObject({ connections: 1, incomingPackets: 12, incomingBytes: 10_112 })
    expect(statistics.incomingBytesPerSecond).toBe(Math.round(10_112 / 2 / 4))
    expect(await ipvs.totals()).toEqual(statistics)
  })

  it('decay as rates by a quarter per sample', async () => {
    const { kernel, ipvs } = await makeKernel([1])
    kernel.traffic().open({ client: '203.0.113.1', service: WEB })?.send({ packets: 7998, bytes: 8_000_000 })
    const rates: number[] = []
    for (let sample = 0; sample < 4; sample++) {
      kernel.clock.advance(2)
      rates.push((await ipvs.service(WEB)).statistics.incomingPacketsPerSecond)
    }
    expect(rates).toEqual([1000, 750, 562, 422])
  })

  it('restart at the last sample when they are reset', async () => {
    const { kernel, ipvs } = await makeKernel([1])
    const connection = kernel.traffic().open({ client: '203.0.113.1', service: WEB })!
    kernel.clock.advance(2)
    connection.send({ packets: 5 })
    await ipvs.zero()
    expect((await ipvs.service(WEB)).statistics.incomingPackets).toBe(0)
    kernel.clock.advance(2)
    expect((await ipvs.service(WEB)).statistics.incomingPackets).toBe(5)
  })
})

describe('one-packet scheduling', () => {
  it('counts packets and keeps no connection', async () => {
    const { kernel } = await makeKernel()
    const service = 'udp://192.0.2.10:53'
    kernel.run([
      {
        command: 'addService',
        service: { protocol: 'udp', address: '192.0.2.10', port: 53, scheduler: 'rr', onePacket: true },
      },
      { command: 'addDestination', service, destination: { address: '192.0.2.20', forwarding: 'nat' } },
    ])
    expect(open(kernel, 3, service)).toEqual(['20', '20', '20'])
    kernel.clock.advance(2)
    expect(kernel.traffic().connections).toEqual([])
    expect(kernel.state().services[1]).toMatchObject({
      statistics: { connections: 3 },
      destinations: [{ inactiveConnections: 0 }],
    })
  })
})
