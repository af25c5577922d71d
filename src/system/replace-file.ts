import type { Stats } from 'node:fs'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'

/** Distinguishes the temporary files of concurrent calls in this thread. */
let calls = 0

/**
 * Replaces a file atomically, or creates it. After a crash at any time, the file has either its old content or all of the
 * new content: the content is written to a temporary file and synced, the temporary file is renamed, and the directory is
 * synced (rename(2), fsync(2)). Mode and owner of an existing file are kept, as is a symbolic link to it.
 *
 * @param options.mode Mode of a new file, before the umask of the process applies. Default 0644.
 * @throws {SystemError} if a file system call fails; the old file is then unchanged.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  { mode = 0o644 }: { readonly mode?: number } = {},
): Promise<void> {
  const target = (await undefinedIfMissing(realpath(path))) ?? path
  const old = await undefinedIfMissing(stat(target))
  // A hidden name without the extension, so that programs that read the directory ignore it.
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}-${threadId}-${++calls}`)
  await rm(temporary, { force: true })
  try {
    await writeAndSync(temporary, content, mode, old)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(dirname(target))
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
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}
