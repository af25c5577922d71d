import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import type { Destination } from '../../../../src/ipvs/model/destination.ts'
import type { Service } from '../../../../src/ipvs/model/service.ts'
import { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'

const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const SERVICE = {
  ...WEB,
  scheduler: 'sh',
  schedulerFlags: ['sh-port'],
  persistence: { timeout: 100, mask: '255.255.255.0' },
} as const
const REAL = { address: '198.51.100.7', port: 80 } as const
const GRE = {
  ...REAL,
  forwarding: 'tun',
  tunnel: { type: 'gre', checksum: 'checksum' },
  weight: 5,
  upperThreshold: 9,
} as const

let ipvs: IpvsClient
let kernel: SimulatedKernel

/** Starts with a service and one or more equal destinations. */
function begin(hosts: readonly string[] = [REAL.address]): void {
  const destinations = hosts.map((address) => ({ ...GRE, address }))
  kernel.setState({ services: [{ ...SERVICE, destinations }] })
  kernel.log.clear()
}

beforeEach(async () => {
  kernel = new SimulatedKernel()
  ipvs = await IpvsClient.open({ transport: kernel })
  begin()
})
afterEach(() => ipvs.close())

/** The reads and writes that the kernel received, in order. */
const commands = () => kernel.log.requests.map(({ command }) => command)
const service = (): Service => kernel.state().services[0]!
const destination = (): Destination => service().destinations[0]!

describe('updating a service', () => {
  it('reads it, changes the given settings and keeps the rest', async () => {
    await ipvs.updateService(WEB, { onePacket: true })
    expect(commands()).toEqual(['GET_SERVICE', 'SET_SERVICE'])
    expect(service()).toMatchObject({ ...SERVICE, onePacket: true })
  })

  it('with complete settings reads nothing', async () => {
    const [read] = await ipvs.services()
    kernel.log.clear()
    await ipvs.updateService(WEB, { ...read, scheduler: 'mh', schedulerFlags: ['mh-port'] })
    expect(commands()).toEqual(['SET_SERVICE'])
    expect(service()).toMatchObject({ ...SERVICE, scheduler: 'mh', schedulerFlags: ['mh-port'] })
  })

  it('several times at once reads the result of the previous update each time', async () => {
    await Promise.all([
      ipvs.updateService(WEB, { onePacket: true }),
      ipvs.updateService('tcp://192.0.2.1:80', { persistence: { timeout: 5 } }),
      ipvs.updateService({ ...WEB, protocol: 6 }, { persistenceEngine: 'sip' }),
    ])
    expect(commands()).toEqual(new Array(3).fill(['GET_SERVICE', 'SET_SERVICE']).flat())
    expect(service()).toMatchObject({
      ...SERVICE,
      onePacket: true,
      persistence: { timeout: 5, mask: '255.255.255.0' },
      persistenceEngine: 'sip',
    })
  })

  it('keeps its position among other writes', async () => {
    const other = { ...WEB, port: 81 }
    const calls = [
      ipvs.addService({ ...other, scheduler: 'rr' }),
      ipvs.updateService(other, { onePacket: true }),
      ipvs.removeService(other),
    ]
    await Promise.all(calls)
    expect(commands()).toEqual(['NEW_SERVICE', 'GET_SERVICE', 'SET_SERVICE', 'DEL_SERVICE'])
    expect(kernel.log.requests.map(({ error }) => error)).toEqual(new Array(4).fill(undefined))
  })

  it('that does not exist is ESRCH, and nothing is changed', async () => {
    await expect(ipvs.updateService({ ...WEB, port: 81 }, { onePacket: true })).rejects.toMatchObject({
      code: 'ESRCH',
      command: 'updateService',
      subject: 'tcp://192.0.2.1:81',
    })
    expect(commands()).toEqual(['GET_SERVICE'])
  })

  it('is not affected by another update of it that the kernel refuses', async () => {
    const updates = [
      ipvs.updateService(WEB, { scheduler: 'nosuch' }),
      ipvs.updateService(WEB, { onePacket: true }),
    ]
    const results = await Promise.allSettled(updates)
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(service()).toMatchObject({ ...SERVICE, onePacket: true })
  })
})

describe('updating a destination', () => {
  it('reads the destinations of the service, changes the given settings and keeps the rest', async () => {
    await ipvs.updateDestination(WEB, { ...REAL, weight: 0 })
    expect(commands()).toEqual(['GET_SERVICE', 'GET_DEST', 'SET_DEST'])
    expect(destination()).toMatchObject({ ...GRE, weight: 0 })
  })

  it('with complete settings, such as those of a destination that was read, reads nothing', async () => {
    const [read] = await ipvs.destinations(WEB)
    kernel.log.clear()
    await ipvs.updateDestination(WEB, { ...read!, weight: 2 })
    expect(commands()).toEqual(['SET_DEST'])
    expect(destination()).toMatchObject({ ...GRE, weight: 2 })
  })

  it('of several destinations of a service at once reads once', async () => {
    const others = [7, 8, 9].map((host) => ({ address: `198.51.100.${host}`, port: 80 }))
    begin(others.map(({ address }) => address))
    await Promise.all(others.map((other, weight) => ipvs.updateDestination(WEB, { ...other, weight })))
    expect(commands()).toEqual(['GET_SERVICE', 'GET_DEST', 'SET_DEST', 'SET_DEST', 'SET_DEST'])
    expect(service().destinations).toMatchObject(
      others.map((other, weight) => ({ ...GRE, ...other, weight })),
    )
  })

  it('several times at once reads the result of the previous update each time', async () => {
    await Promise.all([
      ipvs.updateDestination(WEB, { ...REAL, upperThreshold: 20 }),
      ipvs.updateDestination('tcp://192.0.2.1:80', { address: REAL.address, weight: 3 }),
    ])
    expect(destination()).toMatchObject({ ...GRE, weight: 3, upperThreshold: 20 })
  })

  it('that is invalid rejects by itself, and later ones continue', async () => {
    const results = await Promise.allSettled([
      ipvs.updateDestination(WEB, { ...REAL, lowerThreshold: 10 }),
      ipvs.updateDestination(WEB, { ...REAL, upperThreshold: 20 }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(destination()).toMatchObject({ ...GRE, upperThreshold: 20, lowerThreshold: 0 })
  })

  it('that the service does not have is ENOENT, without a write', async () => {
    const update = ipvs.updateDestination(WEB, { address: '198.51.100.8', weight: 1 })
    await expect(update).rejects.toMatchObject({
      code: 'ENOENT',
      subject: 'tcp://192.0.2.1:80 -> 198.51.100.8:80',
    })
    expect(kernel.log.lines).toEqual([])
  })

  it('of a service that does not exist is ESRCH with its own subject for each update that shares the read', async () => {
    kernel.setState({})
    const hosts = ['198.51.100.7', '198.51.100.8']
    const updates = hosts.map((address) => ipvs.updateDestination(WEB, { address, weight: 1 }))
    const errors = await Promise.all(updates.map((update) => update.catch((error: unknown) => error)))
    expect(errors).toMatchObject(
      hosts.map((host) => ({
        code: 'ESRCH',
        command: 'updateDestination',
        subject: `tcp://192.0.2.1:80 -> ${host}:80`,
      })),
    )
    expect(commands()).toEqual(['GET_SERVICE', 'GET_DEST'])
  })
})

describe('the arguments of a call', () => {
  it('are read when the call is made, even if it must wait for an update', async () => {
    const added = { address: '198.51.100.8', forwarding: 'dr' as const, weight: 1 }
    const calls = [ipvs.updateService(WEB, { onePacket: true }), ipvs.addDestination(WEB, added)]
    added.weight = 2
    await Promise.all(calls)
    expect(destination()).toMatchObject({ address: '198.51.100.8', weight: 1 })
  })

  it('are read completely when the call is made', async () => {
    const changes = { persistence: { timeout: 5 } }
    const update = ipvs.updateService(WEB, changes)
    changes.persistence.timeout = 6
    await update
    expect(service().persistence).toEqual({ timeout: 5, mask: '255.255.255.0' })
  })

  it('are read when the call is made, even if the table must be read first', async () => {
    const changes = { ...REAL, weight: 1 }
    const update = ipvs.updateDestination(WEB, changes)
    changes.weight = 2
    await update
    expect(destination()).toMatchObject({ ...GRE, weight: 1 })
  })
})
