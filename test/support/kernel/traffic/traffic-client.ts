import type { ChildProcess } from 'node:child_process'
import { on } from 'node:events'
import type { SimulatedConnection, Traffic } from '../../../../src/testing/ipvs/traffic.ts'
import type { Namespace } from '../namespace.ts'

/** Executes the commands that it reads as JSON lines, and answers each with a line. */
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

/** A client of services. */
export interface TrafficClient {
  /** Opens a TCP connection, sends a greeting, and keeps the connection open. Resolves with the client's port. */
  connect(from: string, to: string, port: number): Promise<number>
  /** Sends a UDP datagram and waits for both answers. */
  send(from: string, to: string, port: number, text?: string): Promise<void>
  /** Closes every TCP connection. */
  disconnect(): Promise<void>
}

/** A client that is a program with sockets. */
export class SocketTrafficClient implements TrafficClient {
  readonly #program: ChildProcess
  readonly #answers: AsyncIterator<unknown>

  private constructor(program: ChildProcess) {
    this.#program = program
    this.#answers = on(program.stdout!, 'data')
  }

  static async start(host: Namespace): Promise<SocketTrafficClient> {
    return new SocketTrafficClient(await host.start(CLIENT))
  }

  connect(from: string, to: string, port: number): Promise<number> {
    return this.#ask({ action: 'connect', from, to, port })
  }

  async send(from: string, to: string, port: number, text = 'hello'): Promise<void> {
    await this.#ask({ action: 'send', from, to, port, text })
  }

  async disconnect(): Promise<void> {
    await this.#ask({ action: 'hangUp' })
  }

  async #ask(what: object): Promise<number> {
    this.#program.stdin!.write(`${JSON.stringify(what)}\n`)
    const { value } = await this.#answers.next()
    return JSON.parse(String((value as unknown[])[0])).result
  }
}

/** Sizes of headers: IPv4 with UDP, and IPv4 with TCP and a timestamp. */
const UDP = 28
const TCP = 52
const GREETING = 'hello'

/** A client of a simulated kernel. */
export class SimulatedTrafficClient implements TrafficClient {
  readonly #traffic: Traffic
  readonly #connections: SimulatedConnection[] = []

  constructor(traffic: Traffic) {
    this.#traffic = traffic
  }

  async connect(from: string, to: string, port: number): Promise<number> {
    const service = { protocol: 'tcp', address: to, port } as const
    const connection = this.#traffic.open({ client: from, service })
    if (connection === undefined)
      throw new Error(`No destination accepts a connection from ${from} to ${to}:${port}`)
    // The greeting and its echo, each with an acknowledgement.
    connection.send({ packets: 2, bytes: 2 * TCP + GREETING.length })
    connection.receive({ packets: 2, bytes: 2 * TCP + GREETING.length })
    this.#connections.push(connection)
    return connection.entry.client.port
  }

  async send(from: string, to: string, port: number, text = GREETING): Promise<void> {
    const service = { protocol: 'udp', address: to, port } as const
    const connection = this.#traffic.open({ client: from, service, bytes: UDP + text.length })
    if (connection === undefined)
      throw new Error(`No destination accepts a datagram from ${from} to ${to}:${port}`)
    connection.receive({ packets: 2, bytes: 2 * (UDP + 'one'.length) })
  }

  async disconnect(): Promise<void> {
    for (const connection of this.#connections.splice(0)) connection.close()
  }
}
