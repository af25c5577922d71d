import { readFile, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { ArgumentTypeError } from '../errors.ts'
import { checkName, checkObject, KnownFields } from '../netlink/arguments/check.ts'
import { removeFile, replaceFile } from '../system/replace-file.ts'
import { endLine, hasUnterminatedBlock, removeBlock, replaceBlock } from './block.ts'
import { checkText, formatValue } from './definition.ts'
import { findSysctl } from './sysctl-name.ts'

/** Where {@link Sysctls.persist} writes sysctls for the next boot. */
export interface PersistOptions {
  /** Absolute path of the file. Default `/etc/sysctl.d/90-lvs.conf`. Its directory must exist. */
  readonly file?: string | undefined
  /** Name of the block: several programs or roles can share a file. Default `lvs`. */
  readonly name?: string | undefined
}

const KNOWN_FIELDS = new KnownFields(['file', 'name'])
const DEFAULT_FILE = '/etc/sysctl.d/90-lvs.conf'
/** First line of a new file. A file that contains only this line is removed. */
const FILE_HEADER = '# Made by @lvs/netlink; removed with the last block.\n'

/** Programs that read sysctl.d(5) end a name at the first '=' and treat the other characters as a pattern. */
const SPECIAL_CHARACTERS = /[=*?[\]{}\\]/
const PERSISTABLE_NAME =
  'the name of a sysctl without = * ? [ ] { } \\, which have a special meaning in the file'

let lastWrite: Promise<unknown> = Promise.resolve()

export async function persistSysctls(
  values: Readonly<Record<string, unknown>>,
  options: PersistOptions,
): Promise<void> {
  const { file, name } = checkOptions(options)
  const lines = Object.entries(checkObject('values', values)).map(([name, value]) => formatLine(name, value))
  await updateFile(file, name, (text) =>
    lines.length === 0 ? removeBlock(text, name) : replaceBlock(text, name, lines),
  )
}

export async function unpersistSysctls(options: PersistOptions): Promise<void> {
  const { file, name } = checkOptions(options)
  await updateFile(file, name, (text) => removeBlock(text, name))
}

/** Serialises the changes: each reads what the previous one wrote. */
function updateFile(file: string, name: string, change: (text: string) => string): Promise<void> {
  const result = lastWrite.then(() => updateFileNow(file, name, change))
  lastWrite = result.catch(() => {})
  return result
}

async function updateFileNow(file: string, name: string, change: (text: string) => string): Promise<void> {
  const old = await readExisting(file)
  if (old !== undefined && hasUnterminatedBlock(old, name)) {
    throw new ArgumentTypeError(
      'file',
      `a file in which the block ${name} ends with '${endLine(name)}'`,
      file,
    )
  }
  const text = change(old ?? FILE_HEADER)
  if (text === (old ?? FILE_HEADER)) return
  if (text === FILE_HEADER) return await removeFile(file)
  await replaceFile(file, Buffer.from(text, 'latin1'))
}

/** Decodes each byte as one character, so that the text of other programs is preserved in any encoding. */
async function readExisting(file: string): Promise<string | undefined> {
  try {
    // A link to /dev/null disables a file of the same name in another directory. It must not be replaced.
    if (!(await stat(file)).isFile()) throw new ArgumentTypeError('file', 'a regular file', file)
    return await readFile(file, 'latin1')
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}

function formatLine(name: string, value: unknown): string {
  const sysctl = findSysctl(name)
  if (SPECIAL_CHARACTERS.test(name)) throw new ArgumentTypeError('name', PERSISTABLE_NAME, name)
  const { definition } = sysctl
  const text = definition === undefined ? checkText(name, value) : formatValue(name, definition, value)
  if (text.trim() === '')
    throw new ArgumentTypeError(name, 'non-empty text, which a persisted sysctl requires', text)
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
