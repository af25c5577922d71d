import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StateFileError } from './state-file-error.ts'

/** Milliseconds between two attempts. */
const PAUSE = 20
/** Milliseconds after which somebody else has held the lock too long. */
const PATIENCE = 60_000

/**
 * Runs something while nobody else does so for the same file, be it in this process or another.
 *
 * Node.js has no flock(2). The lock is a socket beside the file (unix(7)) on which its holder listens: whether somebody does
 * is known to the kernel, which forgets it with the process, however that ends and in whatever namespace of processes or
 * networks it ran. Sockets are numbered and never used again, so that of two who find a dead one only one can take its place:
 * both would make the next number. The last one stays behind.
 *
 * @throws {StateFileError} `ERR_LVS_BUSY` when it is held for longer than 60 s.
 */
export async function withLock<T>(
  file: string,
  signal: AbortSignal | undefined,
  use: () => Promise<T>,
): Promise<T> {
  const lock = await take(file, signal)
  try {
    return await use()
  } finally {
    await new Promise((resolve) => lock.close(resolve))
  }
}

async function take(file: string, signal: AbortSignal | undefined): Promise<Server> {
  const end = Date.now() + PATIENCE
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  for (;;) {
    signal?.throwIfAborted()
    const lock = await attempt(file)
    if (lock !== undefined) return lock
    if (Date.now() > end) {
      throw new StateFileError(
        'ERR_LVS_BUSY',
        `another call has been changing what ${file} records for ${PATIENCE / 1000} s; end it, or wait for it`,
      )
    }
    await pause(PAUSE, undefined, { signal })
  }
}

/** Takes the lock; undefined when somebody else has it. */
async function attempt(file: string): Promise<Server | undefined> {
  // The name of a socket is limited to 107 bytes, a path is not.
  await using directory = await open(dirname(file), 'r')
  const folder = `/proc/self/fd/${directory.fd}`
  const name = (number: number) => join(folder, `${prefixOf(file)}${number}`)
  const last = Math.max(0, ...(await numbersIn(folder, file)))
  if (last > 0 && (await isHeld(name(last)))) return undefined
  const lock = await listen(folder, name(last + 1))
  if (lock === undefined) return undefined
  // Who was slow may have taken a number that was used and removed since.
  const numbers = await numbersIn(folder, file)
  if (numbers.some((number) => number > last + 1)) {
    lock.close()
    return undefined
  }
  for (const number of numbers) if (number <= last) await rm(name(number), { force: true })
  return lock
}

function prefixOf(file: string): string {
  return `.${basename(file)}.lock-`
}

async function numbersIn(folder: string, file: string): Promise<number[]> {
  const prefix = prefixOf(file)
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix))
  return names.map((name) => Number(name.slice(prefix.length))).filter(Number.isSafeInteger)
}

/** Listens, then gives the socket its name, which only one can have; undefined for the others. */
async function listen(folder: string, name: string): Promise<Server | undefined> {
  const aside = join(folder, `.${randomUUID()}`)
  const server = createServer((visitor) => visitor.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path: aside, exclusive: true }, resolve)
  })
  try {
    await link(aside, name)
    return server
  } catch (error) {
    server.close()
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/** Whether somebody listens on a socket. */
function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const visitor = connect(path)
    visitor.once('connect', () => {
      visitor.destroy()
      resolve(true)
    })
    visitor.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false)
      // More visitors than it can receive, or it went while this one stood in line.
      else if (error.code === 'EAGAIN' || error.code === 'ECONNRESET') resolve(true)
      else reject(error)
    })
  })
}
