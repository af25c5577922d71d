import { read, writeSync } from 'node:fs'
import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import type { CommandIo } from './command-io.ts'
import { OutputError } from './failure.ts'
import { toTerminalText } from './terminal-text.ts'

export const STANDARD_INPUT = 0
export const STANDARD_OUTPUT = 1
const STANDARD_ERROR = 2
const READ_BYTES = 1024 * 1024
/** The status that a shell reports for a program killed by SIGPIPE. */
const EXIT_SIGPIPE = 141
/** Milliseconds before a full or empty pipe is tried again. */
const RETRY_MS = 5

/** This process. It uses file descriptors directly: creating the streams of Node.js takes a third of a short run. */
export class SystemProcess implements CommandIo {
  readonly program: string

  constructor(program: string) {
    this.program = program
  }

  get input(): AsyncIterable<Uint8Array> {
    return readInput()
  }

  print(text: string): void {
    this.write(toTerminalText(text, false))
  }

  /** A failure is ignored: there is no other place to report it. */
  printError(text: string): void {
    writeFully(STANDARD_ERROR, `${toTerminalText(text, false)}\n`)
  }

  /** Writes to standard output without any change. */
  protected write(text: string): void {
    const error = writeFully(STANDARD_OUTPUT, text)
    if (error !== undefined) throw new OutputError(error)
  }

  /** Opens the plain client: the replacement for ipvsadm starts faster without the code for desired states. */
  async open(netns?: string): Promise<IpvsClient> {
    const { IpvsClient } = await import('../../ipvs/ipvs-client.ts')
    return await IpvsClient.open({ netns })
  }
}

/** Writes all of a text. Returns the error that prevented it; ends the process quietly if the reader of the pipe has ended. */
function writeFully(descriptor: number, text: string): NodeJS.ErrnoException | undefined {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') process.exit(EXIT_SIGPIPE)
      if (code !== 'EAGAIN') return error as NodeJS.ErrnoException
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
  return undefined
}

async function* readInput(): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  for (;;) {
    const bytes = await readChunk(buffer)
    if (bytes === 0) return
    yield buffer.subarray(0, bytes)
  }
}

/** Reads the next chunk of standard input. Returns the number of bytes, 0 at its end. */
export async function readChunk(buffer: Buffer): Promise<number> {
  for (;;) {
    const result = await new Promise<number | NodeJS.ErrnoException>((resolve) => {
      read(STANDARD_INPUT, buffer, 0, buffer.length, null, (error, bytes) => resolve(error ?? bytes))
    })
    if (typeof result === 'number') return result
    if (result.code === 'EOF') return 0
    if (result.code !== 'EAGAIN') throw result
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}
