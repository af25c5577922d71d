/** Servers and clients for a host that has all of them on its loopback interface, the real servers behind NAT. */

import type { ChildProcess } from 'node:child_process'
import { on } from 'node:events'
import { parseService } from '../../src/index.ts'
import { makeNamespace, type Namespace } from './namespace.ts'

export const WEB = 'tcp://192.0.2.10:80'
export const WEB6 = 'tcp://[2001:db8::10]:80'
export const DNS = 'udp://192.0.2.10:53'
export const SIP = 'udp://192.0.2.10:5060'

/** Echoes what comes over TCP; answers a UDP datagram with two others, so that nothing counts the same both ways. */
const SERVER = `
  const { createServer } = require('node:net')
  const { createSocket } = require('node:dgram')
  const listening = [
    new Promise((done) => createServer((socket) => socket.pipe(socket).on('error', () => {})).listen(8080, '::', done)),
    new Promise((done) => {
      const socket = createSocket('udp4')
      socket.on('message', (_, { port, address }) => {
        for (const answer of ['one', 'two']) socket.send(answer, port, address)
      })
      socket.bind(5353, '192.0.2.20', done)
    }),
  ]
  Promise.all(listening).then(() => console.log('ready'))`

/** Does what it reads, a JSON line at a time, and answers each with a line. */
const CLIENT = `
  const { connect } = require('node:net')
  const { createSocket } = require('node:dgram')
  const sockets = []
  const act = {
    connect: ({ from, to, port }) => new Promise((done, fail) => {
      const socket = connect({ host: to, port, localAddress: from }, () => socket.write('hello'))
      socket.once('data', () => done(socket.localPort)).on('error', fail)
      sockets.push(socket)
    }),
    send: ({ from, to, port, text }) => new Promise((done, fail) => {
      const socket = createSocket('udp4')
      socket.on('message', (answer) => String(answer) === 'two' && socket.close(done)).on('error', fail)
      socket.bind(0, from, () => socket.send(text, port, to))
    }),
    hangUp: () => Promise.all(sockets.splice(0).map((socket) => new Promise((done) => socket.end().once('close', done)))),
  }
  console.log('ready')
  const lines = require('node:readline').createInterface({ input: process.stdin })
  lines.on('line', async (line) => {
    const { action, ...what } = JSON.parse(line)
    console.log(JSON.stringify({ result: (await act[action](what)) ?? null }))
  })`

/** Addresses that the loopback interface has: virtual ones, those of real servers, and those of clients. */
const ADDRESSES = ['192.0.2.10', '192.0.2.20', '198.51.100.1', '198.51.100.2', '198.51.101.1']
const ADDRESSES6 = ['2001:db8::10', '2001:db8::20', '2001:db8:1::1']

/** A client of a service. */
export class Client {
  readonly #program: ChildProcess
  readonly #answers: AsyncIterator<unknown>

  private constructor(program: ChildProcess) {
    this.#program = program
    this.#answers = on(program.stdout!, 'data')
  }

  static async start(host: Namespace): Promise<Client> {
    return new Client(await host.start(CLIENT))
  }

  /** Opens a TCP connection, has a greeting echoed, and stays connected. Gives the client's port. */
  connect(from: string, to: string, port: number): Promise<number> {
    return this.#ask({ action: 'connect', from, to, port })
  }

  /** Sends a UDP datagram and waits for both answers. */
  async send(from: string, to: string, port: number, text = 'hello'): Promise<void> {
    await this.#ask({ action: 'send', from, to, port, text })
  }

  /** Ends every TCP connection. */
  async hangUp(): Promise<void> {
    await this.#ask({ action: 'hangUp' })
  }

  async #ask(what: object): Promise<number> {
    this.#program.stdin!.write(`${JSON.stringify(what)}\n`)
    const { value } = await this.#answers.next()
    return JSON.parse(String((value as unknown[])[0])).result
  }
}

/** A host with a client, servers, and services that lead there, each with one destination. */
export async function makeBusyHost(): Promise<{ host: Namespace; client: Client }> {
  const host = await makeNamespace()
  await host.addAddresses(
    ...ADDRESSES.map((address) => `${address}/32`),
    ...ADDRESSES6.map((address) => `${address}/128`),
  )
  for (const service of [WEB, WEB6, DNS, SIP]) {
    const key = parseService(service)
    await host.ipvs.addService({ ...key, scheduler: 'rr' })
    const address = service === WEB6 ? '2001:db8::20' : '192.0.2.20'
    const port = key.protocol === 'tcp' ? 8080 : 5353
    await host.ipvs.addDestination(service, { address, port, forwarding: 'nat' })
  }
  const [client] = await Promise.all([Client.start(host), host.start(SERVER)])
  return { host, client }
}
