import type { Register, RoleHost } from '../resource/resource-handler.ts'
import { REGISTERS } from '../resource/resource-handlers.ts'
import { type Item, nameOf, type RoleItem } from './role-item.ts'
import type { StateFile, StateRecord } from './state-file.ts'
import { withLock } from './state-lock.ts'

/** A step that was taken: what it takes to take it back. */
interface Step {
  readonly name: string
  readonly register: Register
  readonly subject: string
  readonly found: unknown
  readonly record: StateRecord | undefined
}

/**
 * Changes a host so that it can be put back: what was there is written to the state file before it is changed, so that after
 * a crash at any moment another process can do so. One call at a time has the ledger of a file.
 */
export class Ledger {
  readonly #host: RoleHost
  readonly #file: StateFile
  readonly #records: Map<string, StateRecord>
  readonly #active: Set<string>
  readonly #signal: AbortSignal | undefined
  readonly #steps: Step[] = []
  #written: string

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
      state.records.map((record) => [nameOf(registerOf(record), record.subject), record]),
    )
    this.#active = new Set(state.active)
    this.#written = this.#text()
  }

  /** Opens the ledger for one use. */
  static async use<T>(
    host: RoleHost,
    file: StateFile,
    signal: AbortSignal | undefined,
    use: (ledger: Ledger) => Promise<T>,
  ): Promise<T> {
    return await withLock(file.path, signal, async () => {
      const ledger = new Ledger(host, file, await file.read(), signal)
      const result = await use(ledger)
      await ledger.#write()
      return result
    })
  }

  /** Does something; when it fails, what it has settled is taken back. */
  async attempt<T>(something: () => Promise<T>): Promise<T> {
    try {
      return await something()
    } catch (error) {
      await this.#takeBack()
      throw error
    }
  }

  /** Whether anything is recorded on behalf of these. */
  has(claims: readonly string[]): boolean {
    return [...this.#records.values()].some((record) => record.claims.some((claim) => claims.includes(claim)))
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
    await this.#write()
  }

  /** Brings items about, in their order. All of them are looked at first, and what is to be changed is recorded at once. */
  async settle(items: readonly Item[]): Promise<void> {
    const steps: (Step & { readonly value: unknown })[] = []
    this.#signal?.throwIfAborted()
    const sights = await Promise.all(items.map((item) => item.look(this.#host)))
    for (const [index, item] of items.entries()) {
      const { ok, value: found } = sights[index]!
      const { name, change } = item
      if (change === undefined) continue
      const { register, subject } = change
      const record = this.#records.get(name)
      // What was there before, where that will do, and no likeness of it.
      const isAsBefore = record !== undefined && register.same(change.value, record.before)
      const value = isAsBefore ? record.before : change.value
      if (!ok) {
        steps.push({ name, register, subject, value, found, record })
        this.#records.set(name, replaced(register, record, item, found))
      } else if (record !== undefined) {
        if (register.same(found, record.before)) this.#records.delete(name)
        else this.#records.set(name, { ...record, claims: union(record, item) })
      }
    }
    this.#steps.push(...steps)
    await this.#write()
    for (const { value, ...step } of steps) {
      this.#signal?.throwIfAborted()
      await step.register.put(this.#host, step.subject, value, step.found)
      const record = this.#records.get(step.name)
      if (record === undefined) continue
      if (step.register.same(value, record.before)) this.#records.delete(step.name)
      else this.#records.set(step.name, { ...record, put: [value] })
    }
  }

  /**
   * Gives claims up, the latest change first, and puts back what nobody claims any more. What is neither as it was nor as it
   * was made has been changed by somebody else since, and stays as it is.
   *
   * @param except Names of items that are still wanted.
   * @returns What was put back, and what stays as somebody else made it.
   */
  async release(claims: readonly string[], except: ReadonlySet<string> = new Set()): Promise<RoleItem[]> {
    const seen: RoleItem[] = []
    try {
      for (const [name, record] of [...this.#records].reverse()) {
        if (except.has(name) || !record.claims.some((claim) => claims.includes(claim))) continue
        this.#signal?.throwIfAborted()
        const others = record.claims.filter((claim) => !claims.includes(claim))
        if (others.length === 0) seen.push(await this.#putBack(name, record))
        else this.#records.set(name, { ...record, claims: others })
      }
    } finally {
      await this.#write()
    }
    return seen
  }

  async #putBack(name: string, record: StateRecord): Promise<RoleItem> {
    const register = registerOf(record)
    const { subject, before, put } = record
    let found = await register.find(this.#host, subject)
    const isOurs = register.partial || put.some((value) => register.same(found, value))
    if (isOurs && !register.same(found, before)) {
      await register.put(this.#host, subject, before, found)
      found = await register.find(this.#host, subject)
    }
    this.#records.delete(name)
    return {
      name,
      wanted: register.show(before),
      found: register.show(found),
      ok: register.same(found, before),
    }
  }

  /** What can no longer be taken back stays recorded, for a later `down()`. */
  async #takeBack(): Promise<void> {
    try {
      for (const { name, register, subject, found, record } of this.#steps.reverse()) {
        const now = await register.find(this.#host, subject)
        if (!register.same(now, found)) await register.put(this.#host, subject, found, now)
        if (record === undefined) this.#records.delete(name)
        else this.#records.set(name, record)
      }
      await this.#write()
    } catch {
      // The first error is the one to be told; this one comes up again with the next call.
    }
  }

  async #write(): Promise<void> {
    const text = this.#text()
    if (text === this.#written) return
    await this.#file.write({ records: [...this.#records.values()], active: [...this.#active] })
    this.#written = text
  }

  #text(): string {
    return JSON.stringify([[...this.#records.values()], [...this.#active]])
  }
}

function registerOf({ kind }: StateRecord): Register {
  // The state file has refused any other.
  return REGISTERS.get(kind)!
}

function union(record: StateRecord | undefined, item: Item): string[] {
  return [...new Set([...(record?.claims ?? []), ...item.claims])]
}

/**
 * What is to be recorded before a value takes the place of what was found. If that is what somebody else has put there since,
 * it is what is to be put back.
 */
function replaced(
  register: Register,
  record: StateRecord | undefined,
  item: Item,
  found: unknown,
): StateRecord {
  const { subject = '', value } = item.change ?? {}
  const { kind } = register
  const claims = union(record, item)
  const put = record?.put.filter((earlier) => register.same(earlier, found)) ?? []
  const isKnown =
    record !== undefined && (register.partial || put.length > 0 || register.same(found, record.before))
  const before = isKnown ? record.before : found
  return { kind, subject, before, put: [...put, value], claims }
}
