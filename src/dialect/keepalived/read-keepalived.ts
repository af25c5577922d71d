import { readFile } from 'node:fs/promises'
import { glob } from './glob.ts'
import { type KeepalivedOptions, parseKeepalived } from './parse-keepalived.ts'
import type { KeepalivedConfiguration } from './servers/configuration.ts'
import type { FindIncluded } from './source/source-reader.ts'

/**
 * Reads a keepalived.conf and the files that it includes.
 *
 * @throws {DesiredStateError} with every mistake, its file and its line.
 * @throws {Error} a system error (`code`, `path`) if a file cannot be read.
 */
export async function readKeepalived(
  path: string,
  options: Omit<KeepalivedOptions, 'source' | 'include'> = {},
): Promise<KeepalivedConfiguration> {
  return parseKeepalived(await readFile(path, 'utf8'), { ...options, source: path, include: findFiles })
}

/** Includes regular files only: a FIFO would never end. */
const findFiles: FindIncluded = async (pattern, directory) => {
  const paths = await glob(pattern, directory)
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })))
}
