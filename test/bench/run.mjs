import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Milliseconds after which a program counts as hanging; no program takes this long. */
export const PATIENCE = 900_000

/** Runs a program and returns its output. The error contains its standard error. */
export async function run([program, ...words], options = {}) {
  const { stdout } = await execute(program, words, { maxBuffer: 1 << 28, timeout: PATIENCE, ...options })
  return stdout
}

/** Runs a program that prints one line of JSON. */
export async function runForJson(words, options) {
  return JSON.parse(await run(words, options))
}
