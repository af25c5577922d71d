import { describe, expect, it } from 'vitest'
import { writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../../../src/netlink/wire/wire.ts'
import type { RouteInput } from '../../../../src/route/model/route.ts'
import { ROUTE, ROUTE_HEADER } from '../../../../src/route/protocol/attributes.ts'
import type { SentMessage } from '../../../support/netlink/answers.ts'
import {
  attributesIn,
  type FakeNetwork,
  open,
  routeReply,
  structureIn,
} from '../../../support/route/fake-network.ts'

const EEXIST = 17
const ESRCH = 3
const UNICAST = { family: 2, table: 254, protocol: 4, type: 1 }

/** The header and attributes of a request about a route. */
function contents(message: SentMessage | undefined): object {
  const set = attributesIn(message!, ROUTE_HEADER, ROUTE)
  const { destination, gateway, outputInterface, preferredSource, priority, table } = ROUTE.fields
  const attributes = { destination, gateway, outputInterface, preferredSource, priority, table }
  const found = Object.entries(attributes).filter(([, field]) => set.has(field))
  return {
    header: structureIn(message!, ROUTE_HEADER),
    ...Object.fromEntries(found.map(([name, field]) => [name, set.get(field as typeof destination)])),
  }
}

const NETWORK = routeReply(
  { ...UNICAST, destinationLength: 24, protocol: 2, scope: 253 },
  { destination: '192.0.2.0', outputInterface: 2, preferredSource: '192.0.2.1' },
)
const DEFAULT = routeReply(UNICAST, { gateway: '192.0.2.254', outputInterface: 2, priority: 100 })
const LOCAL = routeReply(
  { ...UNICAST, destinationLength: 32, table: 255, scope: 254, type: 2 },
  { destination: '192.0.2.1', outputInterface: 2 },
)
const DEFAULT6 = routeReply(
  { ...UNICAST, family: 10 },
  { gateway: 'fe80::1', outputInterface: 2, priority: 1024 },
)

function withRoutes(kernel: FakeNetwork): void {
  kernel.script.GETROUTE = () => ({ replies: [NETWORK, DEFAULT, LOCAL, DEFAULT6] })
}

/** Next hops, encoded as in RTA_MULTIPATH. */
function ways(
  ...hops: readonly { readonly index: number; readonly weight: number; readonly gateway?: string }[]
): Uint8Array {
  const writer = new WireWriter()
  for (const { index, weight, gateway } of hops) {
    const start = writer.reserve(8)
    writer.view.setUint32(start, 0)
    writer.view.setUint8(start + 3, weight - 1)
    writer.view.setInt32(start + 4, index, LITTLE_ENDIAN)
    if (gateway !== undefined) writeAttribute(writer, ROUTE.fields.gateway, gateway)
    writer.view.setUint16(start, writer.length - start, LITTLE_ENDIAN)
  }
  return writer.bytes.slice(0, writer.length)
}

describe('routes', () => {
  it('are those of the main table', async () => {
    const { network, kernel } = await open()
    withRoutes(kernel)
    expect(await network.routes()).toEqual([
      {
        ...{ destination: '192.0.2.0/24', family: 'ipv4', interface: 'eth0', source: '192.0.2.1' },
        ...{ scope: 'link', table: 254, protocol: 'kernel', type: 'unicast' },
      },
      {
        ...{ destination: 'default', family: 'ipv4', gateway: '192.0.2.254', interface: 'eth0' },
        ...{ scope: 'global', table: 254, protocol: 'static', metric: 100, type: 'unicast' },
      },
      {
        ...{ destination: 'default', family: 'ipv6', gateway: 'fe80::1', interface: 'eth0' },
        ...{ scope: 'global', table: 254, protocol: 'static', metric: 1024, type: 'unicast' },
      },
    ])
  })

  it('are filtered by table and family', async () => {
    const { network, kernel } = await open()
    withRoutes(kernel)
    const found = async (filter: object) =>
      (await network.routes(filter)).map(({ destination, family }) => `${destination} ${family}`)
    expect(await found({ table: 255 })).toEqual(['192.0.2.1/32 ipv4'])
    expect(await found({ table: 'all' })).toHaveLength(4)
    expect(await found({ family: 'ipv6' })).toEqual(['default ipv6'])
    await expect(network.routes({ table: 'main' as never })).rejects.toMatchObject({ field: 'filter.table' })
  })

  it('may have several next hops, a gateway of the other family, an MTU, a table beyond eight bits', async () => {
    const { network, kernel } = await open()
    const multipath = ways({ index: 2, weight: 3, gateway: '192.0.2.7' }, { index: 9, weight: 1 })
    const via = Uint8Array.of(...(LITTLE_ENDIAN ? [10, 0] : [0, 10]), 0xfe, 0x80, ...new Array(13).fill(0), 1)
    kernel.script.GETROUTE = () => ({
      replies: [
        routeReply(UNICAST, { multipath }),
        routeReply({ ...UNICAST, table: 0 }, { via, outputInterface: 2, table: 1000 }),
      ],
    })
    const [several, other] = await network.routes({ table: 'all' })
    expect(several!.nextHops).toEqual([{ gateway: '192.0.2.7', interface: 'eth0', weight: 3 }, { weight: 1 }])
    expect(several).not.toHaveProperty('interface')
    expect(other).toMatchObject({ gateway: 'fe80::1', table: 1000 })
  })

  it('omit other families, and entries whose interface was removed meanwhile', async () => {
    const { network, kernel } = await open()
    const gone = routeReply(UNICAST, { outputInterface: 9 })
    const multicast = routeReply({ ...UNICAST, family: 128 }, {})
    kernel.script.GETROUTE = () => ({ replies: [gone, multicast, DEFAULT] })
    expect(await network.routes()).toHaveLength(1)
  })

  it('are malformed with a truncated next hop', async () => {
    const { network, kernel } = await open()
    const multipath = ways({ index: 2, weight: 1 })
    multipath[LITTLE_ENDIAN ? 0 : 1] = 4
    kernel.script.GETROUTE = () => ({ replies: [routeReply(UNICAST, { multipath })] })
    await expect(network.routes()).rejects.toMatchObject({ code: 'ERR_LVS_MALFORMED' })
  })
})

describe('addRoute', () => {
  it.each<[RouteInput, object]>([
    [
      { destination: 'default', gateway: '192.0.2.254' },
      {
        ...{
          header: { ...UNICAST, destinationLength: 0, sourceLength: 0, typeOfService: 0, scope: 0, flags: 0 },
        },
        ...{ gateway: '192.0.2.254', table: 254 },
      },
    ],
    [
      { destination: '192.0.2.10', interface: 'lo' },
      {
        header: expect.objectContaining({ destinationLength: 32, scope: 253, type: 1 }),
        ...{ destination: '192.0.2.10', outputInterface: 1, table: 254 },
      },
    ],
    [
      { destination: '192.0.2.10/32', interface: 'lo', type: 'local' },
      { header: expect.objectContaining({ scope: 254, type: 2, table: 255 }), table: 255 },
    ],
    [
      { destination: '198.51.100.0/24', type: 'blackhole' },
      { header: expect.objectContaining({ scope: 0, type: 6 }) },
    ],
    [
      {
        ...{ destination: '198.51.100.0/24', interface: 'eth0', source: '192.0.2.1', metric: 7 },
        ...{ table: 1000, protocol: 'kernel', scope: 'global' },
      },
      {
        header: expect.objectContaining({ table: 0, protocol: 2, scope: 0 }),
        ...{ outputInterface: 2, preferredSource: '192.0.2.1', priority: 7, table: 1000 },
      },
    ],
    [
      { destination: '::/0', interface: 'eth0' },
      { header: expect.objectContaining({ family: 10, scope: 0 }) },
    ],
    [
      { destination: 'default', gateway: 'fe80::1', interface: 'eth0' },
      { header: expect.objectContaining({ family: 10 }) },
    ],
    [
      { destination: 'default', family: 'ipv6', interface: 'eth0' },
      { header: expect.objectContaining({ family: 10 }) },
    ],
  ])('of %o sends these attributes', async (input, expected) => {
    const { network, kernel } = await open()
    await network.addRoute(input)
    const [message] = kernel.sent('NEWROUTE')
    expect(contents(message)).toMatchObject(expected)
    expect(message!.flags & 0x600).toBe(0x600)
  })

  it('accepts an object that was read', async () => {
    const { network, kernel } = await open()
    withRoutes(kernel)
    const [, route] = await network.routes()
    await network.addRoute({ ...route!, mtu: 1400 })
    expect(contents(kernel.sent('NEWROUTE')[0])).toMatchObject({ gateway: '192.0.2.254', priority: 100 })
  })

  it.each([
    ['route', 'default'],
    ['route.dst', { dst: 'default' }],
    ['route.destination', { interface: 'lo' }],
    ['route.destination', { destination: 'everywhere', interface: 'lo' }],
    ['route.destination', { destination: '192.0.2.1/24', interface: 'lo' }],
    ['route.destination', { destination: '2001:db8::1/64', interface: 'lo' }],
    ['route.interface', { destination: '192.0.2.0/24' }],
    ['route.interface', { destination: '192.0.2.0/24', interface: '..' }],
    ['route.family', { destination: '192.0.2.0/24', family: 'ipv6', interface: 'lo' }],
    ['route.family', { destination: 'default', family: 'inet', interface: 'lo' }],
    ['route.gateway', { destination: '192.0.2.0/24', gateway: '2001:db8::1' }],
    ['route.gateway', { destination: 'default', gateway: 'router' }],
    ['route.source', { destination: 'default', source: '::1', interface: 'lo', family: 'ipv4' }],
    ['route.table', { destination: 'default', interface: 'lo', table: 0 }],
    ['route.metric', { destination: 'default', interface: 'lo', metric: -1 }],
    ['route.type', { destination: 'default', interface: 'lo', type: 'toString' }],
    ['route.protocol', { destination: 'default', interface: 'lo', protocol: 256 }],
    ['route.mtu', { destination: 'default', interface: 'lo', mtu: 0 }],
    ['route.nextHops', { destination: 'default', interface: 'lo', nextHops: [] }],
  ])('refuses an invalid %s (%#) and sends nothing', async (field, input) => {
    const { network, kernel } = await open()
    await expect(network.addRoute(input as RouteInput)).rejects.toMatchObject({ field })
    await expect(network.ensureRoute(input as RouteInput)).rejects.toMatchObject({ field })
    expect(kernel.messages).toEqual([])
  })
})

describe('ensureRoute', () => {
  async function ensure(input: RouteInput) {
    const { network, kernel } = await open()
    withRoutes(kernel)
    kernel.script.NEWROUTE = () => ({ errno: EEXIST })
    return await network.ensureRoute(input)
  }

  it('adds a missing route', async () => {
    const { network } = await open()
    expect(await network.ensureRoute({ destination: 'default', gateway: '192.0.2.254' })).toBe(true)
  })

  it.each<RouteInput>([
    { destination: 'default', gateway: '192.0.2.254', metric: 100 },
    { destination: 'default', gateway: '192.0.2.254', metric: 100, interface: 'eth0', protocol: 'static' },
    { destination: '192.0.2.0/24', interface: 'eth0', source: '192.0.2.1', scope: 'link' },
    { destination: '192.0.2.1', interface: 'eth0', type: 'local' },
    { destination: 'default', gateway: 'FE80::1', interface: 'eth0' },
  ])('leaves a route with the requested settings unchanged: %o', async (input) => {
    expect(await ensure(input)).toBe(false)
  })

  it.each<[RouteInput, RegExp]>([
    [{ destination: 'default', gateway: '192.0.2.253', metric: 100 }, /is unicast via 192.0.2.254 dev eth0/],
    [{ destination: 'default', interface: 'eth0', metric: 100 }, /is unicast via/],
    [{ destination: '192.0.2.0/24', interface: 'lo' }, /dev eth0 src 192.0.2.1/],
    [{ destination: '192.0.2.0/24', type: 'blackhole' }, /is unicast/],
    [{ destination: 'default', gateway: '192.0.2.254' }, /choose another metric/],
  ])('refuses an existing one with other settings: %o', async (input, how) => {
    await expect(ensure(input)).rejects.toMatchObject({
      code: 'EEXIST',
      command: 'ensureRoute',
      explanation: expect.stringMatching(how),
    })
  })
})

describe('removeRoute and ensureNoRoute', () => {
  it('match any value of an omitted setting', async () => {
    const { network, kernel } = await open()
    await network.removeRoute({ destination: 'default' })
    expect(contents(kernel.sent('DELROUTE')[0])).toEqual({
      header: {
        ...{ family: 2, destinationLength: 0, sourceLength: 0, typeOfService: 0, table: 254 },
        ...{ protocol: 0, scope: 255, type: 0, flags: 0 },
      },
      table: 254,
    })
  })

  it('fail, or resolve to false, if there is none', async () => {
    const { network, kernel } = await open()
    expect(await network.ensureNoRoute({ destination: 'default' })).toBe(true)
    kernel.script.DELROUTE = () => ({ errno: ESRCH })
    expect(await network.ensureNoRoute({ destination: 'default' })).toBe(false)
    expect(await network.ensureNoRoute({ destination: 'default', interface: 'eth9' })).toBe(false)
    await expect(network.removeRoute({ destination: 'default' })).rejects.toMatchObject({
      code: 'ESRCH',
      subject: 'default',
    })
  })
})

describe('routeTo', () => {
  it('sends a lookup to the kernel', async () => {
    const { network, kernel } = await open()
    kernel.script.GETROUTE = () => ({
      replies: [
        routeReply(
          { ...UNICAST, destinationLength: 32, protocol: 0 },
          {
            destination: '198.51.100.1',
            gateway: '192.0.2.254',
            outputInterface: 2,
            preferredSource: '192.0.2.1',
          },
        ),
      ],
    })
    expect(await network.routeTo('198.51.100.1', { from: '192.0.2.1', interface: 'eth0' })).toEqual({
      ...{ destination: '198.51.100.1/32', family: 'ipv4', gateway: '192.0.2.254', interface: 'eth0' },
      ...{ source: '192.0.2.1', scope: 'global', table: 254, protocol: 'unspecified', type: 'unicast' },
    })
    const [message] = kernel.sent('GETROUTE')
    expect(structureIn(message!, ROUTE_HEADER)).toMatchObject({
      ...{ family: 2, destinationLength: 32, sourceLength: 32, flags: 0x1000 },
    })
    expect(contents(message)).toMatchObject({ destination: '198.51.100.1', outputInterface: 2 })
  })

  it.each([
    [101, 'ENETUNREACH', /add one with addRoute/],
    [22, 'EINVAL', /or 192.0.2.1 is not an address of this host/],
  ])('explains the error %i', async (errno, code, explanation) => {
    const { network, kernel } = await open()
    kernel.script.GETROUTE = () => ({ errno })
    const from = code === 'EINVAL' ? '192.0.2.1' : undefined
    await expect(network.routeTo('198.51.100.1', { from })).rejects.toMatchObject({
      ...{ code, command: 'routeTo', subject: '198.51.100.1' },
      explanation: expect.stringMatching(explanation),
    })
  })

  it.each([
    ['address', 'default', {}],
    ['lookup.from', '192.0.2.1', { from: '2001:db8::1' }],
    ['lookup.interface', '192.0.2.1', { interface: '' }],
    ['lookup.oif', '192.0.2.1', { oif: 'eth0' }],
  ])('refuses an invalid %s and sends nothing', async (field, address, lookup) => {
    const { network, kernel } = await open()
    await expect(network.routeTo(address, lookup as object)).rejects.toMatchObject({ field })
    expect(kernel.messages).toEqual([])
  })
})
