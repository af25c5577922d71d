import { beforeEach, describe, expect, it } from 'vitest'
import { DESTINATION } from '../../../src/ipvs/attributes.ts'
import type { Ipvs } from '../../../src/ipvs/ipvs.ts'
import type { ServiceInput } from '../../../src/ipvs/service.ts'
import type { SentMessage } from '../netlink/answers.ts'
import {
  commandOf,
  destinationIn,
  destinationReply,
  type FakeKernel,
  open,
  serviceIn,
  serviceReply,
} from './fake-kernel.ts'

const [ENOENT, ESRCH] = [2, 3]
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

let ipvs: Ipvs
let kernel: FakeKernel

beforeEach(async () => {
  ;({ ipvs, kernel } = await open())
  kernel.script.GET_SERVICE = () => ({ replies: [serviceReply(SERVICE)] })
  kernel.script.GET_DEST = () => ({ replies: [destinationReply(GRE)] })
})

const sent = (name: string): SentMessage[] =>
  kernel.messages.filter((message) => message.type > 16 && commandOf(message) === name)
const servicesSet = () => sent('SET_SERVICE').map(serviceIn)
/** Weight and upper threshold of every destination that was set. */
const destinationsSet = () =>
  sent('SET_DEST')
    .map(destinationIn)
    .map((set) => [set.get(DESTINATION.fields.weight), set.get(DESTINATION.fields.upperThreshold)])

describe('updating a service', () => {
  it('reads it, changes what is named and keeps the rest', async () => {
    await ipvs.updateService(WEB, { onePacket: true })
    expect(kernel.commands).toEqual(['GET_SERVICE', 'SET_SERVICE'])
    expect(servicesSet()).toMatchObject([{ ...SERVICE, onePacket: true }])
  })

  it('with whole settings reads nothing', async () => {
    const [service] = await ipvs.services()
    kernel.datagrams.length = 0
    await ipvs.updateService(WEB, { ...service, scheduler: 'mh', schedulerFlags: ['mh-port'] })
    expect(kernel.commands).toEqual(['SET_SERVICE'])
    expect(servicesSet()).toMatchObject([{ ...SERVICE, scheduler: 'mh', schedulerFlags: ['mh-port'] }])
  })

  it('several times at once reads each time what the one before has made of it', async () => {
    let service: ServiceInput = SERVICE
    kernel.script.GET_SERVICE = () => ({ replies: [serviceReply(service)] })
    kernel.script.SET_SERVICE = (message) => {
      service = serviceIn(message)
      return {}
    }
    await Promise.all([
      ipvs.updateService(WEB, { onePacket: true }),
      ipvs.updateService('tcp://192.0.2.1:80', { persistence: { timeout: 5 } }),
      ipvs.updateService({ ...WEB, protocol: 6 }, { persistenceEngine: 'sip' }),
    ])
    expect(kernel.commands).toEqual(new Array(3).fill(['GET_SERVICE', 'SET_SERVICE']).flat())
    const all = {
      onePacket: true,
      persistence: { timeout: 5, mask: '255.255.255.0' },
      persistenceEngine: 'sip',
    }
    expect(service).toMatchObject({ ...SERVICE, ...all })
  })

  it('stands in its place among other writes', async () => {
    const calls = [
      ipvs.addService(WEB),
      ipvs.updateService(WEB, { onePacket: true }),
      ipvs.removeService(WEB),
    ]
    await Promise.all(calls)
    expect(kernel.commands).toEqual(['NEW_SERVICE', 'GET_SERVICE', 'SET_SERVICE', 'DEL_SERVICE'])
  })

  it('that does not exist is ESRCH, and nothing is changed', async () => {
    kernel.script.GET_SERVICE = () => ({ errno: ESRCH })
    await expect(ipvs.updateService(WEB, { onePacket: true })).rejects.toMatchObject({
      code: 'ESRCH',
      command: 'updateService',
      subject: 'tcp://192.0.2.1:80',
    })
    expect(kernel.commands).toEqual(['GET_SERVICE'])
  })

  it('is not spoiled by another update of it that the kernel refuses', async () => {
    kernel.script.SET_SERVICE = (message) =>
      serviceIn(message).scheduler === 'twos' ? { errno: ENOENT } : {}
    const updates = [
      ipvs.updateService(WEB, { scheduler: 'twos' }),
      ipvs.updateService(WEB, { onePacket: true }),
    ]
    const results = await Promise.allSettled(updates)
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(servicesSet().at(-1)).toMatchObject({ ...SERVICE, onePacket: true })
  })
})

describe('updating a destination', () => {
  it('reads those of the service, changes what is named and keeps the rest', async () => {
    await ipvs.updateDestination(WEB, { ...REAL, weight: 0 })
    expect(kernel.commands).toEqual(['GET_SERVICE', 'GET_DEST', 'SET_DEST'])
    const [set] = sent('SET_DEST').map(destinationIn)
    const { weight, upperThreshold, tunnelType, tunnelFlags } = DESTINATION.fields
    expect([weight, upperThreshold, tunnelType, tunnelFlags].map((field) => set!.get(field))).toEqual([
      0, 9, 2, 1,
    ])
  })

  it('with whole settings, such as one that was read, reads nothing', async () => {
    const [destination] = await ipvs.destinations(WEB)
    kernel.datagrams.length = 0
    await ipvs.updateDestination(WEB, { ...destination!, weight: 2 })
    expect(kernel.commands).toEqual(['SET_DEST'])
    expect(destinationsSet()).toEqual([[2, 9]])
  })

  it('several of a service at once reads once', async () => {
    const others = [7, 8, 9].map((host) => ({ address: `198.51.100.${host}`, port: 80 }))
    kernel.script.GET_DEST = () => ({
      replies: others.map((other) => destinationReply({ ...GRE, ...other })),
    })
    await Promise.all(others.map((other, weight) => ipvs.updateDestination(WEB, { ...other, weight })))
    expect(kernel.commands).toEqual(['GET_SERVICE', 'GET_DEST', 'SET_DEST', 'SET_DEST', 'SET_DEST'])
    expect(destinationsSet()).toEqual([
      [0, 9],
      [1, 9],
      [2, 9],
    ])
  })

  it('several times at once reads each time what the one before has made of it', async () => {
    let threshold = 9
    kernel.script.GET_DEST = () => ({ replies: [destinationReply({ ...GRE, upperThreshold: threshold })] })
    kernel.script.SET_DEST = (message) => {
      threshold = destinationIn(message).require(DESTINATION.fields.upperThreshold)
      return {}
    }
    await Promise.all([
      ipvs.updateDestination(WEB, { ...REAL, upperThreshold: 20 }),
      ipvs.updateDestination('tcp://192.0.2.1:80', { address: REAL.address, weight: 3 }),
    ])
    expect(destinationsSet()).toEqual([
      [5, 20],
      [3, 20],
    ])
  })

  it('that does not fit rejects by itself, and those behind it go on', async () => {
    const results = await Promise.allSettled([
      ipvs.updateDestination(WEB, { ...REAL, lowerThreshold: 10 }),
      ipvs.updateDestination(WEB, { ...REAL, upperThreshold: 20 }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(destinationsSet()).toEqual([[5, 20]])
  })

  it('that the service does not have is ENOENT, without asking the kernel to change anything', async () => {
    const update = ipvs.updateDestination(WEB, { address: '198.51.100.8', weight: 1 })
    await expect(update).rejects.toMatchObject({
      code: 'ENOENT',
      subject: 'tcp://192.0.2.1:80 -> 198.51.100.8:80',
    })
    expect(kernel.commands).toEqual(['GET_SERVICE', 'GET_DEST'])
  })

  it('of a service that does not exist is ESRCH, for each update that shares the reading with its own subject', async () => {
    kernel.script.GET_SERVICE = () => ({ errno: ESRCH })
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
    expect(kernel.commands).toEqual(['GET_SERVICE', 'GET_DEST'])
  })
})

describe('what a call is given', () => {
  it('is taken when the call is made, even when it has to wait behind an update', async () => {
    const destination = { ...REAL, forwarding: 'dr' as const, weight: 1 }
    const calls = [ipvs.updateService(WEB, { onePacket: true }), ipvs.addDestination(WEB, destination)]
    destination.weight = 2
    await Promise.all(calls)
    const [added] = sent('NEW_DEST').map(destinationIn)
    expect(added?.get(DESTINATION.fields.weight)).toBe(1)
  })

  it('is taken when the call is made, in all its depth', async () => {
    const changes = { persistence: { timeout: 5 } }
    const update = ipvs.updateService(WEB, changes)
    changes.persistence.timeout = 6
    await update
    expect(servicesSet()[0]?.persistence).toEqual({ timeout: 5, mask: '255.255.255.0' })
  })

  it('is taken when the call is made, even when something must be read first', async () => {
    const changes = { ...REAL, weight: 1 }
    const update = ipvs.updateDestination(WEB, changes)
    changes.weight = 2
    await update
    expect(destinationsSet()).toEqual([[1, 9]])
  })
})
