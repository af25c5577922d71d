import { tracingChannel } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IpvsError, IpvsUnavailableError } from '../../../../src/errors.ts'
import type { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import type { CommandContext } from '../../../../src/netlink/tracing.ts'
import type { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'
import type { ErrnoName } from '../../../../src/testing/wire/kernel-errno.ts'
import type { CommandName } from '../../../../src/testing/wire/logged-request.ts'
import { open } from '../../../support/ipvs/fake-kernel.ts'
import { commandsOf, openClient } from '../../../support/ipvs/simulated-client.ts'

const [EEXIST, EINVAL] = [17, 22]
const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const KEY = 'tcp://192.0.2.1:80'
const REAL = { address: '198.51.100.7', forwarding: 'dr' } as const

let ipvs: IpvsClient
let kernel: SimulatedKernel

beforeEach(async () => {
  ;({ ipvs, kernel } = await openClient({ services: [WEB] }))
})

function refuse(error: ErrnoName, on?: CommandName): void {
  kernel.faults.inject({ on, times: Infinity, fault: { kind: 'refuse', error } })
}

/** The reason with which a promise rejects. */
async function failure(promise: Promise<unknown>): Promise<IpvsError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(Error)
  return outcome as IpvsError
}

describe('a refusal', () => {
  it('is an error with the kernel’s code, the command, its subject and an explanation', async () => {
    const error = await failure(ipvs.addService(WEB))
    expect(error).toBeInstanceOf(IpvsError)
    expect(error).toMatchObject({ code: 'EEXIST', errno: EEXIST, command: 'addService', subject: KEY })
    expect(error.kernelMessage).toBeUndefined()
    expect(error.message).toBe(`addService ${KEY}: EEXIST, ${error.explanation}`)
    expect(error.explanation).toContain('updateService')
  })

  it('has the text of the kernel’s extended acknowledgement', async () => {
    const { ipvs, kernel } = await open()
    kernel.script.SET_CONFIG = () => ({ errno: EINVAL, text: 'Attribute failed policy validation' })
    const error = await failure(ipvs.setTimeouts({ tcp: 5 }))
    expect(error.kernelMessage).toBe('Attribute failed policy validation')
    expect(error.message).toMatch(
      /^setTimeouts: EINVAL, .* \(kernel message: Attribute failed policy validation\)$/,
    )
  })

  it('about a destination names the service and the destination', async () => {
    const error = await failure(ipvs.removeDestination(WEB, { address: '198.51.100.7' }))
    expect(error.subject).toBe(`${KEY} -> 198.51.100.7:80`)
  })

  it('of a new destination with EINVAL is diagnosed', async () => {
    kernel.setInterfaces([{ name: 'eth0', addresses: ['198.51.100.1/29'] }])
    expect((await failure(ipvs.addDestination(WEB, REAL))).explanation).toContain('is a broadcast address')
  })

  it('of a new destination of another family may be due to a daemon', async () => {
    await ipvs.startDaemon({ role: 'master', interface: 'lo' })
    const error = await failure(ipvs.addDestination(WEB, { address: '2001:db8::7', forwarding: 'tun' }))
    expect(error.explanation).toContain('a synchronisation daemon is running')
  })

  it('is not hidden by a diagnosis that fails', async () => {
    refuse('EINVAL', 'NEW_DEST')
    refuse('EPERM', 'GET_DAEMON')
    const error = await failure(ipvs.addDestination(WEB, { address: '2001:db8::7', forwarding: 'tun' }))
    expect(error).toMatchObject({ code: 'EINVAL', command: 'addDestination' })
  })

  it('of one of many concurrent commands rejects only that command', async () => {
    kernel.setState({ services: Array.from({ length: 10 }, (_, mark) => ({ fwmark: 2 * mark + 2 })) })
    const { datagrams } = ipvs.activity
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, mark) => ipvs.removeService({ fwmark: mark + 1 })),
    )
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.subject] : []))
    expect(refused).toHaveLength(10)
    expect(new Set(refused).size).toBe(10)
    expect(ipvs.activity.datagrams - datagrams).toBe(1)
  })

  it.each<[string, (client: IpvsClient) => Promise<unknown>]>([
    ['addService', (client) => client.addService({ ...WEB, port: 81 })],
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
  ])('of %s has a stack with the line of the call', async (_, call) => {
    refuse('EPERM')
    const callingLine = async () => {
      await call(ipvs)
    }
    const error = await failure(callingLine())
    expect(error).toMatchObject({ code: 'EPERM' })
    expect(error.stack).toContain('callingLine')
    expect(error.stack).toContain('commands.test.ts')
  })
})

describe('a family with a new number (the module was reloaded)', () => {
  it('is looked up, and the command is sent again', async () => {
    kernel.module.unload()
    await ipvs.addService(WEB)
    await ipvs.removeService(WEB)
    expect(kernel.log.requests.map(({ command, error }) => [command, error])).toEqual([
      ['GETFAMILY', undefined],
      ['NEW_SERVICE', 'ENOENT'],
      ['GETFAMILY', undefined],
      ['NEW_SERVICE', undefined],
      ['DEL_SERVICE', undefined],
    ])
  })

  it('is looked up once for many commands, including reads and updates', async () => {
    kernel.module.unload()
    await Promise.all([
      ...Array.from({ length: 20 }, (_, mark) => ipvs.addService({ fwmark: mark + 1 })),
      ipvs.services(),
      ipvs.addService(WEB),
      ipvs.updateService(WEB, { scheduler: 'rr' }),
    ])
    const { requests } = kernel.log
    expect(requests.filter(({ command }) => command === 'GETFAMILY')).toHaveLength(2)
    const executed = requests.filter(({ error }) => error === undefined)
    expect(executed.length).toBeGreaterThanOrEqual(2 + 23)
    expect(kernel.state().services).toHaveLength(21)
  })

  it('is not assumed if a new lookup returns the same number: the command fails with ENOENT', async () => {
    const error = await failure(ipvs.addService({ fwmark: 1, scheduler: 'twoo' }))
    expect(error).toMatchObject({ code: 'ENOENT', explanation: expect.stringContaining('ip_vs_twoo') })
    expect(commandsOf(kernel)).toEqual(['NEW_SERVICE'])
  })

  it.each<[string, (client: IpvsClient) => Promise<unknown>]>([
    ['a write', (client) => client.addService(WEB)],
    ['a read', (client) => client.services()],
    ['an update', (client) => client.updateService(WEB, { scheduler: 'rr' })],
  ])('that no longer exists makes %s reject with IpvsUnavailableError', async (_, call) => {
    kernel.module.unload('absent')
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

  it('receives the start and the end of a command, with its subject', async () => {
    await ipvs.removeService(WEB)
    expect(events).toEqual(
      ['start', 'end', 'asyncStart', 'asyncEnd'].map((event) => `${event} removeService ${KEY}`),
    )
  })

  it('receives a refusal as an error', async () => {
    await failure(ipvs.addService(WEB))
    expect(events).toContain(`error addService ${KEY} EEXIST`)
  })

  it('receives invalid arguments and failures of the socket as errors', async () => {
    await failure(ipvs.addService({ ...WEB, scheduler: '' }))
    kernel.faults.inject({ fault: { kind: 'system-call', call: 'recvmmsg', error: 'ENOMEM' } })
    await failure(ipvs.flush())
    expect(events).toContain(`error addService ${KEY} ERR_INVALID_ARG_TYPE`)
    expect(events).toContain('error flush  ERR_LVS_SOCKET')
  })

  it('receives an update, and the read before it', async () => {
    await ipvs.updateService(WEB, { scheduler: 'rr' })
    expect(events.filter((event) => event.startsWith('start'))).toEqual(
      new Array(2).fill(`start updateService ${KEY}`),
    )
  })

  it('does not change the order of writes', async () => {
    await ipvs.removeService(WEB)
    kernel.log.clear()
    await Promise.all([
      ipvs.addService(WEB),
      ipvs.updateService(WEB, { scheduler: 'rr' }),
      ipvs.removeService(WEB),
    ])
    expect(commandsOf(kernel)).toEqual(['NEW_SERVICE', 'GET_SERVICE', 'SET_SERVICE', 'DEL_SERVICE'])
  })
})
