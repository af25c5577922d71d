import { tracingChannel } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import { commandsOf, openClient } from '../../support/ipvs/simulated-client.ts'

const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const REAL = { address: '198.51.100.7', forwarding: 'dr' } as const

class ServiceWithDestinations {
  readonly protocol = 'tcp'
  readonly address = '192.0.2.1'
  readonly port = 80
  get destinations() {
    return [REAL]
  }
}

/** A client without its types, as in JavaScript. */
type Untyped = { [K in keyof IpvsClient]: (...rest: unknown[]) => Promise<unknown> }
type Case = [
  what: string,
  call: (client: Untyped) => Promise<unknown>,
  name: 'TypeError' | 'RangeError',
  field: string,
]

const CASES: Case[] = [
  ['addService without anything', (ipvs) => ipvs.addService(), 'TypeError', 'service'],
  ['addService of null', (ipvs) => ipvs.addService(null), 'TypeError', 'service'],
  ['addService of text', (ipvs) => ipvs.addService('tcp://192.0.2.1:80'), 'TypeError', 'service'],
  ['addService with a wrong key', (ipvs) => ipvs.addService({ ...WEB, port: 65536 }), 'RangeError', 'port'],
  [
    'addService with a wrong setting',
    (ipvs) => ipvs.addService({ ...WEB, onePacket: 1 }),
    'TypeError',
    'onePacket',
  ],
  [
    'addService with a misspelled field',
    (ipvs) => ipvs.addService({ ...WEB, prot: 1 }),
    'TypeError',
    'service.prot',
  ],
  [
    'addService with destinations, which it cannot add',
    (ipvs) => ipvs.addService({ ...WEB, destinations: [REAL] }),
    'TypeError',
    'destinations',
  ],
  [
    'addService with destinations that a class computes',
    (ipvs) => ipvs.addService(new ServiceWithDestinations()),
    'TypeError',
    'destinations',
  ],
  ['updateService of nothing', (ipvs) => ipvs.updateService(undefined, {}), 'TypeError', 'service'],
  ['updateService to nothing', (ipvs) => ipvs.updateService(WEB), 'TypeError', 'service'],
  ['updateService to null', (ipvs) => ipvs.updateService(WEB, null), 'TypeError', 'service'],
  [
    'updateService of a misspelled field',
    (ipvs) => ipvs.updateService(WEB, { flags: 1 }),
    'TypeError',
    'service.flags',
  ],
  [
    'updateService to a service with another key',
    (ipvs) => ipvs.updateService(WEB, { ...WEB, port: 81, scheduler: 'rr' }),
    'TypeError',
    'service',
  ],
  ['removeService of nothing', (ipvs) => ipvs.removeService(), 'TypeError', 'service'],
  ['removeService of what is no service', (ipvs) => ipvs.removeService('web'), 'TypeError', 'service'],
  ['service of nothing', (ipvs) => ipvs.service(), 'TypeError', 'service'],
  ['destinations of nothing', (ipvs) => ipvs.destinations(), 'TypeError', 'service'],
  ['zero of what is no service', (ipvs) => ipvs.zero(7), 'TypeError', 'service'],
  ['zero of null', (ipvs) => ipvs.zero(null), 'TypeError', 'service'],
  ['addDestination to nothing', (ipvs) => ipvs.addDestination(undefined, REAL), 'TypeError', 'service'],
  ['addDestination of nothing', (ipvs) => ipvs.addDestination(WEB), 'TypeError', 'destination'],
  [
    'addDestination without forwarding',
    (ipvs) => ipvs.addDestination(WEB, { address: '198.51.100.7' }),
    'TypeError',
    'destination.forwarding',
  ],
  [
    'addDestination with a misspelled field',
    (ipvs) => ipvs.addDestination(WEB, { ...REAL, wieght: 2 }),
    'TypeError',
    'destination.wieght',
  ],
  ['updateDestination to nothing', (ipvs) => ipvs.updateDestination(WEB), 'TypeError', 'destination'],
  ['updateDestination of nothing', (ipvs) => ipvs.updateDestination(null, REAL), 'TypeError', 'service'],
  ['removeDestination of nothing', (ipvs) => ipvs.removeDestination(WEB), 'TypeError', 'destination'],
  [
    'removeDestination of a name',
    (ipvs) => ipvs.removeDestination(WEB, { address: 'a' }),
    'TypeError',
    'destination.address',
  ],
  ['setTimeouts of nothing', (ipvs) => ipvs.setTimeouts(), 'TypeError', 'timeouts'],
  ['setTimeouts of zero', (ipvs) => ipvs.setTimeouts({ tcp: 0 }), 'RangeError', 'timeouts.tcp'],
  ['startDaemon of nothing', (ipvs) => ipvs.startDaemon(), 'TypeError', 'daemon'],
  ['startDaemon of null', (ipvs) => ipvs.startDaemon(null), 'TypeError', 'daemon'],
  [
    'startDaemon without an interface',
    (ipvs) => ipvs.startDaemon({ role: 'master' }),
    'TypeError',
    'interface',
  ],
  ['stopDaemon of nothing', (ipvs) => ipvs.stopDaemon(), 'TypeError', 'role'],
  ['stopDaemon of both', (ipvs) => ipvs.stopDaemon('both'), 'TypeError', 'role'],
]

/** Omitted settings are read first; the given ones can be checked before that. */
const UPDATES: Case[] = [
  ['a scheduler of null', (ipvs) => ipvs.updateService(WEB, { scheduler: null }), 'TypeError', 'scheduler'],
  ['onePacket in text', (ipvs) => ipvs.updateService(WEB, { onePacket: 'yes' }), 'TypeError', 'onePacket'],
  [
    'flags that are no array',
    (ipvs) => ipvs.updateService(WEB, { schedulerFlags: 'x' }),
    'TypeError',
    'schedulerFlags',
  ],
  [
    'persistence that is true',
    (ipvs) => ipvs.updateService(WEB, { persistence: true }),
    'TypeError',
    'persistence',
  ],
  [
    'a negative timeout',
    (ipvs) => ipvs.updateService(WEB, { persistence: { timeout: -1 } }),
    'RangeError',
    'persistence.timeout',
  ],
  [
    'a persistence engine without a name',
    (ipvs) => ipvs.updateService(WEB, { persistenceEngine: '' }),
    'TypeError',
    'persistenceEngine',
  ],
  [
    'a weight of null',
    (ipvs) => ipvs.updateDestination(WEB, { ...REAL, weight: null }),
    'TypeError',
    'destination.weight',
  ],
  [
    'a negative weight',
    (ipvs) => ipvs.updateDestination(WEB, { ...REAL, weight: -1 }),
    'RangeError',
    'destination.weight',
  ],
  [
    'an unknown forwarding',
    (ipvs) => ipvs.updateDestination(WEB, { ...REAL, forwarding: 'masq' }),
    'TypeError',
    'destination.forwarding',
  ],
  [
    'a threshold in text',
    (ipvs) => ipvs.updateDestination(WEB, { ...REAL, upperThreshold: '9' }),
    'TypeError',
    'destination.upperThreshold',
  ],
  [
    'an unknown tunnel',
    (ipvs) => ipvs.updateDestination(WEB, { ...REAL, forwarding: 'tun', tunnel: { type: 'vxlan' } }),
    'TypeError',
    'tunnel.type',
  ],
]

const channel = tracingChannel('lvs:command')
const subscriber = { start() {}, end() {}, asyncStart() {}, asyncEnd() {}, error() {} }
let client: Untyped
let kernel: SimulatedKernel

beforeEach(async () => {
  const opened = await openClient({ services: [{ ...WEB, destinations: [REAL] }] })
  client = opened.ipvs as unknown as Untyped
  kernel = opened.kernel
})
afterEach(() => {
  channel.unsubscribe(subscriber)
})

describe.each([
  ['', () => {}],
  [' with a subscriber of lvs:command', () => channel.subscribe(subscriber)],
])('an invalid argument%s names the field and sends nothing:', (_, prepare) => {
  it.each(CASES)('%s', async (_, call, name, field) => {
    prepare()
    const promise = call(client)
    await expect(promise).rejects.toMatchObject({ name, field })
    expect(commandsOf(kernel)).toEqual([])
  })
})

describe('an invalid argument of an update names the field and sends nothing, not even a read:', () => {
  it.each(UPDATES)('%s', async (_, call, name, field) => {
    await expect(call(client)).rejects.toMatchObject({ name, field })
    expect(commandsOf(kernel)).toEqual([])
  })
})

describe('an argument that is invalid only with the current values names the field and changes nothing:', () => {
  it('flags of another scheduler', async () => {
    const update = client.updateService(WEB, { schedulerFlags: ['sh-port'] })
    await expect(update).rejects.toMatchObject({ name: 'TypeError', field: 'schedulerFlags' })
    expect(commandsOf(kernel)).toEqual(['GET_SERVICE'])
  })

  it('a lower threshold above the upper one', async () => {
    const update = client.updateDestination(WEB, { address: REAL.address, lowerThreshold: 5 })
    await expect(update).rejects.toMatchObject({ name: 'RangeError', field: 'destination.lowerThreshold' })
    expect(commandsOf(kernel)).toEqual(['GET_SERVICE', 'GET_DEST'])
  })

  it('and its stack shows the line of the call', async () => {
    const callingLine = async () => {
      await client.updateService(WEB, { schedulerFlags: ['sh-port'] })
    }
    const error = await callingLine().catch((thrown: unknown) => thrown as Error)
    expect(error?.stack).toContain('callingLine')
  })
})
