import { readFile } from 'node:fs/promises'
import type { Terminal } from '../../io/command-io.ts'
import { UsageError } from '../../io/failure.ts'

/** Stands for standard input in the place of a file. */
export const STANDARD_INPUT = '-'

/** A text, and where it is from. */
export interface Source {
  /** For messages. */
  readonly name: string
  /** Undefined for standard input. */
  readonly file: string | undefined
  readonly text: string
}

/** Reads a file that was named, or standard input. */
export async function readSource(file: string, screen: Terminal): Promise<Source> {
  if (file === STANDARD_INPUT) {
    return { name: 'standard input', file: undefined, text: await readText(screen.input) }
  }
  try {
    return { name: file, file, text: await readFile(file, 'utf8') }
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

async function readText(input: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of input) text += decoder.decode(piece, { stream: true })
  return text + decoder.decode()
}
