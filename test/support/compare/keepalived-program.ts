import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Namespace } from '../kernel/namespace.ts'
import { waitUntil } from '../kernel/until.ts'

/** What keepalived did with a file. */
export interface KeepalivedRun {
  /** Whether it programmed the table, ended because of the file, or crashed, which it does with some skipped virtual servers. */
  readonly outcome: 'started' | 'ended' | 'crashed'
  readonly log: string
}

/**
 * Runs the checkers of keepalived in a namespace until they have programmed the table, and looks at the result. Then it is killed
 * and the table is emptied.
 */
export async function runKeepalived(
  namespace: Namespace,
  text: string,
  look: (run: KeepalivedRun) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync('/run/lvs-keepalived-')
  const path = join(directory, 'keepalived.conf')
  const checkers = join(directory, 'checkers')
  writeFileSync(path, text)
  const words = ['--dont-fork', '--check', '--log-console', '--log-detail', '--use-file', path]
  const files = ['--pid', join(directory, 'pid'), '--checkers_pid', checkers]
  const program = spawn('ip', ['netns', 'exec', namespace.name, 'keepalived', ...words, ...files], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    await look(await waitForStart(program))
  } finally {
    // The parent would start the checkers again, and these would empty the table one by one.
    const child = readPid(checkers)
    kill(program.pid)
    kill(child)
    if (program.exitCode === null && program.signalCode === null) await once(program, 'exit')
    await waitUntil(
      () => Promise.resolve(child === undefined || !existsSync(`/proc/${child}`)),
      (ended) => ended,
    )
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
    await namespace.ipvs.flush()
  }
}

/** Milliseconds: a start takes a tenth of a second. */
const LIMIT = 60_000

async function waitForStart(program: ChildProcess): Promise<KeepalivedRun> {
  let log = ''
  return await new Promise((resolve, reject) => {
    const read = (piece: Buffer) => {
      log += piece.toString()
      // Without anything to do it waits for another configuration.
      if (/Startup complete|has no configuration to run/.test(log)) resolve({ outcome: 'started', log })
      else if (/exited due to|died: Respawning/.test(log)) resolve({ outcome: 'crashed', log })
    }
    program.stdout?.on('data', read)
    program.stderr?.on('data', read)
    program.once('error', reject)
    setTimeout(() => reject(new Error(`keepalived neither started nor ended:\n${log}`)), LIMIT).unref()
    program.once('close', () => resolve({ outcome: 'ended', log }))
  })
}

function readPid(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined && pid > 0) process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
