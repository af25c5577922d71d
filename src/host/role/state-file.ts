import { mkdir, readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { removeFile, replaceFile } from '../../system/replace-file.ts'
import { defaultStateFile, identifyNamespace, type NamespaceIdentity } from '../facts/namespace-identity.ts'
import { RESOURCE_HANDLERS } from '../resource/resource-handlers.ts'
import { StateFileError } from './state-file-error.ts'

/** What was there before something was changed, and what it was changed to. */
export interface StateRecord {
  /** Kind of the register. */
  readonly kind: string
  /** What of it. */
  readonly subject: string
  /** What was there before anything was put. */
  readonly before: unknown
  /** What was put; two values while one takes the place of the other. */
  readonly applied: readonly unknown[]
  /** On whose behalf. */
  readonly owners: readonly string[]
}

/** What the file says. */
export interface RecordedState {
  /** In the order in which things were changed first. */
  readonly records: readonly StateRecord[]
  /** Cluster nodes that are active. */
  readonly active: readonly string[]
}

/** The form of the file; another one is not understood. */
const VERSION = 1
const EMPTY_STATE: RecordedState = { records: [], active: [] }

/** The file in which roles record what was there before them. */
export class StateFile {
  readonly path: string
  readonly #identity: NamespaceIdentity

  private constructor(path: string, identity: NamespaceIdentity) {
    this.path = path
    this.#identity = identity
  }

  /** @param path Default: as {@link defaultStateFile} has it. */
  static async of(netns: string | undefined, path?: string): Promise<StateFile> {
    const identity = await identifyNamespace(netns)
    return new StateFile(resolve(path ?? (await defaultStateFile(identity))), identity)
  }

  /**
   * Reads the file. What it says of an earlier start of the machine or of another network namespace is void: what was changed
   * there is gone with it.
   *
   * @throws {StateFileError} `ERR_LVS_STATE_FILE` when it is no such file.
   */
  async read(): Promise<RecordedState> {
    const text = await readText(this.path)
    if (text === undefined) return EMPTY_STATE
    const content = this.#parse(text)
    const { boot, netns } = this.#identity
    return content.boot === boot && content.netns === netns ? content : EMPTY_STATE
  }

  /** Replaces the file, so that it outlives a crash at any moment; with nothing to say there is no file. */
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
      `${this.path} is no file that this version of the library wrote; if nothing is to be put back from it, remove it`,
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
