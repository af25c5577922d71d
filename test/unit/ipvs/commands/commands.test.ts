import { tracingChannel } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IpvsError, IpvsUnavailableError } from '../../../../src/errors.ts'
import type { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import type { CommandContext } from '../../../../src/netlink/tracing.ts'
import { daemonReply, type FakeKernel, open, serviceReply } from '../../../support/ipvs/fake-kernel.ts'

const [EPERM, ENOENT, ESRCH, EEXIST, EINVAL] = [1, 2, 3, 17, 22]
const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const KEY = 'tcp://192.0.2.1:80'
const REAL = { address: '198.51.100.7', forwarding: 'dr' } as const

let ipvs: IpvsClient
let kernel: FakeKernel

beforeEach(async () => {
  ;({ ipvs, kernel } = await open())
  kernel.script.GET_SERVICE = () => ({ replies: [serviceReply(WEB)] })
})

/** What a promise rejects with. */
async function failure(promise: Promise<unknown>): Promise<IpvsError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(Error)
  return outcome as IpvsError
}

describe('a refusal', () => {
  it('is an error with the kernel’s code, the command, its subject and a sentence', async () => {
    kernel.script.NEW_SERVICE = () => ({ errno: EEXIST })
    const error = await failure(ipvs.addService(WEB))
    expect(error).toBeInstanceOf(IpvsError)
    expect(error).toMatchObject({ code: 'EEXIST', errno: EEXIST, command: 'addService', subject: KEY })
    expect(error.kernelMessage).toBeUndefined()
    expect(error.message).toBe(`addService ${KEY}: EEXIST, ${error.explanation}`)
    expect(error.explanation).toContain('updateService')
  })

  it('has the kernel’s own words where there are any', async () => {
    kernel.script.SET_CONFIG = () => ({ errno: EINVAL, text: 'Attribute failed policy validation' })
    const error = await failure(ipvs.setTimeouts({ tcp: 5 }))
    expect(error.kernelMessage).toBe('Attribute failed policy validation')
    expect(error.message).toMatch(
      /^setTimeouts: EINVAL, .* \(the kernel says: Attribute failed policy validation\)$/,
    )
  })

  it('about a destination names both ends', async () => {
    kernel.script.DEL_DEST = () => ({ errno: ENOENT })
    const error = await failure(ipvs.removeDestination(WEB, { address: '198.51.100.7' }))
    expect(error.subject).toBe(`${KEY} -> 198.51.100.7:80`)
  })

  it('of a new destination with EINVAL is looked into', async () => {
    kernel.script.NEW_DEST = () => ({ errno: EINVAL })
    kernel.files.set(
      '/proc/net/fib_trie',
      '|-- 198.51.100.7\n /32 link BROADCAST\n |-- 127.0.0.1\n /8 host LOCAL\n',
    )
    expect((await failure(ipvs.addDestination(WEB, REAL))).explanation).toContain('is a broadcast address')
  })

  it('of a new destination of another family may be due to a daemon', async () => {
    kernel.script.NEW_DEST = () => ({ errno: EINVAL })
    kernel.script.GET_DAEMON = () => ({ replies: [daemonReply(1)] })
    const error = await failure(ipvs.addDestination(WEB, { address: '2001:db8::7', forwarding: 'tun' }))
    expect(error.explanation).toContain('a synchronisation daemon is running')
  })

  it('is not hidden by a look that fails', async () => {
    kernel.script.NEW_DEST = () => ({ errno: EINVAL })
    kernel.script.GET_DAEMON = () => ({ errno: EPERM })
    const error = await failure(ipvs.addDestination(WEB, { address: '2001:db8::7', forwarding: 'tun' }))
    expect(error).toMatchObject({ code: 'EINVAL', command: 'addDestination' })
  })

  it('of one of many concurrent commands is its own', async () => {
    kernel.script.DEL_SERVICE = ({ sequence }) => (sequence % 2 === 0 ? { errno: ESRCH } : {})
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, mark) => ipvs.removeService({ fwmark: mark + 1 })),
    )
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.subject] : []))
    expect(refused).toHaveLength(10)
    expect(new Set(refused).size).toBe(10)
    expect(kernel.datagrams).toHaveLength(2)
  })

  it.each<[string, (client: IpvsClient) => Promise<unknown>]>([
    ['addService', (client) => client.addService(WEB)],
    ['updateService', (client) => client.updateService(WEB, { scheduler: 'rr' })],
    ['addDestination', (client) => client.addDestination(WEB, REAL)],
    ['updateDestination', (client) => client.updateDestination(WEB, { ...REAL, weight: 2 })],
    ['services', (client) => client.services()],
    ['service', (client) => client.service(WEB)],
    ['destinations', (client) => client.destinations(WEB)],
    ['info', (client) => client.info()],
    ['timeouts', (client) => client.timeouts()],
    ['daemons', (client) => client.daemons()],
    ['flush', (client) => client.flush()],
    ['stopDaemon', (client) => client.stopDaemon('master')],
  ])('of %s has a stack that shows the line that asked', async (_, call) => {
    kernel.answer = () => ({ errno: EPERM })
    const theLineThatAsked = async () => {
      await call(ipvs)
    }
    const error = await failure(theLineThatAsked())
    expect(error).toMatchObject({ code: 'EPERM' })
    expect(error.stack).toContain('theLineThatAsked')
    expect(error.stack).toContain('commands.test.ts')
  })
})

describe('a family that has another number (the module was loaded again)', () => {
  it('is looked up, and the command is sent again', async () => {
    kernel.familyId = 0x1f
    await ipvs.addService(WEB)
    expect(kernel.messages.map(({ type }) => type)).toEqual([16, 0x1e, 16, 0x1f])
    await ipvs.addService(WEB)
    expect(kernel.messages.at(-1)!.type).toBe(0x1f)
  })

  it('is looked up once for many commands, reads and updates among them', async () => {
    kernel.familyId = 0x1f
    await Promise.all([
      ...Array.from({ length: 20 }, (_, mark) => ipvs.addService({ fwmark: mark + 1 })),
      ipvs.services(),
      ipvs.updateService(WEB, { scheduler: 'rr' }),
    ])
    expect(kernel.messages.filter(({ type }) => type === 16)).toHaveLength(2)
    const under = (id: number) => kernel.messages.filter(({ type }) => type === id).length
    expect(under(0x1f)).toBeGreaterThanOrEqual(23)
  })

  it('makes ENOENT believed when the number is the same after all', async () => {
    kernel.script.NEW_SERVICE = () => ({ errno: ENOENT })
    const error = await failure(ipvs.addService({ ...WEB, scheduler: 'twos' }))
    expect(error).toMatchObject({ code: 'ENOENT', explanation: expect.stringContaining('ip_vs_twos') })
    expect(kernel.commands).toEqual(['NEW_SERVICE'])
  })

  it.each<[string, (client: IpvsClient) => Promise<unknown>]>([
    ['a write', (client) => client.addService(WEB)],
    ['a read', (client) => client.services()],
    ['an update', (client) => client.updateService(WEB, { scheduler: 'rr' })],
  ])('that is gone for good makes %s reject with IpvsUnavailableError', async (_, call) => {
    kernel.familyId = undefined
    const error = await failure(call(ipvs))
    expect(error).toBeInstanceOf(IpvsUnavailableError)
    expect(error).toMatchObject({ code: 'ERR_LVS_UNAVAILABLE', outcome: 'not-done' })
  })
})

describe('a subscriber of lvs:command', () => {
  const channel = tracingChannel<string, CommandContext>('lvs:command')
  let events: string[]
  const note = (event: string) => (context: CommandContext & { error?: { code?: string } }) =>
    void events.push(
      `${event} ${context.command} ${context.subject}${context.error ? ` ${context.error.code}` : ''}`,
    )
  const subscriber = {
    start: note('start'),
    end: note('end'),
    asyncStart: note('asyncStart'),
    asyncEnd: note('asyncEnd'),
    error: note('error'),
  }

  beforeEach(() => {
    events = []
    channel.subscribe(subscriber as never)
  })
  afterEach(() => {
    channel.unsubscribe(subscriber as never)
  })

  it('sees a command begin and end, and what it is about', async () => {
    await ipvs.addService(WEB)
    expect(events).toEqual(
      ['start', 'end', 'asyncStart', 'asyncEnd'].map((event) => `${event} addService ${KEY}`),
    )
  })

  it('sees a refusal as an error', async () => {
    kernel.script.NEW_SERVICE = () => ({ errno: EEXIST })
    await failure(ipvs.addService(WEB))
    expect(events).toContain(`error addService ${KEY} EEXIST`)
  })

  it('sees misuse and what was lost, too', async () => {
    await failure(ipvs.addService({ ...WEB, scheduler: '' }))
    kernel.endings.push({ state: 'failed', errno: 12, sent: true })
    await failure(ipvs.flush())
    expect(events).toContain(`error addService ${KEY} ERR_INVALID_ARG_TYPE`)
    expect(events).toContain('error flush  ERR_LVS_SOCKET')
  })

  it('sees an update, and the reading before it', async () => {
    await ipvs.updateService(WEB, { scheduler: 'rr' })
    expect(events.filter((event) => event.startsWith('start'))).toEqual(
      new Array(2).fill(`start updateService ${KEY}`),
    )
  })

  it('changes nothing about the order of writes', async () => {
    await Promise.all([
      ipvs.addService(WEB),
      ipvs.updateService(WEB, { scheduler: 'rr' }),
      ipvs.removeService(WEB),
    ])
    expect(kernel.commands).toEqual(['NEW_SERVICE', 'GET_SERVICE', 'SET_SERVICE', 'DEL_SERVICE'])
  })
})
