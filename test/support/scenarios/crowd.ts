/** Many clients of one service on one machine. */

import type { ChildProcess } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import type { Machine } from './machine.ts'

/** A connection that failed. */
export interface Failure {
  /** The system's code, such as `ECONNREFUSED`; `CLOSED` if the peer closed the connection. */
  readonly code: string
  /** The client's address. */
  readonly from: string
  /** Its port; 0 when it was never connected. */
  readonly port: number
  /** The server that answered before. */
  readonly server?: string
  /** When it was opened, in milliseconds since 1970. */
  readonly since: number
  /** When it failed. */
  readonly at: number
}

/** The results of all clients. */
export interface CrowdReport {
  readonly connections: number
  readonly requests: number
  /** Answers by the name of the server. */
  readonly servers: Readonly<Record<string, number>>
}

export class Crowd {
  readonly #program: ChildProcess
  readonly #lines: Interface
  /** The failures so far. */
  readonly failures: Failure[] = []
  readonly #report: Promise<CrowdReport>

  private constructor(program: ChildProcess) {
    this.#program = program
    this.#lines = createInterface({ input: program.stdout! })
    this.#report = new Promise((resolve, reject) => {
      this.#lines.on('line', (line) => {
        const told = JSON.parse(line) as Failure | CrowdReport
        if ('requests' in told) return resolve(told)
        this.failures.push(told)
      })
      this.#lines.on('close', () => reject(new Error('The crowd ended before its time')))
    })
    this.#report.catch(() => {})
  }

  /** Starts `count` clients, spread over the addresses of their machine. */
  static async start(
    machine: Machine,
    count: number,
    { address, port }: { readonly address: string; readonly port: number },
    from: readonly string[],
  ): Promise<Crowd> {
    const words = [address, String(port), String(count), ...from]
    return new Crowd(await machine.startScript('crowd.mjs', ...words))
  }

  /** Stops the clients after their current request. */
  stop(): Promise<CrowdReport> {
    this.#program.stdin!.end()
    return this.#report
  }
}
