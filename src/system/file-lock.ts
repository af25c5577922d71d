import { constants } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type FileAddon, loadAddon } from './addon.ts'

/** Milliseconds between two attempts. */
const RETRY_INTERVAL = 20

/** Options of {@link FileLock.acquire}. */
export interface FileLockOptions {
  /** Milliseconds to wait for the lock. */
  readonly timeout: number
  /** Ends the wait with the reason of the signal. */
  readonly signal?: AbortSignal | undefined
}

/**
 * An exclusive lock on a file (flock(2)). It excludes every other holder on this machine: another process, another thread, or
 * another call in the same thread. The kernel releases it when the process or the worker thread ends, even after a crash.
 */
export class FileLock implements Disposable {
  readonly #addon: FileAddon
  #descriptor: number | undefined

  private constructor(addon: FileAddon, descriptor: number) {
    this.#addon = addon
    this.#descriptor = descriptor
  }

  /**
   * Creates the file unless it exists, and locks it. The file stays when the lock is released: a process that waits for the
   * lock has the file open, and would otherwise lock a deleted file.
   *
   * @returns The lock, or undefined if another holder keeps it until the timeout.
   * @throws {SystemError} when the file cannot be opened or locked.
   */
  static async acquire(path: string, { timeout, signal }: FileLockOptions): Promise<FileLock | undefined> {
    signal?.throwIfAborted()
    const deadline = performance.now() + timeout
    const addon = loadAddon<FileAddon>()
    const lock = new FileLock(addon, await addon.openFile(path, constants.O_RDWR | constants.O_CREAT))
    try {
      while (!lock.#tryLock()) {
        if (performance.now() >= deadline) {
          lock.release()
          return undefined
        }
        await pause(RETRY_INTERVAL, undefined, { signal })
      }
      signal?.throwIfAborted()
      return lock
    } catch (error) {
      lock.release()
      signal?.throwIfAborted()
      throw error
    }
  }

  /** Releases the lock. Idempotent. */
  release(): void {
    const descriptor = this.#descriptor
    this.#descriptor = undefined
    if (descriptor !== undefined) this.#addon.closeFile(descriptor)
  }

  /** Releases the lock at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.release()
  }

  #tryLock(): boolean {
    return this.#descriptor !== undefined && this.#addon.lockFile(this.#descriptor)
  }
}
