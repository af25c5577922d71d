/** Network namespaces of tests: IPVS has a table of its own in each, and its end takes all with it. */

import type { ChildProcess, ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Ipvs, OpenOptions } from '../../../src/index.ts'
import type { Transport } from '../../../src/netlink/transport/transport.ts'
import { simulated } from './kernel.ts'
import { Netns } from './netns.ts'
import { SimulatedNamespace } from './simulated-namespace.ts'

/** A network namespace that lasts as long as the test that made it. A simulated kernel's runs no programs but ipvsadm. */
export interface Namespace {
  readonly name: string
  /** For `ip -n`. */
  readonly path: string
  /** What `Ipvs.open` takes. */
  readonly options: OpenOptions
  readonly transport: Transport
  /** A client of this namespace. */
  readonly ipvs: Ipvs
  /** One more client, closed at the end. */
  open(): Promise<Ipvs>
  /** Runs `ip` on this namespace. */
  ip(...words: string[]): Promise<string>
  /** Gives the loopback interface addresses, so that hosts of a test can live on it. */
  addAddresses(...addresses: string[]): Promise<void>
  /** Makes a network interface that leads nowhere, with addresses; it is up unless asked otherwise. */
  addDummy(name: string, addresses?: readonly string[], state?: 'up' | 'down'): Promise<void>
  setMtu(name: string, bytes: number): Promise<void>
  /** The text of a file under /proc or /sys. */
  read(path: string): Promise<string>
  /** Runs a program in this namespace and gives what it printed. */
  exec(program: string, ...args: string[]): Promise<string>
  /** Runs ipvsadm, on a simulated kernel that of this library. */
  ipvsadm(...args: string[]): Promise<string>
  /** The lines that `ipvsadm -S -n` prints. */
  saved(): Promise<string[]>
  /** The lines that `ipvsadm -L -n` prints below its headings, with single spaces. */
  listed(...options: string[]): Promise<string[]>
  /** Gives rules to `ipvsadm -R`, one a line. */
  restore(rules: readonly string[]): Promise<void>
  /** Starts a Node.js program in this namespace; it is ended with the test. Its first line says that it is ready. */
  start(script: string, ...args: string[]): Promise<ChildProcess>
  /** Starts any program in this namespace; it is ended with the test. */
  spawn(program: string, ...args: string[]): ChildProcessByStdio<Writable, Readable, null>
  dispose(): Promise<void>
}

/** Makes a network namespace for the running test, its loopback interface up unless asked otherwise. */
export async function makeNamespace(
  options: { loopback: 'up' | 'down' } = { loopback: 'up' },
): Promise<Namespace> {
  const namespace =
    simulated === undefined ? await Netns.make(options) : await SimulatedNamespace.make(simulated, options)
  onTestFinished(() => namespace.dispose())
  return namespace
}
