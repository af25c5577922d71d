import type { ChildProcess } from 'node:child_process'
import { on } from 'node:events'
import type { Namespace } from '../namespace.ts'

/** Reads a JSON line per datagram, and prints a line after each was sent. */
const PROGRAM = `
  const { createSocket } = require('node:dgram')
  console.log('ready')
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { from, to, port } = JSON.parse(line)
    const socket = createSocket(from.includes(':') ? 'udp6' : 'udp4')
    socket.on('error', () => {})
    socket.bind(0, from, () => socket.send('x', port, to, () => socket.close(() => console.log('sent'))))
  })`

/** Sends single UDP datagrams inside a network namespace, from any of its addresses. */
export class DatagramSender {
  readonly #program: ChildProcess
  readonly #answers: AsyncIterator<unknown>

  private constructor(program: ChildProcess) {
    this.#program = program
    this.#answers = on(program.stdout!, 'data')
  }

  static async start(namespace: Namespace): Promise<DatagramSender> {
    return new DatagramSender(await namespace.start(PROGRAM))
  }

  async send(from: string, to: string, port: number): Promise<void> {
    this.#program.stdin!.write(`${JSON.stringify({ from, to, port })}\n`)
    await this.#answers.next()
  }
}
