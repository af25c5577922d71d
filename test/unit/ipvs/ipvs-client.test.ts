import { beforeEach, describe, expect, it } from 'vitest'
import { NetlinkError } from '../../../src/errors.ts'
import { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import { open, serviceReply } from '../../support/ipvs/fake-kernel.ts'
import { commandsOf, openClient } from '../../support/ipvs/simulated-client.ts'
import { ObservedTransport } from '../../support/netlink/observed-transport.ts'

const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const REAL = { address: '198.51.100.7', port: 80, forwarding: 'dr' } as const

let ipvs: IpvsClient
let kernel: SimulatedKernel

beforeEach(async () => {
  ;({ ipvs, kernel } = await openClient({ services: [{ ...WEB, destinations: [REAL] }] }))
})

describe('every method sends its command', () => {
  it.each<[string, (client: IpvsClient) => Promise<unknown>, string[]]>([
    ['addService', (client) => client.addService({ ...WEB, port: 81 }), ['NEW_SERVICE']],
    ['updateService', (client) => client.updateService(WEB, {}), ['GET_SERVICE', 'SET_SERVICE']],
    ['removeService', (client) => client.removeService(WEB), ['DEL_SERVICE']],
    ['services', (client) => client.services(), ['GET_SERVICE dump', 'GET_DEST dump']],
    ['service', (client) => client.service(WEB), ['GET_SERVICE', 'GET_DEST dump']],
    ['destinations', (client) => client.destinations(WEB), ['GET_SERVICE', 'GET_DEST dump']],
    ['addDestination', (client) => client.addDestination(WEB, { ...REAL, port: 81 }), ['NEW_DEST']],
    [
      'updateDestination',
      (client) => client.updateDestination(WEB, REAL),
      ['GET_SERVICE', 'GET_DEST dump', 'SET_DEST'],
    ],
    ['removeDestination', (client) => client.removeDestination(WEB, { address: REAL.address }), ['DEL_DEST']],
    ['zero of all', (client) => client.zero(), ['ZERO']],
    ['zero of one', (client) => client.zero(WEB), ['ZERO']],
    ['flush', (client) => client.flush(), ['FLUSH']],
    ['info', (client) => client.info(), ['GET_INFO']],
    ['timeouts', (client) => client.timeouts(), ['GET_CONFIG']],
    ['setTimeouts', (client) => client.setTimeouts({ udp: 5 }), ['SET_CONFIG']],
    ['daemons', (client) => client.daemons(), ['GET_DAEMON dump']],
    ['startDaemon', (client) => client.startDaemon({ role: 'master', interface: 'lo' }), ['NEW_DAEMON']],
    ['stopDaemon', (client) => client.stopDaemon('backup').catch(() => {}), ['DEL_DAEMON']],
  ])('%s', async (_, call, commands) => {
    await call(ipvs)
    const sent = kernel.log.requests.slice(1)
    expect(sent.map(({ command, isDump }) => `${command}${isDump ? ' dump' : ''}`)).toEqual(commands)
  })

  it('and reading a table of any size takes two exchanges', async () => {
    kernel.setState({
      services: Array.from({ length: 50 }, (_, mark) => ({ fwmark: mark + 1, destinations: [REAL] })),
    })
    const transport = new ObservedTransport(kernel)
    await using observed = await IpvsClient.open({ transport })
    const services = await observed.services()
    expect(services).toHaveLength(50)
    expect(services.find(({ fwmark }) => fwmark === 50)).toMatchObject({ destinations: [REAL] })
    expect(transport.sockets[0]!.exchanges).toBe(3)
  })

  it('and a service that occurs twice, because another process changed the table meanwhile, is returned once in its newer form', async () => {
    const { ipvs, kernel } = await open()
    const replies = Array.from({ length: 95 }, (_, mark) => serviceReply({ fwmark: mark + 1 }))
    kernel.script.GET_SERVICE = () => ({
      replies: [...replies, serviceReply({ fwmark: 3, scheduler: 'rr' })],
    })
    const services = await ipvs.services()
    expect(services.map(({ fwmark }) => fwmark)).toEqual(Array.from({ length: 95 }, (_, mark) => mark + 1))
    expect(services[2]!.scheduler).toBe('rr')
  })
})

describe('a missing reply', () => {
  it.each<[string, (client: IpvsClient) => Promise<unknown>]>([
    ['info', (client) => client.info()],
    ['timeouts', (client) => client.timeouts()],
    ['service', (client) => client.service(WEB)],
    ['destinations', (client) => client.destinations(WEB)],
    ['updateService', (client) => client.updateService(WEB, {})],
  ])('to a command that was acknowledged is malformed: %s', async (_, call) => {
    const { ipvs, kernel } = await open()
    for (const name of ['GET_INFO', 'GET_CONFIG', 'GET_SERVICE'] as const) kernel.script[name] = () => ({})
    const error = await call(ipvs).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'NetlinkError', code: 'ERR_LVS_MALFORMED' })
  })
})

describe('a table whose destinations the kernel refuses to list', () => {
  it('makes the read reject with the kernel’s error and the service', async () => {
    kernel.faults.inject({ on: 'GET_DEST', times: 2, fault: { kind: 'refuse', error: 'EPERM' } })
    const error = { code: 'EPERM', command: 'services', subject: 'tcp://192.0.2.1:80' }
    await expect(ipvs.services()).rejects.toMatchObject(error)
    await expect(ipvs.eachService().next()).rejects.toMatchObject({ ...error, command: 'eachService' })
  })
})

describe('an empty record', () => {
  it.each<[string, (client: IpvsClient) => Promise<unknown>]>([
    ['service', (client) => client.services()],
    ['destination', (client) => client.destinations(WEB)],
    ['daemon', (client) => client.daemons()],
  ])('is malformed: a %s', async (name, call) => {
    const { ipvs, kernel } = await open()
    const empty = () => ({ replies: [{ command: 1, body: () => {} }] })
    kernel.script.GET_SERVICE = () => ({ replies: [serviceReply(WEB)] })
    if (name === 'service') kernel.script.GET_SERVICE = empty
    kernel.script.GET_DEST = empty
    kernel.script.GET_DAEMON = empty
    await expect(call(ipvs)).rejects.toMatchObject({ name: 'NetlinkError', code: 'ERR_LVS_MALFORMED' })
  })
})

describe('connections and totals', () => {
  it('are read from files through the same transport', async () => {
    kernel.files.set(
      '/proc/net/ip_vs_conn',
      'TCP C6336463 D431 C0000201 0050 C633640A 1F90 ESTABLISHED     897\n',
    )
    kernel.files.set('/proc/net/ip_vs_stats', '1 2 3 4 5\n6 7 8 9 A\n')
    const clients: string[] = []
    for await (const { client } of ipvs.connections()) clients.push(client.address)
    expect(clients).toEqual(['198.51.100.99'])
    expect((await ipvs.totals()).connections).toBe(1)
    expect(commandsOf(kernel)).toEqual([])
  })
})

describe('stopping a daemon that the kernel does not acknowledge', () => {
  beforeEach(async () => {
    await ipvs.startDaemon({ role: 'master', interface: 'lo' })
    await ipvs.startDaemon({ role: 'backup', interface: 'lo' })
    kernel.log.clear()
    kernel.faults.inject({ on: 'DEL_DAEMON', fault: { kind: 'silence' } })
  })

  it('succeeds when the daemon is not running afterwards', async () => {
    await ipvs.stopDaemon('master')
    expect(commandsOf(kernel)).toEqual(['DEL_DAEMON', 'GET_DAEMON'])
  })

  it('fails when the daemon is still running', async () => {
    kernel.faults.inject({ on: 'DEL_DAEMON', fault: { kind: 'refuse', error: 'ESRCH' } })
    await expect(ipvs.stopDaemon('master')).rejects.toMatchObject({
      code: 'ERR_LVS_UNANSWERED',
      outcome: 'unknown',
    })
  })
})

describe('closing', () => {
  let transport: ObservedTransport

  beforeEach(() => {
    transport = new ObservedTransport(kernel)
  })

  it('rejects pending calls and every later one', async () => {
    const client = await IpvsClient.open({ transport })
    const pending = client.addService(WEB)
    client.close()
    client.close()
    const calls = [pending, client.addService(WEB), client.services(), client.updateService(WEB, {})]
    for (const call of calls) {
      await expect(call).rejects.toBeInstanceOf(NetlinkError)
      await expect(call).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED', outcome: 'not-done' })
    }
    expect(commandsOf(kernel)).toEqual([])
    expect(transport.sockets).toMatchObject([{ closed: true }])
  })

  it('happens at the end of an `await using` block', async () => {
    {
      await using client = await IpvsClient.open({ transport })
      await client.flush()
    }
    expect(transport.sockets).toMatchObject([{ closed: true }])
  })
})

it('activity counts the operations of the client, and is a copy', async () => {
  const before = ipvs.activity
  await Promise.all([ipvs.flush(), ipvs.zero()])
  expect(before).toEqual({ messages: 1, datagrams: 1, sends: 1, receives: 1 })
  expect(ipvs.activity).toMatchObject({ messages: 3, datagrams: 2 })
})
