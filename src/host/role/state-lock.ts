import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FileLock } from '../../system/file-lock.ts'
import { StateFileError } from './state-file-error.ts'

/** Milliseconds to wait for another holder of the lock. */
const TIMEOUT = 60_000

/**
 * Runs `use` while holding the lock of a state file: no other call does so at the same time, in this process or another. The
 * lock is on a file of its own beside the state file, which is replaced and removed. It stays there.
 *
 * @throws {StateFileError} `ERR_LVS_BUSY` if another call holds the lock for more than 60 s.
 */
export async function withLock<T>(
  file: string,
  signal: AbortSignal | undefined,
  use: () => Promise<T>,
): Promise<T> {
  const directory = dirname(file)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, `.${basename(file)}.lock`)
  using lock = await FileLock.acquire(path, { timeout: TIMEOUT, signal })
  if (lock === undefined) {
    throw new StateFileError(
      'ERR_LVS_BUSY',
      `another call has been changing the state that ${file} records for ${TIMEOUT / 1000} s; stop it, or wait for it`,
    )
  }
  return await use()
}
