import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ArgumentTypeError } from '../../errors.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import { KnownFields } from '../../netlink/arguments/check.ts'
import { readBootId } from '../../system/boot-clock.ts'
import { replaceFile } from '../../system/replace-file.ts'
import type { Claim, Ledger } from './ledger.ts'
import { EMPTY_SET, listSets, readOtherSet, readOwnSet, SET_SUFFIX, type SetFile } from './set-file.ts'

/** A named set of services: the services created under its name are recorded in a file and belong to no other set. */
export interface NamedSet {
  /** Letters, digits, dots, dashes and underscores. Only one program may apply a set at a time. */
  readonly name: string
  /**
   * The directory with the files of all sets of this network namespace, one file per set, such as `/run/lvs`. It is created if
   * it does not exist; files of other programs in it are ignored. It need not survive a reboot, because the table does not survive either.
   */
  readonly directory: string
  /** Takes over existing services that belong to no set. Default false: changing one is a conflict. */
  readonly adopt?: boolean | undefined
}

const FIELDS = new KnownFields(['name', 'directory', 'adopt'])

/** The caller owns the entries that were created under the name of a set. The file of the set contains the records. */
export class FileLedger implements Ledger {
  readonly deadlines: Map<string, number>
  readonly fallbacks: Set<string>
  readonly #set: NamedSet
  readonly #services: Set<string>
  readonly #daemons: Set<string>
  readonly #boot: string
  /** The services of other sets, with the name of the set. */
  readonly #others: ReadonlyMap<string, string>
  /** The text of the file. */
  #saved: string

  private constructor(set: NamedSet, file: SetFile, boot: string, others: ReadonlyMap<string, string>) {
    this.#set = set
    this.#services = new Set(file.services)
    this.#daemons = new Set(file.daemons)
    this.#boot = boot
    // Deadlines of another boot mean nothing: a drain that is still needed starts again.
    this.deadlines = new Map(file.boot === boot ? Object.entries(file.draining) : [])
    this.fallbacks = new Set(file.boot === boot ? file.fallbacks : [])
    this.#others = others
    this.#saved = this.#format()
  }

  /** Reads the files of a set and of the other sets in its directory. */
  static async load(set: NamedSet): Promise<FileLedger> {
    checkSet(set)
    const own = `${set.name}${SET_SUFFIX}`
    const names = await listSets(set.directory)
    const others = new Map<string, string>()
    for (const name of names.filter((each) => each !== own)) {
      const other = await readOtherSet(join(set.directory, name))
      for (const service of other?.services ?? []) others.set(service, name.slice(0, -SET_SUFFIX.length))
    }
    const file = names.includes(own) ? await readOwnSet(join(set.directory, own)) : EMPTY_SET
    return new FileLedger(set, file, await readBootId(), others)
  }

  claim(name: string, _: ResolvedServiceKey, exists: boolean): Claim {
    if (this.#services.has(name)) return 'owned'
    const isFree = !this.#others.has(name) && (!exists || this.#set.adopt === true)
    return isFree ? 'owned' : 'foreign'
  }

  owns(name: string): boolean {
    return this.#services.has(name)
  }

  ownsDaemon(role: string): boolean {
    return this.#daemons.has(role)
  }

  explain(name: string): string {
    const other = this.#others.get(name)
    if (other !== undefined) {
      const path = join(this.#set.directory, `${other}${SET_SUFFIX}`)
      return `belongs to the set ${other} (${path}): list it in one document only`
    }
    return `was not created by the set ${this.#set.name}: remove it from the document, or take it over with adopt: true`
  }

  recordPlanned(added: Iterable<string>, desired: Iterable<string>): void {
    for (const name of this.#set.adopt === true ? desired : added) this.#services.add(name)
  }

  recordDaemon(role: string): void {
    this.#daemons.add(role)
  }

  forgetService(name: string): void {
    this.#services.delete(name)
  }

  forgetDaemon(role: string): void {
    this.#daemons.delete(role)
  }

  async save(): Promise<void> {
    const text = this.#format()
    if (text === this.#saved) return
    await mkdir(this.#set.directory, { recursive: true })
    await replaceFile(join(this.#set.directory, `${this.#set.name}${SET_SUFFIX}`), text, {
      followLink: false,
    })
    this.#saved = text
  }

  #format(): string {
    const file: SetFile = {
      version: 1,
      services: [...this.#services],
      daemons: [...this.#daemons],
      boot: this.#boot,
      draining: Object.fromEntries(this.deadlines),
      ...(this.fallbacks.size === 0 ? {} : { fallbacks: [...this.fallbacks] }),
    }
    return `${JSON.stringify(file, undefined, 1)}\n`
  }
}

function checkSet(set: NamedSet): void {
  FIELDS.check('set', set)
  const { name, directory, adopt } = set
  if (typeof name !== 'string' || !/^[\w-][\w.-]{0,99}$/.test(name)) {
    throw new ArgumentTypeError('set.name', 'a name of letters, digits, dots, hyphens and underscores', name)
  }
  if (typeof directory !== 'string' || directory === '') {
    throw new ArgumentTypeError('set.directory', 'the path of a directory, such as /run/lvs', directory)
  }
  if (adopt !== undefined && typeof adopt !== 'boolean') {
    throw new ArgumentTypeError('set.adopt', 'true or false', adopt)
  }
}
