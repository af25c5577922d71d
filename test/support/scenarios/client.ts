/** A client of services on its own machine. */

import type { ChildProcess } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import type { Machine } from './machine.ts'

/** The answer of a web server, or an error. */
export interface Answer {
  /** Name of the machine that answered. */
  readonly server?: string
  /** The client's address as the server saw it. */
  readonly client?: string
  /** Number of bytes that the server received. */
  readonly bytes?: number
  /** The system's code, such as `ECONNREFUSED`. */
  readonly error?: string
}

/** One or more requests, one after another, each over its own connection. */
export interface Fetch {
  /** Number of requests. Default 1. */
  readonly times?: number
  /** The client's address to use. Default: the one that the system chooses. */
  readonly from?: string
  /** Bytes to upload. Default 0. */
  readonly bytes?: number
}

/** A live stream to publish. */
export interface Stream {
  readonly from: string
  readonly to: string
  readonly port: number
  readonly app: string
  readonly name: string
}

export class Client {
  readonly #program: ChildProcess
  readonly #answers: AsyncIterator<string>

  private constructor(program: ChildProcess) {
    this.#program = program
    const lines: Interface = createInterface({ input: program.stdout! })
    this.#answers = lines[Symbol.asyncIterator]()
  }

  static async start(machine: Machine): Promise<Client> {
    return new Client(await machine.startScript('client.mjs'))
  }

  fetch(url: string, { times = 1, from, bytes = 0 }: Fetch = {}): Promise<Answer[]> {
    return this.#ask({ action: 'fetch', url, times, from, bytes })
  }

  /** The names of the machines that answered. */
  async servers(url: string, options: Fetch = {}): Promise<(string | undefined)[]> {
    return (await this.fetch(url, options)).map(({ server, error }) => server ?? error)
  }

  /** The answers of a Redis server for a key, each over its own connection, or the codes of errors. */
  redis(host: string, port: number, key: string, times: number): Promise<string[]> {
    return this.#ask({ action: 'redis', host, port, key, times })
  }

  /** Publishes live streams and stays connected; resolves with the refused ones. */
  publish(streams: readonly Stream[]): Promise<{ stream: string; error: string }[]> {
    return this.#ask({ action: 'publish', streams })
  }

  /** Ends every stream. */
  async hangUp(): Promise<void> {
    await this.#ask({ action: 'hangUp' })
  }

  async #ask<T>(what: object): Promise<T> {
    this.#program.stdin!.write(`${JSON.stringify(what)}\n`)
    const { value, done } = await this.#answers.next()
    if (done) throw new Error('The client ended')
    return JSON.parse(value)
  }
}

/** Counts the occurrences of each value in a list. */
export function tally(list: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const each of list) counts[String(each)] = (counts[String(each)] ?? 0) + 1
  return counts
}
