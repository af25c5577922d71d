import { readFile } from 'node:fs/promises'
import type { Terminal } from '../../io/command-io.ts'
import { UsageError } from '../../io/failure.ts'

/** The file name that means standard input. */
export const STANDARD_INPUT = '-'

/** A text and its origin. */
export interface Source {
  /** The name for messages. */
  readonly name: string
  /** Undefined for standard input. */
  readonly file: string | undefined
  readonly text: string
}

/** Reads a file, or standard input. */
export async function readSource(file: string, terminal: Terminal): Promise<Source> {
  if (file === STANDARD_INPUT) {
    return { name: 'standard input', file: undefined, text: await readText(terminal.input) }
  }
  try {
    return { name: file, file, text: await readFile(file, 'utf8') }
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${error instanceof Error ? error.message : error}`)
  }
}

async function readText(input: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of input) text += decoder.decode(piece, { stream: true })
  return text + decoder.decode()
}
