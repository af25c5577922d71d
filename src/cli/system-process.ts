import { read, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Ipvs } from '../ipvs/ipvs.ts'
import type { Screen } from './surroundings.ts'

const STANDARD_INPUT = 0
const STANDARD_OUTPUT = 1
const STANDARD_ERROR = 2
const READ_BYTES = 1024 * 1024
/** As a shell reports a program that SIGPIPE has ended. */
const BROKEN_PIPE = 141
/** Milliseconds until a pipe that is full or empty is tried again. */
const RETRY = 5

/** The process that this is. Its streams are written to directly: to make those of Node.js takes a third of a short run. */
export class SystemProcess implements Screen {
  readonly program: string

  constructor(program: string) {
    this.program = program
  }

  get terminal(): boolean {
    return isatty(STANDARD_OUTPUT)
  }

  get interactive(): boolean {
    return this.terminal && isatty(STANDARD_INPUT) && process.env['TERM'] !== 'dumb'
  }

  get colours(): boolean {
    const { NO_COLOR, FORCE_COLOR, TERM } = process.env
    if (NO_COLOR !== undefined && NO_COLOR !== '') return false
    return (FORCE_COLOR ?? '') !== '' || (this.terminal && TERM !== 'dumb')
  }

  get input(): AsyncIterable<Uint8Array> {
    return readInput()
  }

  print(text: string): void {
    write(STANDARD_OUTPUT, text)
  }

  complain(text: string): void {
    write(STANDARD_ERROR, `${text}\n`)
  }

  async open(netns?: string): Promise<Ipvs> {
    const { Ipvs } = await import('../ipvs/ipvs.ts')
    return await Ipvs.open({ netns })
  }

  pause(seconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (goOn: boolean) => {
        clearTimeout(timer)
        process.off('SIGINT', stop)
        resolve(goOn)
      }
      const stop = () => end(false)
      const timer = setTimeout(() => end(true), seconds * 1000)
      process.once('SIGINT', stop)
    })
  }
}

function write(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') process.exit(BROKEN_PIPE)
      // A full disk does not make a listing fail in ipvsadm either.
      if (code !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY)
    }
  }
}

async function* readInput(): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  for (;;) {
    const bytes = await readSome(buffer)
    if (bytes === 0) return
    yield buffer.subarray(0, bytes)
  }
}

async function readSome(buffer: Buffer): Promise<number> {
  for (;;) {
    const result = await new Promise<number | NodeJS.ErrnoException>((resolve) => {
      read(STANDARD_INPUT, buffer, 0, buffer.length, null, (error, bytes) => resolve(error ?? bytes))
    })
    if (typeof result === 'number') return result
    if (result.code === 'EOF') return 0
    if (result.code !== 'EAGAIN') throw result
    await new Promise((resolve) => setTimeout(resolve, RETRY))
  }
}
