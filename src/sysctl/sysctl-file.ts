import { readFile, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { ArgumentTypeError } from '../errors.ts'
import { checkName, checkObject } from '../netlink/arguments/check.ts'
import { KnownFields } from '../netlink/arguments/known-fields.ts'
import { removeFile, replaceFile } from '../system/replace-file.ts'
import { endLine, hasOpenBlock, putBlock, takeBlock } from './block.ts'
import { checkText, writeValue } from './definition.ts'
import { findSysctl } from './sysctl-name.ts'

/** Where sysctls are kept for the next boot. */
export interface PersistOptions {
  /** Path of the file, absolute. Default `/etc/sysctl.d/90-lvs.conf`. Its directory must be there. */
  readonly file?: string | undefined
  /** Name of the block, so that several programs or roles can share a file. Default `lvs`. */
  readonly name?: string | undefined
}

const KNOWN_FIELDS = new KnownFields(['file', 'name'])
const DEFAULT_FILE = '/etc/sysctl.d/90-lvs.conf'
/** Begins a file that was not there before. When nothing else is left, the file goes. */
const HEADING = '# Made by @lvs/netlink; removed with the last block.\n'

/** What reads a file of sysctl.d(5) ends a name at the first '=' and takes the others for a pattern. */
const MISREAD = /[=*?[\]{}\\]/
const READABLE = 'a sysctl whose name has none of = * ? [ ] { } \\, which have a meaning in the file'

let last: Promise<unknown> = Promise.resolve()

export async function persistSysctls(
  values: Readonly<Record<string, unknown>>,
  options: PersistOptions,
): Promise<void> {
  const { file, name } = checkOptions(options)
  const lines = Object.entries(checkObject('values', values)).map(([name, value]) => lineOf(name, value))
  await rewrite(file, name, (text) =>
    lines.length === 0 ? takeBlock(text, name) : putBlock(text, name, lines),
  )
}

export async function unpersistSysctls(options: PersistOptions): Promise<void> {
  const { file, name } = checkOptions(options)
  await rewrite(file, name, (text) => takeBlock(text, name))
}

/** One change after another, each on what the one before it has left. */
function rewrite(file: string, name: string, change: (text: string) => string): Promise<void> {
  const result = last.then(() => rewriteNow(file, name, change))
  last = result.catch(() => {})
  return result
}

async function rewriteNow(file: string, name: string, change: (text: string) => string): Promise<void> {
  const old = await readExisting(file)
  if (old !== undefined && hasOpenBlock(old, name)) {
    throw new ArgumentTypeError('file', `a file where the block ${name} ends with '${endLine(name)}'`, file)
  }
  const text = change(old ?? HEADING)
  if (text === (old ?? HEADING)) return
  if (text === HEADING) return await removeFile(file)
  await replaceFile(file, Buffer.from(text, 'latin1'))
}

/** A character for each byte, so that what others wrote stays as it is in any encoding. */
async function readExisting(file: string): Promise<string | undefined> {
  try {
    // A link to /dev/null switches a file of another directory off, and must not be taken for the file.
    if (!(await stat(file)).isFile()) throw new ArgumentTypeError('file', 'a regular file', file)
    return await readFile(file, 'latin1')
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}

function lineOf(name: string, value: unknown): string {
  const sysctl = findSysctl(name)
  if (MISREAD.test(name)) throw new ArgumentTypeError('name', READABLE, name)
  const { definition } = sysctl
  const text = definition === undefined ? checkText(name, value) : writeValue(name, definition, value)
  if (text.trim() === '')
    throw new ArgumentTypeError(name, 'text that is not empty, to be kept in a file', text)
  return Buffer.from(`${name} = ${text}`).toString('latin1')
}

function checkOptions(options: PersistOptions): { file: string; name: string } {
  KNOWN_FIELDS.check('options', options)
  const { file = DEFAULT_FILE, name = 'lvs' } = options
  if (typeof file !== 'string' || !isAbsolute(file) || file.includes('\0')) {
    throw new ArgumentTypeError('file', `an absolute path, such as ${DEFAULT_FILE}`, file)
  }
  return { file, name: checkName('name', name, 64) }
}
