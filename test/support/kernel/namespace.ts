/** Network namespaces of tests. IPVS has a separate table in each, which is deleted with the namespace. */

import type { ChildProcess, ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Ipvs, OpenOptions } from '../../../src/index.ts'
import type { Transport } from '../../../src/netlink/transport/transport.ts'
import { simulated } from './kernel.ts'
import { Netns } from './netns.ts'
import { SimulatedNamespace } from './simulated-namespace.ts'

/** A network namespace that exists until the end of its test. That of a simulated kernel runs no programs but ipvsadm. */
export interface Namespace {
  readonly name: string
  /** Path of the namespace. */
  readonly path: string
  /** The options for `Ipvs.open`. */
  readonly options: OpenOptions
  readonly transport: Transport
  /** A client of this namespace. */
  readonly ipvs: Ipvs
  /** Opens another client, closed with the test. */
  open(): Promise<Ipvs>
  /** Runs `ip` on this namespace. */
  ip(...words: string[]): Promise<string>
  /** Adds addresses of a test's hosts to the loopback interface. */
  addAddresses(...addresses: string[]): Promise<void>
  /** Adds a dummy interface with addresses, up by default. */
  addDummy(name: string, addresses?: readonly string[], state?: 'up' | 'down'): Promise<void>
  setMtu(name: string, bytes: number): Promise<void>
  /** The text of a file under /proc or /sys. */
  read(path: string): Promise<string>
  /** Runs a program in this namespace and returns its output. */
  exec(program: string, ...args: string[]): Promise<string>
  /** Runs ipvsadm; on a simulated kernel, that of this library. */
  ipvsadm(...args: string[]): Promise<string>
  /** The lines that `ipvsadm -S -n` prints. */
  saved(): Promise<string[]>
  /** The lines that `ipvsadm -L -n` prints below its headings, with single spaces. */
  listed(...options: string[]): Promise<string[]>
  /** Passes rules to `ipvsadm -R`, one per line. */
  restore(rules: readonly string[]): Promise<void>
  /** Starts a Node.js program in this namespace, and waits for its first line. It is killed with the test. */
  start(script: string, ...args: string[]): Promise<ChildProcess>
  /** Starts any program in this namespace. It is killed with the test. */
  spawn(program: string, ...args: string[]): ChildProcessByStdio<Writable, Readable, null>
  dispose(): Promise<void>
}

/** Makes a network namespace for the current test, by default with its loopback interface up. */
export async function makeNamespace(
  options: { loopback: 'up' | 'down' } = { loopback: 'up' },
): Promise<Namespace> {
  const namespace =
    simulated === undefined ? await Netns.make(options) : await SimulatedNamespace.make(simulated, options)
  onTestFinished(() => namespace.dispose())
  return namespace
}
