import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { lstat, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** How often a temporary file is written again because another process took it for an abandoned one. */
const ATTEMPTS = 3
/** Milliseconds after which the temporary file of a process that exists is abandoned: the process id was used again. */
const ABANDONED_AFTER = 60 * 60 * 1000

/** Options of {@link replaceFile}. */
export interface ReplaceFileOptions {
  /** Mode of a new file, before the umask of the process applies. Default 0644. */
  readonly mode?: number
  /** Whether to replace the file that a symbolic link points to (the default), or the link itself. */
  readonly followLink?: boolean
}

/**
 * Replaces a file atomically, or creates it. After a crash at any time, the file has either its old content or all of the
 * new content: the content is written to a temporary file and synced, the temporary file is renamed, and the directory is
 * synced (rename(2), fsync(2)). Mode and owner of an existing file are kept, as is a symbolic link to it.
 *
 * The name of the temporary file cannot be predicted, and a link with that name is not followed. Temporary files of this target
 * that killed processes left behind are removed.
 *
 * @throws {SystemError} if a file system call fails; the old file is then unchanged.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  { mode = 0o644, followLink = true }: ReplaceFileOptions = {},
): Promise<void> {
  const target = followLink ? ((await undefinedIfMissing(realpath(path))) ?? path) : path
  const found = await undefinedIfMissing(followLink ? stat(target) : lstat(target))
  const old = found?.isSymbolicLink() ? undefined : found
  const directory = dirname(target)
  for (let attempt = 1; ; attempt++) {
    // A hidden name without the extension, so that programs that read the directory ignore it.
    const temporary = join(
      directory,
      `${temporaryPrefix(target)}${process.pid}-${randomBytes(8).toString('hex')}`,
    )
    try {
      await writeAndSync(temporary, content, mode, old)
      await rename(temporary, target)
      break
    } catch (error) {
      const isTaken = isMissing(error) && (error as NodeJS.ErrnoException).syscall === 'rename'
      if (isTaken && attempt < ATTEMPTS) continue
      await rm(temporary, { force: true })
      throw error
    }
  }
  await removeAbandoned(target)
  await syncDirectory(directory)
}

function temporaryPrefix(target: string): string {
  return `.${basename(target)}.`
}

/** Removes the temporary files of a target whose processes have ended. A process in another PID namespace writes its own again. */
async function removeAbandoned(target: string): Promise<void> {
  const prefix = temporaryPrefix(target)
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(prefix)) continue
    const pid = /^(\d+)-[\da-f-]+$/.exec(name.slice(prefix.length))?.[1]
    if (pid === undefined) continue
    const path = join(dirname(target), name)
    if (await isAbandoned(path, Number(pid))) await rm(path, { force: true })
  }
}

async function isAbandoned(path: string, pid: number): Promise<boolean> {
  const file = await undefinedIfMissing(lstat(path))
  if (file === undefined || file.isDirectory()) return false
  return !isRunning(pid) || Date.now() - file.mtimeMs > ABANDONED_AFTER
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Removes a file so that it does not reappear after a crash. Does nothing if there is no such file. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true })
  await undefinedIfMissing(syncDirectory(dirname(path)))
}

async function writeAndSync(
  path: string,
  content: string | Uint8Array,
  mode: number,
  old: Stats | undefined,
): Promise<void> {
  await using file = await open(path, 'wx', mode)
  if (old !== undefined) {
    await file.chown(old.uid, old.gid)
    await file.chmod(old.mode & 0o7777)
  }
  await file.writeFile(content)
  await file.sync()
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, 'r')
  await directory.sync()
}

/** The result of a call, or undefined if the file does not exist. */
async function undefinedIfMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ENOENT'
}
