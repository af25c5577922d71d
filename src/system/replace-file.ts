import type { Stats } from 'node:fs'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'

/**
 * Replaces a file, or makes it. After a crash at any moment it holds what it held before, or the new content whole: that is
 * written aside and flushed, then takes the name of the file, and the directory is flushed (rename(2), fsync(2)). Mode and
 * owner of the old file stay, and so does a symbolic link that leads to it.
 *
 * @param options.mode Of a file that is made; the process's umask is taken off. Default 0644.
 * @throws {SystemError} of the file system; the old file is then as it was.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  { mode = 0o644 }: { readonly mode?: number } = {},
): Promise<void> {
  const target = (await undefinedIfMissing(realpath(path))) ?? path
  const old = await undefinedIfMissing(stat(target))
  // Hidden, and of no kind that anybody looks for in such a directory.
  const aside = join(dirname(target), `.${basename(target)}.${process.pid}-${threadId}`)
  await rm(aside, { force: true })
  try {
    await writeAndSync(aside, content, mode, old)
    await rename(aside, target)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
  await syncDirectory(dirname(target))
}

/** Removes a file so that it does not come back after a crash. It is no error if there is none. */
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

/** What a call gives, or undefined where there is no such file. */
async function undefinedIfMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  }
}
