import type { ResourceHandler, RoleHost } from '../resource/resource-handler.ts'
import { RESOURCE_HANDLERS } from '../resource/resource-handlers.ts'
import { itemName, type RoleItem, type RoleItemStatus } from './role-item.ts'
import type { StateFile, StateRecord } from './state-file.ts'
import { withLock } from './state-lock.ts'

/** A step that was taken: what it takes to take it back. */
interface AppliedStep {
  readonly name: string
  readonly handler: ResourceHandler
  readonly subject: string
  readonly previous: unknown
  readonly record: StateRecord | undefined
}

/**
 * Changes a host so that it can be put back: what was there is written to the state file before it is changed, so that after
 * a crash at any moment another process can do so. One call at a time has the ledger of a file.
 */
export class ChangeJournal {
  readonly #host: RoleHost
  readonly #file: StateFile
  readonly #records: Map<string, StateRecord>
  readonly #active: Set<string>
  readonly #signal: AbortSignal | undefined
  readonly #appliedSteps: AppliedStep[] = []
  #savedText: string

  private constructor(
    host: RoleHost,
    file: StateFile,
    state: Awaited<ReturnType<StateFile['read']>>,
    signal?: AbortSignal,
  ) {
    this.#host = host
    this.#file = file
    this.#signal = signal
    this.#records = new Map(
      state.records.map((record) => [itemName(handlerOf(record), record.subject), record]),
    )
    this.#active = new Set(state.active)
    this.#savedText = this.#toText()
  }

  /** Opens the ledger for one use. */
  static async use<T>(
    host: RoleHost,
    file: StateFile,
    signal: AbortSignal | undefined,
    use: (ledger: ChangeJournal) => Promise<T>,
  ): Promise<T> {
    return await withLock(file.path, signal, async () => {
      const ledger = new ChangeJournal(host, file, await file.read(), signal)
      const result = await use(ledger)
      await ledger.#save()
      return result
    })
  }

  /** Does something; when it fails, what it has settled is taken back. */
  async rollBackOnError<T>(something: () => Promise<T>): Promise<T> {
    try {
      return await something()
    } catch (error) {
      await this.#rollBack()
      throw error
    }
  }

  /** Whether anything is recorded on behalf of these. */
  hasRecordsOf(claims: readonly string[]): boolean {
    return [...this.#records.values()].some((record) => record.owners.some((claim) => claims.includes(claim)))
  }

  /** Whether cluster nodes are active, all of them. */
  isActive(claims: readonly string[]): boolean {
    return claims.every((claim) => this.#active.has(claim))
  }

  /** Notes that cluster nodes are active, or not any more. */
  async setActive(claims: readonly string[], active: boolean): Promise<void> {
    for (const claim of claims) {
      if (active) this.#active.add(claim)
      else this.#active.delete(claim)
    }
    await this.#save()
  }

  /** Brings items about, in their order. All of them are looked at first, and what is to be changed is recorded at once. */
  async ensure(items: readonly RoleItem[]): Promise<void> {
    const steps: (AppliedStep & { readonly value: unknown })[] = []
    this.#signal?.throwIfAborted()
    const sights = await Promise.all(items.map((item) => item.inspect(this.#host)))
    for (const [index, item] of items.entries()) {
      const { ok, value: found } = sights[index]!
      const { name, change } = item
      if (change === undefined) continue
      const { register, subject } = change
      const record = this.#records.get(name)
      // What was there before, where that will do, and no likeness of it.
      const isAsBefore = record !== undefined && register.equals(change.value, record.before)
      const value = isAsBefore ? record.before : change.value
      if (!ok) {
        steps.push({ name, handler: register, subject, value, previous: found, record })
        this.#records.set(name, recordChange(register, record, item, found))
      } else if (record !== undefined) {
        if (register.equals(found, record.before)) this.#records.delete(name)
        else this.#records.set(name, { ...record, owners: mergeOwners(record, item) })
      }
    }
    this.#appliedSteps.push(...steps)
    await this.#save()
    for (const { value, ...step } of steps) {
      this.#signal?.throwIfAborted()
      await step.handler.apply(this.#host, step.subject, value, step.previous)
      const record = this.#records.get(step.name)
      if (record === undefined) continue
      if (step.handler.equals(value, record.before)) this.#records.delete(step.name)
      else this.#records.set(step.name, { ...record, applied: [value] })
    }
  }

  /**
   * Gives claims up, the latest change first, and puts back what nobody claims any more. What is neither as it was nor as it
   * was made has been changed by somebody else since, and stays as it is.
   *
   * @param except Names of items that are still wanted.
   * @returns What was put back, and what stays as somebody else made it.
   */
  async release(
    claims: readonly string[],
    except: ReadonlySet<string> = new Set(),
  ): Promise<RoleItemStatus[]> {
    const seen: RoleItemStatus[] = []
    try {
      for (const [name, record] of [...this.#records].reverse()) {
        if (except.has(name) || !record.owners.some((claim) => claims.includes(claim))) continue
        this.#signal?.throwIfAborted()
        const others = record.owners.filter((claim) => !claims.includes(claim))
        if (others.length === 0) seen.push(await this.#restore(name, record))
        else this.#records.set(name, { ...record, owners: others })
      }
    } finally {
      await this.#save()
    }
    return seen
  }

  async #restore(name: string, record: StateRecord): Promise<RoleItemStatus> {
    const register = handlerOf(record)
    const { subject, before, applied: put } = record
    let found = await register.find(this.#host, subject)
    const isOurs = register.alwaysRestored || put.some((value) => register.equals(found, value))
    if (isOurs && !register.equals(found, before)) {
      await register.apply(this.#host, subject, before, found)
      found = await register.find(this.#host, subject)
    }
    this.#records.delete(name)
    return {
      name,
      expected: register.format(before),
      actual: register.format(found),
      ok: register.equals(found, before),
    }
  }

  /** What can no longer be taken back stays recorded, for a later `down()`. */
  async #rollBack(): Promise<void> {
    try {
      for (const {
        name,
        handler: register,
        subject,
        previous: found,
        record,
      } of this.#appliedSteps.reverse()) {
        const now = await register.find(this.#host, subject)
        if (!register.equals(now, found)) await register.apply(this.#host, subject, found, now)
        if (record === undefined) this.#records.delete(name)
        else this.#records.set(name, record)
      }
      await this.#save()
    } catch {
      // The first error is the one to be told; this one comes up again with the next call.
    }
  }

  async #save(): Promise<void> {
    const text = this.#toText()
    if (text === this.#savedText) return
    await this.#file.write({ records: [...this.#records.values()], active: [...this.#active] })
    this.#savedText = text
  }

  #toText(): string {
    return JSON.stringify([[...this.#records.values()], [...this.#active]])
  }
}

function handlerOf({ kind }: StateRecord): ResourceHandler {
  // The state file has refused any other.
  return RESOURCE_HANDLERS.get(kind)!
}

function mergeOwners(record: StateRecord | undefined, item: RoleItem): string[] {
  return [...new Set([...(record?.owners ?? []), ...item.owners])]
}

/**
 * What is to be recorded before a value takes the place of what was found. If that is what somebody else has put there since,
 * it is what is to be put back.
 */
function recordChange(
  register: ResourceHandler,
  record: StateRecord | undefined,
  item: RoleItem,
  found: unknown,
): StateRecord {
  const { subject = '', value } = item.change ?? {}
  const { kind } = register
  const claims = mergeOwners(record, item)
  const put = record?.applied.filter((earlier) => register.equals(earlier, found)) ?? []
  const isKnown =
    record !== undefined &&
    (register.alwaysRestored || put.length > 0 || register.equals(found, record.before))
  const before = isKnown ? record.before : found
  return { kind, subject, before, applied: [...put, value], owners: claims }
}
