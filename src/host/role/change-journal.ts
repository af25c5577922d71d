import type { RoleHost } from '../facts/host-access.ts'
import type { ResourceHandler } from '../resource/resource-handler.ts'
import { RESOURCE_HANDLERS } from '../resource/resource-handlers.ts'
import { itemName, type RoleItem, type RoleItemStatus } from './role-item.ts'
import type { RecordedState, StateFile, StateRecord } from './state-file.ts'

/** A change that was made, with the data that undoes it. */
interface AppliedStep {
  readonly name: string
  readonly handler: ResourceHandler
  readonly subject: string
  /** The value before this change. */
  readonly previous: unknown
  /** The record before this change. */
  readonly record: StateRecord | undefined
}

/**
 * Changes a host so that the changes can be undone. The journal writes the current value to the state file before it changes
 * it, so another process can restore it after a crash at any moment. The lock of the state file excludes other journals.
 */
export class ChangeJournal {
  readonly #host: RoleHost
  readonly #file: StateFile
  readonly #records: Map<string, StateRecord>
  readonly #active: Set<string>
  readonly #signal: AbortSignal | undefined
  readonly #appliedSteps: AppliedStep[] = []
  #savedText: string

  private constructor(host: RoleHost, file: StateFile, state: RecordedState, signal?: AbortSignal) {
    this.#host = host
    this.#file = file
    this.#signal = signal
    this.#records = new Map(
      state.records.map((record) => [itemName(handlerOf(record), record.subject), record]),
    )
    this.#active = new Set(state.active)
    this.#savedText = this.#toText()
  }

  /** Opens the journal of a file, passes it to a function, and saves it. */
  static async use<T>(
    host: RoleHost,
    file: StateFile,
    signal: AbortSignal | undefined,
    use: (journal: ChangeJournal) => Promise<T>,
  ): Promise<T> {
    return await file.lock(signal, async () => {
      const journal = new ChangeJournal(host, file, await file.read(), signal)
      const result = await use(journal)
      await journal.#save()
      return result
    })
  }

  /** Runs a function. If it fails, undoes the changes that {@link ensure} has made. */
  async rollBackOnError<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      await this.#rollBack()
      throw error
    }
  }

  /** Whether any of these owners has a record. */
  hasRecordsOf(owners: readonly string[]): boolean {
    return [...this.#records.values()].some((record) => record.owners.some((owner) => owners.includes(owner)))
  }

  /** Whether all of these cluster nodes are active. */
  isActive(owners: readonly string[]): boolean {
    return owners.every((owner) => this.#active.has(owner))
  }

  /** Records whether cluster nodes are active. */
  async setActive(owners: readonly string[], active: boolean): Promise<void> {
    for (const owner of owners) {
      if (active) this.#active.add(owner)
      else this.#active.delete(owner)
    }
    await this.#save()
  }

  /**
   * Makes the changes that the items require, in their order. All items are inspected and all changes recorded before the first
   * change.
   */
  async ensure(items: readonly RoleItem[]): Promise<void> {
    const steps: (AppliedStep & { readonly value: unknown })[] = []
    this.#signal?.throwIfAborted()
    const observations = await Promise.all(items.map((item) => item.inspect(this.#host)))
    for (const [index, item] of items.entries()) {
      const { ok, value: current } = observations[index]!
      const { name, change } = item
      if (change === undefined) continue
      const { handler, subject } = change
      const record = this.#records.get(name)
      // If the original value meets the requirement, it is restored exactly.
      const restores = record !== undefined && handler.equals(change.value, record.before)
      const value = restores ? record.before : change.value
      if (!ok) {
        steps.push({ name, handler, subject, value, previous: current, record })
        this.#records.set(name, recordChange(handler, record, item, current))
      } else if (record !== undefined) {
        if (handler.equals(current, record.before)) this.#records.delete(name)
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
   * Removes owners from the records, and restores the resources that have no owner any more, the latest change first. A value
   * that is neither the original nor an applied one was set by another process, and stays.
   *
   * @param except Names of items that stay.
   * @returns The items that have no owner any more, with the value before the change as the expected one.
   */
  async release(
    owners: readonly string[],
    except: ReadonlySet<string> = new Set(),
  ): Promise<RoleItemStatus[]> {
    const released: RoleItemStatus[] = []
    try {
      for (const [name, record] of [...this.#records].reverse()) {
        if (except.has(name) || !record.owners.some((owner) => owners.includes(owner))) continue
        this.#signal?.throwIfAborted()
        const others = record.owners.filter((owner) => !owners.includes(owner))
        if (others.length === 0) released.push(await this.#restore(name, record))
        else this.#records.set(name, { ...record, owners: others })
      }
    } finally {
      await this.#save()
    }
    return released
  }

  async #restore(name: string, record: StateRecord): Promise<RoleItemStatus> {
    const handler = handlerOf(record)
    const { subject, before, applied } = record
    let current = await handler.find(this.#host, subject)
    const isOurs = handler.alwaysRestored || applied.some((value) => handler.equals(current, value))
    if (isOurs && !handler.equals(current, before)) {
      await handler.apply(this.#host, subject, before, current)
      current = await handler.find(this.#host, subject)
    }
    this.#records.delete(name)
    return {
      name,
      expected: handler.format(before),
      actual: handler.format(current),
      ok: handler.equals(current, before),
    }
  }

  /** Undoes the changes of this journal. If that fails, the records stay for a later `down()`. */
  async #rollBack(): Promise<void> {
    try {
      for (const { name, handler, subject, previous, record } of this.#appliedSteps.reverse()) {
        const current = await handler.find(this.#host, subject)
        if (!handler.equals(current, previous)) await handler.apply(this.#host, subject, previous, current)
        if (record === undefined) this.#records.delete(name)
        else this.#records.set(name, record)
      }
      await this.#save()
    } catch {
      // The caller throws the first error. This error recurs at the next call.
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
  // StateFile rejects records of any other kind.
  return RESOURCE_HANDLERS.get(kind)!
}

function mergeOwners(record: StateRecord | undefined, item: RoleItem): string[] {
  return [...new Set([...(record?.owners ?? []), ...item.owners])]
}

/**
 * The record of a change that is about to be made. If another process has changed the value since the last change, the new
 * value is the one to restore.
 */
function recordChange(
  handler: ResourceHandler,
  record: StateRecord | undefined,
  item: RoleItem,
  current: unknown,
): StateRecord {
  const { subject = '', value } = item.change ?? {}
  const { kind } = handler
  const owners = mergeOwners(record, item)
  const applied = record?.applied.filter((earlier) => handler.equals(earlier, current)) ?? []
  const isKnown =
    record !== undefined &&
    (handler.alwaysRestored || applied.length > 0 || handler.equals(current, record.before))
  const before = isKnown ? record.before : current
  return { kind, subject, before, applied: [...applied, value], owners }
}
