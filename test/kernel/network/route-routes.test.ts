import { describe, expect, it, vi } from 'vitest'
import { NetworkError } from '../../../src/errors.ts'
import type { Route, RouteInput } from '../../../src/route/model/route.ts'
import { ipJson, makeHost } from '../../support/kernel/network/network.ts'

interface ShownRoute {
  readonly dst: string
  readonly gateway?: string
  readonly dev?: string
  readonly prefsrc?: string
  readonly metric?: number
}

const ADDRESSES = ['192.0.2.1/24', '2001:db8::1/64']

const endpoint = ({ destination }: Route) => destination.replace(/\/(32|128)$/, '')

async function makeRouter() {
  const { host, network } = await makeHost()
  await host.addDummy('eth0', ADDRESSES)
  // The kernel adds the route of an IPv6 address asynchronously (addrconf_dad_work).
  await vi.waitFor(async () => {
    const addresses = await network.addresses({ interface: 'eth0', family: 'ipv6' })
    const routes = await network.routes({ family: 'ipv6', table: 'all' })
    expect(routes.map(endpoint)).toEqual(expect.arrayContaining(addresses.map(({ address }) => address)))
  }, 10_000)
  return { host, network }
}

describe('routes', () => {
  it('equal those that ip(8) shows', async () => {
    const { host, network } = await makeRouter()
    await host.ip('route', 'add', 'default', 'via', '192.0.2.254', 'metric', '7')
    await host.ip(
      'route',
      'add',
      '198.51.100.0/24',
      'nexthop',
      'via',
      '192.0.2.7',
      'weight',
      '3',
      'nexthop',
      'dev',
      'eth0',
    )
    await host.ip('route', 'add', 'blackhole', '203.0.113.0/24')
    await host.ip('route', 'add', '10.0.0.0/8', 'dev', 'eth0', 'table', '1000', 'mtu', '1400')
    await host.ip('-6', 'route', 'add', 'default', 'via', '2001:db8::fe')
    for (const [family, option] of [
      ['ipv4', '-4'],
      ['ipv6', '-6'],
    ] as const) {
      const expected = await ipJson<ShownRoute>(host, option, 'route', 'show', 'table', 'all')
      const routes = await network.routes({ family, table: 'all' })
      expect(
        routes.map((route) => [endpoint(route), route.gateway, route.interface, route.source, route.metric]),
      ).toEqual(
        expected.map(({ dst, gateway, dev, prefsrc, metric }) => [dst, gateway, dev, prefsrc, metric]),
      )
      const main = await ipJson<ShownRoute>(host, option, 'route', 'show')
      expect((await network.routes({ family })).map(endpoint)).toEqual(main.map(({ dst }) => dst))
    }
    const routes = await network.routes({ table: 'all' })
    const find = (wanted: string) => routes.find(({ destination }) => destination === wanted)
    expect(find('198.51.100.0/24')!.nextHops).toEqual([
      { gateway: '192.0.2.7', interface: 'eth0', weight: 3 },
      { interface: 'eth0', weight: 1 },
    ])
    expect(find('203.0.113.0/24')).toMatchObject({ type: 'blackhole', protocol: 'boot' })
    expect(find('10.0.0.0/8')).toMatchObject({ table: 1000, mtu: 1400, scope: 'link' })
    expect(find('192.0.2.1/32')).toMatchObject({
      table: 255,
      type: 'local',
      protocol: 'kernel',
      scope: 'host',
    })
    expect(find('192.0.2.0/24')).toMatchObject({ source: '192.0.2.1', protocol: 'kernel', scope: 'link' })
  })

  it.each<RouteInput>([
    { destination: '192.0.2.110', interface: 'lo' },
    { destination: '198.51.100.0/24', gateway: '192.0.2.254' },
    { destination: 'default', gateway: '192.0.2.254', source: '192.0.2.1', metric: 7, mtu: 1400 },
    { destination: '198.51.100.0/24', interface: 'eth0', table: 1000, scope: 'global', protocol: 'boot' },
    { destination: '198.51.100.1', interface: 'lo', type: 'local' },
    { destination: '198.51.100.0/24', type: 'blackhole' },
    { destination: '2001:db8:1::/48', gateway: '2001:db8::fe' },
    { destination: 'default', gateway: 'fe80::fe', interface: 'eth0' },
    { destination: '2001:db8:1::/48', interface: 'eth0', metric: 7 },
    { destination: '2001:db8:1::/48', type: 'unreachable' },
  ])('%o is added, read back, added again as it was read, and removed', async (input) => {
    const { network } = await makeRouter()
    const read = () => network.routes({ table: 'all' })
    const before = await read()

    await network.addRoute(input)
    const [route, ...others] = (await read()).filter(
      (one) => !before.some((old) => JSON.stringify(old) === JSON.stringify(one)),
    )
    expect(others).toEqual([])
    const { destination, ...rest } = input
    expect(route).toMatchObject({ ...rest, destination: expect.stringContaining(destination) })
    expect(await network.ensureRoute(input)).toBe(false)
    await expect(network.addRoute(input)).rejects.toMatchObject({ code: 'EEXIST' })

    await network.removeRoute(input)
    expect(await read()).toEqual(before)
    expect(await network.ensureNoRoute(input)).toBe(false)
    await expect(network.removeRoute(input)).rejects.toMatchObject({ code: 'ESRCH' })

    expect(await network.ensureRoute(route!)).toBe(true)
    expect(await read()).toContainEqual(route)
    expect(await network.ensureNoRoute(route!)).toBe(true)
    expect(await read()).toEqual(before)
  })

  it('are refused with an explanation', async () => {
    const { host, network } = await makeRouter()
    await host.addDummy('eth1', [], 'down')
    const refused = async (route: RouteInput) => {
      const error = await network.addRoute(route).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(NetworkError)
      return error as NetworkError
    }
    const far = await refused({ destination: 'default', gateway: '198.51.100.1' })
    expect(far).toMatchObject({ code: 'ENETUNREACH', command: 'addRoute', subject: 'default' })
    expect(far.kernelMessage).toContain('gateway')
    const down = await refused({ destination: '198.51.100.0/24', interface: 'eth1' })
    expect(down.code).toBe('ENETDOWN')
    expect(down.explanation).toContain("updateLink('eth1', { up: true })")
    expect(await refused({ destination: '198.51.100.0/24', interface: 'eth9' })).toMatchObject({
      code: 'ENODEV',
    })
  })

  it('are refused by ensureRoute when they exist with other settings', async () => {
    const { network } = await makeRouter()
    await network.addRoute({ destination: 'default', gateway: '192.0.2.254' })
    await expect(
      network.ensureRoute({ destination: 'default', gateway: '192.0.2.253' }),
    ).rejects.toMatchObject({
      code: 'EEXIST',
      explanation: expect.stringContaining('is unicast via 192.0.2.254 dev eth0'),
    })
  })
})

describe('the route to an address', () => {
  it('equals that of ip(8)', async () => {
    const { host, network } = await makeRouter()
    await host.ip('route', 'add', 'default', 'via', '192.0.2.254')
    await host.ip('-6', 'route', 'add', 'default', 'via', '2001:db8::fe')
    for (const address of ['198.51.100.1', '192.0.2.9', '192.0.2.1', '2001:db8:1::1', '2001:db8::9', '::1']) {
      const [expected] = await ipJson<ShownRoute>(host, 'route', 'get', address)
      const route = await network.routeTo(address)
      expect([endpoint(route), route.gateway, route.interface, route.source]).toEqual([
        ...[address, expected!.gateway, expected!.dev, expected!.prefsrc],
      ])
    }
    expect(await network.routeTo('192.0.2.1')).toMatchObject({ type: 'local', interface: 'lo' })
    expect(await network.routeTo('198.51.100.1', { from: '192.0.2.1', interface: 'eth0' })).toMatchObject({
      ...{ gateway: '192.0.2.254', type: 'unicast', table: 254 },
    })
  })

  it('is refused if there is none', async () => {
    const { network } = await makeRouter()
    for (const address of ['198.51.100.1', '2001:db8:1::1']) {
      await expect(network.routeTo(address)).rejects.toMatchObject({
        ...{ code: 'ENETUNREACH', command: 'routeTo', subject: address },
      })
    }
    // ENETUNREACH or EINVAL, depending on the version.
    await expect(network.routeTo('192.0.2.9', { from: '203.0.113.1' })).rejects.toThrow(
      /203\.0\.113\.1 is not an address of this host/,
    )
    await expect(network.routeTo('192.0.2.9', { interface: 'eth9' })).rejects.toMatchObject({
      code: 'ENODEV',
    })
  })
})
