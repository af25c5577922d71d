import { describe, expect, it } from 'vitest'
import { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { Transport } from '../../../src/netlink/transport/transport.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import { makeKernel, WEB } from '../../support/testing/make-kernel.ts'

const rule = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const

async function textOf(transport: Transport, path: string): Promise<string> {
  let text = ''
  for await (const piece of transport.readFile(path)) text += Buffer.from(piece).toString()
  return text
}

describe('a network namespace', () => {
  it('has its own table', async () => {
    const kernel = new SimulatedKernel()
    await using one = await IpvsClient.open({ transport: kernel.connect({ netns: 'one' }) })
    await using other = await IpvsClient.open({ transport: kernel.connect({ netns: 'other' }) })
    await one.addService(rule)
    expect(await one.services()).toHaveLength(1)
    expect(await other.services()).toEqual([])
    expect(kernel.state({ netns: 'one' }).services).toHaveLength(1)
  })

  it('cannot be opened after it was deleted, but open sockets keep working', async () => {
    const kernel = new SimulatedKernel()
    const transport = kernel.connect({ netns: 'gone' })
    await using ipvs = await IpvsClient.open({ transport })
    kernel.deleteNamespace('gone')
    await expect(ipvs.addService(rule)).resolves.toBeUndefined()
    await expect(IpvsClient.open({ transport })).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' })
    await expect(textOf(transport, '/proc/net/ip_vs')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('ends with its last socket, and leaves no entry in the table that all namespaces share up to Linux 7.0', async () => {
    const kernel = new SimulatedKernel({ profile: '6.12' })
    const marks = Array.from({ length: 300 }, (_, index) => index + 1)
    const addAll = (netns: string) =>
      kernel.run(
        marks.map((fwmark) => ({ command: 'addService', service: { fwmark, scheduler: 'rr' } })),
        { netns },
      )
    const listed = async () => (await textOf(kernel, '/proc/net/ip_vs')).match(/FWM/g)?.length
    addAll('')
    expect(await listed()).toBe(300)
    const open = await IpvsClient.open({ transport: kernel.connect({ netns: 'other' }) })
    addAll('other')
    kernel.deleteNamespace('other')
    expect(await open.services()).toHaveLength(300)
    // A page of the file begins by counting the services of its own namespace, and ends after the services of both.
    expect(await listed()).toBeLessThan(300)
    open.close()
    expect(await listed()).toBe(300)
  })
})

describe('network interfaces', () => {
  const destination = { address: '198.51.100.255', forwarding: 'dr' } as const

  it('belong to the namespace that they are set for', async () => {
    const kernel = new SimulatedKernel()
    await using one = await IpvsClient.open({ transport: kernel.connect({ netns: 'one' }) })
    await using other = await IpvsClient.open({ transport: kernel.connect({ netns: 'other' }) })
    kernel.setInterfaces([{ name: 'eth0', addresses: ['198.51.100.1/24'] }], { netns: 'one' })
    await one.startDaemon({ role: 'master', interface: 'eth0' })
    const onEth0 = other.startDaemon({ role: 'master', interface: 'eth0' })
    await expect(onEth0).rejects.toMatchObject({ code: 'ENODEV' })
    await one.addService(rule)
    await expect(one.addDestination(rule, destination)).rejects.toMatchObject({
      code: 'EINVAL',
      explanation: '198.51.100.255 is a broadcast address of a network of this host',
    })
    await other.addService(rule)
    await other.addDestination(rule, destination)
  })

  it('that are all down leave no local address, and the error reports this', async () => {
    const kernel = new SimulatedKernel({
      interfaces: [{ name: 'lo', up: false, addresses: ['127.0.0.1/8'] }],
    })
    await using ipvs = await IpvsClient.open({ transport: kernel })
    await ipvs.addService(rule)
    await expect(ipvs.addDestination(rule, destination)).rejects.toMatchObject({
      code: 'EINVAL',
      explanation: expect.stringContaining('ip link set lo up'),
    })
  })
})

describe('the module', () => {
  it('is loaded by the first lookup, with another family number each time', async () => {
    const kernel = new SimulatedKernel({ familyId: 28 })
    expect(kernel.module.state).toBe('unloaded')
    await expect(textOf(kernel, '/proc/net/ip_vs')).rejects.toMatchObject({ code: 'ENOENT' })
    await using ipvs = await IpvsClient.open({ transport: kernel })
    expect(kernel.module.familyId).toBe(28)
    await ipvs.addService(rule)
    kernel.module.unload()
    expect(await ipvs.services()).toEqual([])
    expect(kernel.module.familyId).toBe(29)
  })

  it('may be absent', async () => {
    const kernel = new SimulatedKernel()
    kernel.module.unload('absent')
    expect(await IpvsClient.probe({ transport: kernel })).toMatchObject({
      available: false,
      reason: 'no-ipvs',
    })
  })
})

it('a process without privileges is refused every command', async () => {
  const kernel = new SimulatedKernel()
  expect(await IpvsClient.probe({ transport: kernel.connect({ privileged: false }) })).toMatchObject({
    available: false,
    reason: 'no-privilege',
  })
})

it('state() returns the state that setState() set', async () => {
  const { kernel } = await makeKernel([1, 2, 3], { scheduler: 'wrr', persistence: 60 })
  kernel.traffic().open({ client: '203.0.113.1', service: WEB })
  kernel.clock.advance(2)
  const state = kernel.state()
  const other = new SimulatedKernel({ profile: '6.1' })
  other.setState(state)
  expect(other.state()).toEqual(state)
})

it('a profile that does not exist is refused', () => {
  expect(() => new SimulatedKernel({ profile: '2.4' as never })).toThrow(
    /profile must be one of 6\.1, 6\.12, 7\.2/,
  )
})

describe('GET_INFO', () => {
  it.each([
    ['6.12', 4096, 4096],
    ['7.2', 0, 256],
  ] as const)(
    'on Linux %s tells of %i buckets, of %i once there was a service',
    async (profile, before, after) => {
      const kernel = new SimulatedKernel({ profile })
      await using ipvs = await IpvsClient.open({ transport: kernel })
      expect((await ipvs.info()).connectionTableSize).toBe(before)
      await ipvs.addService(rule)
      await ipvs.flush()
      expect((await ipvs.info()).connectionTableSize).toBe(after)
    },
  )
})

it('programs 10,000 services with 10 destinations each', async () => {
  const kernel = new SimulatedKernel()
  await using ipvs = await IpvsClient.open({ transport: kernel })
  await ipvs.batch(
    (function* () {
      for (let index = 0; index < 10_000; index++) {
        const service = { ...rule, address: `10.${index >> 8}.${index & 255}.1`, scheduler: 'wrr' } as const
        yield { command: 'addService', service }
        for (let last = 1; last <= 10; last++) {
          yield {
            command: 'addDestination',
            service,
            destination: { address: `172.16.0.${last}`, forwarding: 'dr' },
          }
        }
      }
    })(),
  )
  const { messages, sends } = ipvs.activity
  expect(messages).toBe(110_001)
  expect(sends).toBeLessThan(300)
  expect(kernel.log.requests).toHaveLength(110_001)
}, 60_000)
