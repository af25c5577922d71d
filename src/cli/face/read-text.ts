import { readFile } from 'node:fs/promises'
import type { Screen } from '../surroundings.ts'

/** Stands for standard input in the place of a file. */
export const STANDARD_INPUT = '-'

/** Reads a file that was named, or standard input. */
export async function readSource(file: string, screen: Screen): Promise<string> {
  return file === STANDARD_INPUT ? await readText(screen.input) : await readFile(file, 'utf8')
}

/** Reads all of a text. */
export async function readText(input: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of input) text += decoder.decode(piece, { stream: true })
  return text + decoder.decode()
}
