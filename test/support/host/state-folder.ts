/** A folder for the state files of a test. */

import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** In memory where there is such a place: every state is flushed, and nothing here is about disks. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export class StateFolder implements Disposable {
  readonly #folder = mkdtempSync(join(PLACE, 'lvs-state-'))
  readonly path = join(this.#folder, 'state.json')
  readonly #aside = join(this.#folder, 'aside.json')
  #kept = false

  /** Keeps what the file says at this moment: that of the death of a process. */
  keep(): void {
    this.#kept = existsSync(this.path)
    if (this.#kept) copyFileSync(this.path, this.#aside)
  }

  /** Makes the file say again what was kept: a dead process writes nothing, but the rest of a call in a test does. */
  restore(): void {
    if (this.#kept) copyFileSync(this.#aside, this.path)
    else rmSync(this.path, { force: true })
  }

  get isEmpty(): boolean {
    return !existsSync(this.path)
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
