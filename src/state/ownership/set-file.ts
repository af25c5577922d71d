import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'

/** The content of the file of a named set. */
export interface SetFile {
  readonly version: 1
  readonly services: readonly string[]
  readonly daemons: readonly string[]
  /** Identifies the boot to which the deadlines belong. */
  readonly boot: string
  /** Deadlines in milliseconds of `monotonicNow`. */
  readonly draining: Readonly<Record<string, number>>
  /** Services whose fallback flag is set for the time of a drain; absent if there are none. */
  readonly fallbacks?: readonly string[]
}

export const SET_SUFFIX = '.json'
export const EMPTY_SET: SetFile = { version: 1, services: [], daemons: [], boot: '', draining: {} }

/** Bytes; a set of 100,000 services has about 3 MB. */
const MAX_SET_FILE = 64 * 1024 * 1024
/** The beginning of a file that this library wrote. */
const BEGINNING = /^\s*\{\s*"version":\s*\d+,\s*"services":\s*\[/

/** The names of the files in a directory that may be those of sets. */
export async function listSets(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith(SET_SUFFIX) && !name.startsWith('.'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Reads the file of the caller's set. */
export async function readOwnSet(path: string): Promise<SetFile> {
  const text = await readRegularFile(path)
  if (text === undefined) throw new Error(`${path} must be a regular file of at most ${MAX_SET_FILE} bytes`)
  const file = parseSet(text)
  if (file !== undefined) return file
  throw new Error(
    `${path} is not a valid file of a named set: restore it, or delete it and apply once with adopt: true`,
  )
}

/**
 * Reads the file of another set. Returns undefined for a file of another program in the same directory: it claims nothing. A
 * damaged file of a set is an error, because its services must not pass to other sets.
 */
export async function readOtherSet(path: string): Promise<SetFile | undefined> {
  const text = await readRegularFile(path)
  const file = text === undefined ? undefined : parseSet(text)
  if (file !== undefined || text === undefined || !isOfSet(text)) return file
  throw new Error(
    `${path} is damaged: the services of that set are unknown; restore it, or move it elsewhere if the set is no longer used`,
  )
}

/** Whether a text that is not valid was written for a set: by its first fields, or as JSON that has them. */
function isOfSet(text: string): boolean {
  if (BEGINNING.test(text)) return true
  const content = parseJson(text) as Partial<SetFile> | null | undefined
  return typeof content?.version === 'number' && Array.isArray(content.services)
}

/**
 * Reads a regular file. Returns undefined for anything else: a link could point to any file, a pipe would never end. Also for a
 * file that is too large, or that was removed after the directory was read.
 */
async function readRegularFile(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const { size, ...stats } = await file.stat()
    if ((stats.mode & constants.S_IFMT) !== constants.S_IFREG || size > MAX_SET_FILE) return undefined
    return await file.readFile('utf8')
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

function parseSet(text: string): SetFile | undefined {
  const content = parseJson(text)
  if (typeof content !== 'object' || content === null) return undefined
  const file = content as Record<keyof SetFile, unknown>
  const { version, services, daemons, boot = '', draining, fallbacks = [] } = file
  if (version !== 1 || typeof boot !== 'string' || !isDeadlines(draining)) return undefined
  if (!isTexts(services) || !isTexts(daemons) || !isTexts(fallbacks)) return undefined
  return { version, services, daemons, boot, draining, fallbacks }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function isDeadlines(value: unknown): value is Record<string, number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every((each) => typeof each === 'number' && Number.isFinite(each))
}
