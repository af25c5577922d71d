import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import type { KeepalivedConfiguration } from './configuration.ts'
import { type KeepalivedOptions, parseKeepalived } from './parse-keepalived.ts'
import type { FindIncluded } from './source-reader.ts'

/**
 * Reads a keepalived.conf with the files that it includes.
 *
 * @throws {DesiredStateError} with everything that is wrong, each with file and line.
 * @throws {Error} of the system (`code`, `path`) when the file cannot be read.
 */
export async function readKeepalived(
  path: string,
  options: Omit<KeepalivedOptions, 'source' | 'include'> = {},
): Promise<KeepalivedConfiguration> {
  return parseKeepalived(await readFile(path, 'utf8'), { ...options, source: path, include: findFiles })
}

/** The files of a pattern of the shell (`*`, `?`, `[...]`, `{a,b}`), in the order of their names. */
const findFiles: FindIncluded = async (pattern, directory) => {
  const found: string[] = []
  for (const each of alternatives(isAbsolute(pattern) ? pattern : join(directory, pattern))) {
    found.push(...(await matching(each)))
  }
  return Promise.all(found.map(async (path) => ({ path, text: await readFile(path, 'utf8') })))
}

async function matching(pattern: string): Promise<string[]> {
  if (pattern === dirname(pattern)) return [pattern]
  const directories = await matching(dirname(pattern))
  const name = basename(pattern)
  const found: string[] = []
  for (const directory of directories) {
    if (!/[*?[]/.test(name)) {
      found.push(join(directory, name))
      continue
    }
    const names = await readdir(directory).catch((): string[] => [])
    const expression = toExpression(name)
    found.push(
      ...names
        .filter((each) => expression.test(each))
        .sort()
        .map((each) => join(directory, each)),
    )
  }
  return directories.length > 0 && found.length > 0 ? existing(found) : []
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    paths.map(async (path) => {
      const names = await readdir(dirname(path)).catch((): string[] => [])
      return path === dirname(path) || names.includes(basename(path)) ? [path] : []
    }),
  )
  return lists.flat()
}

/** A file that begins with a dot has to be named with it. */
function toExpression(glob: string): RegExp {
  const text = glob
    .replaceAll(/[.+^$(){}|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^')
  return new RegExp(`^${glob.startsWith('.') ? '' : '(?!\\.)'}${text}$`)
}

/** `{a,b}` is both, one after the other. */
function alternatives(pattern: string): string[] {
  const braces = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(pattern)
  if (braces === null) return [pattern]
  const [, before = '', list = '', after = ''] = braces
  return list.split(',').flatMap((each) => alternatives(`${before}${each}${after}`))
}
