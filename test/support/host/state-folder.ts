/** A folder for the state file of a test. */

import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** In memory if possible, because every write is flushed and these tests are not about disks. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export class StateFolder implements Disposable {
  readonly #folder = mkdtempSync(join(PARENT, 'lvs-state-'))
  readonly path = join(this.#folder, 'state.json')
  readonly #copy = join(this.#folder, 'copy.json')
  #hasCopy = false

  /** Copies the file when the process is killed. */
  keep(): void {
    this.#hasCopy = existsSync(this.path)
    if (this.#hasCopy) copyFileSync(this.path, this.#copy)
  }

  /** Restores the copy: a killed process writes nothing, but the rest of a call in a test does. */
  restore(): void {
    if (this.#hasCopy) copyFileSync(this.#copy, this.path)
    else rmSync(this.path, { force: true })
  }

  get isEmpty(): boolean {
    return !existsSync(this.path)
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
