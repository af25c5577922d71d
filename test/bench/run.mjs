import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Milliseconds after which something hangs; nothing here takes as long. */
export const PATIENCE = 900_000

/** Runs a program and gives what it printed. What it complains of is part of the error. */
export async function run([program, ...words], options = {}) {
  const { stdout } = await execute(program, words, { maxBuffer: 1 << 28, timeout: PATIENCE, ...options })
  return stdout
}

/** Runs a program that prints one line of JSON. */
export async function runForJson(words, options) {
  return JSON.parse(await run(words, options))
}
