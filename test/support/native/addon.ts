import { execFileSync, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** The sanitizer run sets another build here. */
export const ADDON_PATH =
  process.env['LVS_ADDON'] ??
  fileURLToPath(new URL('../../../build/Release/lvs_netlink.node', import.meta.url))

export interface Report {
  state: string
  datagram: number
  awaiting: boolean
  received: number
  errno: number
  syscall: string
  sends: number
  receives: number
}

export interface Socket {
  readonly portId: number
  readonly receiveBuffer: number
  readonly sendBuffer: number
  exchange(
    datagrams: Uint8Array,
    ends: Uint32Array,
    count: number,
    first: number,
    awaiting: boolean,
    onlyIfPreviousComplete: boolean,
    replies: Uint8Array,
  ): Report | Promise<Report>
  close(): void
}

interface Addon {
  openSocket(options: {
    protocol: number
    netns?: string | undefined
    receiveBuffer: number
    sendBuffer: number
  }): Promise<Socket>
  openFile(path: string, flags: number, netns?: string): Promise<number>
  lockFile(descriptor: number): boolean
  closeFile(descriptor: number): void
  sendFrame(interfaceIndex: number, frame: Uint8Array, netns?: string): Promise<void>
}

export const addon = createRequire(import.meta.url)(ADDON_PATH) as Addon

export const GENERIC = 16
export const ROUTE = 0
export const MiB = 1024 * 1024

/** Opens a socket, by default for generic netlink with the library's buffer sizes. */
export function open(options: Partial<Parameters<Addon['openSocket']>[0]> = {}): Promise<Socket> {
  return addon.openSocket({ protocol: GENERIC, receiveBuffer: 2 * MiB, sendBuffer: MiB, ...options })
}

/** Sends datagrams, and returns the report with the bytes received. */
export async function exchange(
  socket: Socket,
  datagrams: readonly Uint8Array[],
  { room = MiB, first = 0, awaiting = false, onlyIfPreviousComplete = false } = {},
): Promise<Report & { bytes: Uint8Array }> {
  const replies = new Uint8Array(room).fill(0xee)
  const report = await socket.exchange(
    Buffer.concat(datagrams),
    endsOf(datagrams),
    datagrams.length,
    first,
    awaiting,
    onlyIfPreviousComplete,
    replies,
  )
  return { ...report, bytes: replies.subarray(0, report.received) }
}

export function endsOf(datagrams: readonly Uint8Array[]): Uint32Array {
  let end = 0
  return Uint32Array.from(datagrams, (datagram) => {
    end += datagram.length
    return end
  })
}

/** Number of open descriptors of this process. */
export function descriptors(): number {
  return readdirSync('/proc/self/fd').length
}

export interface ProgramResult {
  /** Exit code, or the signal that ended it. */
  end: number | string | null
  stdout: string
  stderr: string
}

/** Runs a program of test/native/programs in its own process, which it may crash. */
export function runProgram(
  program: string,
  args: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): Promise<ProgramResult> {
  const path = fileURLToPath(new URL(`../../native/programs/${program}`, import.meta.url))
  const child = spawn(process.execPath, [...nodeOptions, path, ...args], {
    env: { ...process.env, LVS_ADDON: ADDON_PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ending: ProgramResult = { end: null, stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      ending[name] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ ...ending, end: code ?? signal }))
  })
}

export interface Namespace {
  readonly path: string
  /** Runs `ip` inside. */
  ip(...args: string[]): void
  /** Runs many `ip` commands inside, one per line. */
  batch(lines: readonly string[]): void
  remove(): void
}

/** Creates a network namespace with a unique name. Its loopback is down, and it has no other link. */
export function makeNamespace(): Namespace {
  const name = `lvs-native-${process.pid}-${Math.random().toString(36).slice(2, 8)}`
  execFileSync('ip', ['netns', 'add', name])
  const ip = (...args: string[]) => void execFileSync('ip', ['-n', name, ...args])
  return {
    path: `/run/netns/${name}`,
    ip,
    batch: (lines) => void execFileSync('ip', ['-n', name, '-batch', '-'], { input: lines.join('\n') }),
    remove: () => void execFileSync('ip', ['netns', 'delete', name]),
  }
}
