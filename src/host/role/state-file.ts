import { mkdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { FileLock } from '../../system/file-lock.ts'
import { removeFile, replaceFile } from '../../system/replace-file.ts'
import { defaultStateFile, identifyNamespace, type NamespaceIdentity } from '../facts/namespace-identity.ts'
import { RESOURCE_HANDLERS } from '../resource/resource-handlers.ts'

/**
 * The codes of {@link StateFileError}:
 * - `ERR_LVS_BUSY`: another call has been changing the same host for more than 60 seconds.
 * - `ERR_LVS_STATE_FILE`: the content of the file does not have the format that roles write.
 */
export type StateFileErrorCode = 'ERR_LVS_BUSY' | 'ERR_LVS_STATE_FILE'

/** The state file, in which roles record the state before their changes, cannot be used. Nothing was changed. */
export class StateFileError extends Error {
  /** Name of the class, for messages. */
  override readonly name = 'StateFileError'
  /** The reason. */
  readonly code: StateFileErrorCode

  constructor(code: StateFileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The record of a changed resource. */
export interface StateRecord {
  /** Kind of the resource handler. */
  readonly kind: string
  /** The resource. */
  readonly subject: string
  /** The value before the first change. */
  readonly before: unknown
  /** The applied value. Two values while one of them replaces the other. */
  readonly applied: readonly unknown[]
  /** The owners of the change. */
  readonly owners: readonly string[]
}

/** The content of the file. */
export interface RecordedState {
  /** In the order of the first changes. */
  readonly records: readonly StateRecord[]
  /** Cluster nodes that are active. */
  readonly active: readonly string[]
}

/** Version of the format. Files of other versions are rejected. */
const VERSION = 1
const EMPTY_STATE: RecordedState = { records: [], active: [] }
/** Milliseconds to wait for another holder of the lock. */
const LOCK_TIMEOUT = 60_000

/** The file in which roles record the state before their changes. */
export class StateFile {
  readonly path: string
  readonly #identity: NamespaceIdentity

  private constructor(path: string, identity: NamespaceIdentity) {
    this.path = path
    this.#identity = identity
  }

  /** @param path Default: {@link defaultStateFile}. */
  static async of(netns: string | undefined, path?: string): Promise<StateFile> {
    const identity = await identifyNamespace(netns)
    return new StateFile(resolve(path ?? (await defaultStateFile(identity))), identity)
  }

  /**
   * Runs a function while holding the lock of the file: no other call does so at the same time, in this process or another. The
   * lock is a separate file beside the state file, because the state file is replaced and removed. The lock file is kept.
   *
   * @throws {StateFileError} `ERR_LVS_BUSY` if another call holds the lock for more than 60 s.
   */
  async lock<T>(signal: AbortSignal | undefined, use: () => Promise<T>): Promise<T> {
    const directory = dirname(this.path)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const path = join(directory, `.${basename(this.path)}.lock`)
    using lock = await FileLock.acquire(path, { timeout: LOCK_TIMEOUT, signal })
    if (lock === undefined) {
      throw new StateFileError(
        'ERR_LVS_BUSY',
        `another call has held the lock of ${this.path} for more than ${LOCK_TIMEOUT / 1000} s; wait for it, or end its process`,
      )
    }
    return await use()
  }

  /**
   * Reads the file. Records of an earlier boot or of another network namespace are ignored: those changes no longer exist.
   *
   * @throws {StateFileError} `ERR_LVS_STATE_FILE` if the content is not a state file of this version.
   */
  async read(): Promise<RecordedState> {
    const text = await readText(this.path)
    if (text === undefined) return EMPTY_STATE
    const content = this.#parse(text)
    const { boot, netns } = this.#identity
    return content.boot === boot && content.netns === netns ? content : EMPTY_STATE
  }

  /** Replaces the file so that it survives a crash at any moment. Removes it if there is nothing to record. */
  async write({ records, active }: RecordedState): Promise<void> {
    if (records.length === 0 && active.length === 0) return await removeFile(this.path)
    await mkdir(dirname(this.path), { recursive: true })
    const content = { version: VERSION, ...this.#identity, active, records }
    await replaceFile(this.path, `${JSON.stringify(content, undefined, 2)}\n`)
  }

  #parse(text: string): RecordedState & NamespaceIdentity {
    try {
      const content: unknown = JSON.parse(text)
      if (isStateContent(content)) return content
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
    throw new StateFileError(
      'ERR_LVS_STATE_FILE',
      `${this.path} is not a state file of this version; delete it if nothing has to be restored from it`,
    )
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isStateContent(content: unknown): content is RecordedState & NamespaceIdentity {
  if (typeof content !== 'object' || content === null) return false
  const { version, boot, netns, active, records } = content as Record<string, unknown>
  return (
    version === VERSION &&
    typeof boot === 'string' &&
    typeof netns === 'string' &&
    isStringArray(active) &&
    Array.isArray(records) &&
    records.every(isRecord)
  )
}

function isRecord(record: unknown): record is StateRecord {
  if (typeof record !== 'object' || record === null) return false
  const { kind, subject, before, applied, owners } = record as Record<string, unknown>
  return (
    typeof kind === 'string' &&
    RESOURCE_HANDLERS.has(kind) &&
    typeof subject === 'string' &&
    before !== undefined &&
    Array.isArray(applied) &&
    isStringArray(owners)
  )
}

function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string')
}
