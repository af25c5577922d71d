import { beforeEach, describe, expect, it } from 'vitest'
import { NetlinkError } from '../../../src/errors.ts'
import { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import { NLM_F_DUMP } from '../../../src/netlink/wire/uapi.ts'
import {
  daemonReply,
  destinationReply,
  FakeKernel,
  open,
  serviceReply,
} from '../../support/ipvs/fake-kernel.ts'

const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const REAL = { address: '198.51.100.7', port: 80, forwarding: 'dr' } as const

let ipvs: IpvsClient
let kernel: FakeKernel

beforeEach(async () => {
  ;({ ipvs, kernel } = await open())
  kernel.script.GET_SERVICE = () => ({ replies: [serviceReply(WEB)] })
  kernel.script.GET_DEST = () => ({ replies: [destinationReply(REAL)] })
  const body = (type: number) => ({
    command: type,
    body: (writer: { payload(t: number, s: number): number }) => writer.payload(1, 4),
  })
  kernel.script.GET_INFO = () => ({ replies: [body(14)] })
  kernel.script.GET_CONFIG = () => ({ replies: [{ command: 12, body: () => {} }] })
})

describe('every method sends its command', () => {
  it.each<[string, (client: IpvsClient) => Promise<unknown>, string[]]>([
    ['addService', (client) => client.addService(WEB), ['NEW_SERVICE']],
    ['updateService', (client) => client.updateService(WEB, {}), ['GET_SERVICE', 'SET_SERVICE']],
    ['removeService', (client) => client.removeService(WEB), ['DEL_SERVICE']],
    ['services', (client) => client.services(), ['GET_SERVICE dump', 'GET_DEST dump']],
    ['service', (client) => client.service(WEB), ['GET_SERVICE', 'GET_DEST dump']],
    ['destinations', (client) => client.destinations(WEB), ['GET_SERVICE', 'GET_DEST dump']],
    ['addDestination', (client) => client.addDestination(WEB, REAL), ['NEW_DEST']],
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
    ['startDaemon', (client) => client.startDaemon({ role: 'master', interface: 'eth0' }), ['NEW_DAEMON']],
    ['stopDaemon', (client) => client.stopDaemon('backup'), ['DEL_DAEMON']],
  ])('%s', async (_, call, commands) => {
    await call(ipvs)
    const flags = kernel.messages
      .slice(1)
      .map((message) => ((message.flags & NLM_F_DUMP) === NLM_F_DUMP ? ' dump' : ''))
    expect(kernel.commands.map((name, index) => name + flags[index])).toEqual(commands)
  })

  it('and a table of any size takes two exchanges', async () => {
    kernel.script.GET_SERVICE = () => ({
      replies: Array.from({ length: 50 }, (_, mark) => serviceReply({ fwmark: mark + 1 })),
    })
    const services = await ipvs.services()
    expect(services).toHaveLength(50)
    expect(services[49]).toMatchObject({ fwmark: 50, destinations: [REAL] })
    expect(kernel.sockets[0]!.requests).toHaveLength(3)
  })

  it('and what came twice, because others changed the table meanwhile, is given once in its newer form', async () => {
    const replies = Array.from({ length: 95 }, (_, mark) => serviceReply({ fwmark: mark + 1 }))
    kernel.script.GET_SERVICE = () => ({
      replies: [...replies, serviceReply({ fwmark: 3, scheduler: 'rr' })],
    })
    const services = await ipvs.services()
    expect(services.map(({ fwmark }) => fwmark)).toEqual(Array.from({ length: 95 }, (_, mark) => mark + 1))
    expect(services[2]!.scheduler).toBe('rr')
  })
})

describe('an answer that is missing', () => {
  it.each<[string, (client: IpvsClient) => Promise<unknown>]>([
    ['info', (client) => client.info()],
    ['timeouts', (client) => client.timeouts()],
    ['service', (client) => client.service(WEB)],
    ['destinations', (client) => client.destinations(WEB)],
    ['updateService', (client) => client.updateService(WEB, {})],
  ])('although the command was acknowledged is malformed: %s', async (_, call) => {
    for (const name of ['GET_INFO', 'GET_CONFIG', 'GET_SERVICE'] as const) kernel.script[name] = () => ({})
    const error = await call(ipvs).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'NetlinkError', code: 'ERR_LVS_MALFORMED' })
  })
})

describe('a table whose destinations the kernel refuses to tell', () => {
  it('makes the reading reject with the refusal and the service', async () => {
    kernel.script.GET_SERVICE = () => ({ replies: [serviceReply(WEB)] })
    kernel.script.GET_DEST = () => ({ errno: 1 })
    const error = { code: 'EPERM', command: 'services', subject: 'tcp://192.0.2.1:80' }
    await expect(ipvs.services()).rejects.toMatchObject(error)
    await expect(ipvs.eachService().next()).rejects.toMatchObject({ ...error, command: 'eachService' })
  })
})

describe('a record that holds nothing', () => {
  it.each<[string, (client: IpvsClient) => Promise<unknown>]>([
    ['service', (client) => client.services()],
    ['destination', (client) => client.destinations(WEB)],
    ['daemon', (client) => client.daemons()],
  ])('is malformed: a %s', async (name, call) => {
    const empty = () => ({ replies: [{ command: 1, body: () => {} }] })
    if (name === 'service') kernel.script.GET_SERVICE = empty
    kernel.script.GET_DEST = empty
    kernel.script.GET_DAEMON = empty
    await expect(call(ipvs)).rejects.toMatchObject({ name: 'NetlinkError', code: 'ERR_LVS_MALFORMED' })
  })
})

describe('what is read from files', () => {
  it('comes through the same transport: the connection table and the totals', async () => {
    kernel.files.set(
      '/proc/net/ip_vs_conn',
      'TCP C6336463 D431 C0000201 0050 C633640A 1F90 ESTABLISHED     897\n',
    )
    kernel.files.set('/proc/net/ip_vs_stats', '1 2 3 4 5\n6 7 8 9 A\n')
    const clients: string[] = []
    for await (const { client } of ipvs.connections()) clients.push(client.address)
    expect(clients).toEqual(['198.51.100.99'])
    expect((await ipvs.totals()).connections).toBe(1)
    expect(kernel.commands).toEqual([])
  })
})

describe('stopping a daemon', () => {
  beforeEach(() => {
    kernel.script.DEL_DAEMON = () => ({ silent: true })
  })

  it('that had not run yet is answered by silence; it has stopped when it is not running', async () => {
    kernel.script.GET_DAEMON = () => ({ replies: [daemonReply(2)] })
    await ipvs.stopDaemon('master')
    expect(kernel.commands).toEqual(['DEL_DAEMON', 'GET_DAEMON'])
  })

  it('has failed when it still runs', async () => {
    kernel.script.GET_DAEMON = () => ({ replies: [daemonReply(1), daemonReply(2)] })
    await expect(ipvs.stopDaemon('master')).rejects.toMatchObject({
      code: 'ERR_LVS_UNANSWERED',
      outcome: 'unknown',
    })
  })
})

describe('closing', () => {
  it('rejects what waits and everything asked for later', async () => {
    const waiting = ipvs.addService(WEB)
    ipvs.close()
    ipvs.close()
    for (const call of [waiting, ipvs.addService(WEB), ipvs.services(), ipvs.updateService(WEB, {})]) {
      await expect(call).rejects.toBeInstanceOf(NetlinkError)
      await expect(call).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED', outcome: 'not-done' })
    }
    expect(kernel.commands).toEqual([])
    expect(kernel.sockets[0]!.closed).toBe(true)
  })

  it('happens at the end of a block with await using', async () => {
    const scoped = new FakeKernel()
    {
      await using client = await IpvsClient.open({ transport: scoped })
      await client.flush()
    }
    expect(scoped.sockets[0]!.closed).toBe(true)
  })
})

it('counts what it does, and gives a copy', async () => {
  const before = ipvs.activity
  await Promise.all([ipvs.flush(), ipvs.zero()])
  expect(before).toEqual({ messages: 1, datagrams: 1, sends: 1, receives: 1 })
  expect(ipvs.activity).toMatchObject({ messages: 3, datagrams: 2 })
})
