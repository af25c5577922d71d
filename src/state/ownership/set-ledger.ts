import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ArgumentTypeError } from '../../errors.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import { replaceFile } from '../../system/replace-file.ts'
import type { ResolvedState } from '../model/target.ts'
import type { Ledger } from './ledger.ts'
import type { Claim } from './ownership.ts'

/** Services under a name: what was made under it is remembered in a small file, and belongs to nobody else. */
export interface NamedSet {
  /** Letters, digits, dots, dashes and underscores. One program at a time may apply a set. */
  readonly name: string
  /**
   * Where the files of all sets of this network namespace are, one a set, such as `/run/lvs`. Made if it is not there. What
   * does not survive a reboot is right: neither does the table.
   */
  readonly directory: string
  /** Takes over what exists and belongs to no set. Default false: it is a clash if it would have to be changed. */
  readonly adopt?: boolean | undefined
}

/** What such a file holds. */
interface SetFile {
  readonly version: 1
  readonly services: readonly string[]
  readonly daemons: readonly string[]
  readonly draining: Readonly<Record<string, number>>
}

const FIELDS = new KnownFields(['name', 'directory', 'adopt'])
const SUFFIX = '.json'

/** Remembers a named set in its file. */
export class FileLedger implements Ledger {
  readonly deadlines: Map<string, number>
  readonly services: Set<string>
  readonly #set: NamedSet
  readonly #daemons: Set<string>
  /** Services of other sets, with the name of the set. */
  readonly #others: ReadonlyMap<string, string>
  #saved: string

  private constructor(set: NamedSet, file: SetFile, others: ReadonlyMap<string, string>) {
    this.#set = set
    this.services = new Set(file.services)
    this.#daemons = new Set(file.daemons)
    this.deadlines = new Map(Object.entries(file.draining))
    this.#others = others
    this.#saved = this.#text()
  }

  /** Reads what is remembered of a set, and of its neighbours. */
  static async load(set: NamedSet): Promise<FileLedger> {
    checkSet(set)
    const own = `${set.name}${SUFFIX}`
    const names = await filesIn(set.directory)
    const others = new Map<string, string>()
    for (const name of names.filter((each) => each !== own)) {
      const { services } = await readSet(join(set.directory, name))
      for (const service of services) others.set(service, name.slice(0, -SUFFIX.length))
    }
    const nothing: SetFile = { version: 1, services: [], daemons: [], draining: {} }
    const file = names.includes(own) ? await readSet(join(set.directory, own)) : nothing
    return new FileLedger(set, file, others)
  }

  claim(name: string, _: ResolvedServiceKey, exists: boolean): Claim {
    if (this.services.has(name)) return 'owned'
    const isFree = !this.#others.has(name) && (!exists || this.#set.adopt === true)
    return isFree ? 'owned' : 'foreign'
  }

  owns(name: string): boolean {
    return this.services.has(name)
  }

  ownsDaemon(role: string): boolean {
    return this.#daemons.has(role)
  }

  explain(name: string): string {
    const other = this.#others.get(name)
    if (other !== undefined) {
      const path = join(this.#set.directory, `${other}${SUFFIX}`)
      return `belongs to the set ${other} (${path}): name it in one document only`
    }
    return `was not made by the set ${this.#set.name}: take it out of the document, or take it over with adopt: true`
  }

  recordPlanned({ services }: ResolvedState, made: readonly string[], daemons: readonly string[]): void {
    const names = this.#set.adopt === true ? (services?.keys() ?? []) : made
    for (const name of names) this.services.add(name)
    for (const role of daemons) this.#daemons.add(role)
  }

  recordDaemon(role: string): void {
    this.#daemons.add(role)
  }

  forget(services: Iterable<string>, daemons: Iterable<string>): void {
    for (const name of services) this.services.delete(name)
    for (const role of daemons) this.#daemons.delete(role)
  }

  async save(): Promise<void> {
    const text = this.#text()
    if (text === this.#saved) return
    await mkdir(this.#set.directory, { recursive: true })
    await replaceFile(join(this.#set.directory, `${this.#set.name}${SUFFIX}`), text)
    this.#saved = text
  }

  #text(): string {
    const file: SetFile = {
      version: 1,
      services: [...this.services],
      daemons: [...this.#daemons],
      draining: Object.fromEntries(this.deadlines),
    }
    return `${JSON.stringify(file, undefined, 1)}\n`
  }
}

function checkSet(set: NamedSet): void {
  FIELDS.check('set', set)
  const { name, directory, adopt } = set
  if (typeof name !== 'string' || !/^[\w-][\w.-]{0,99}$/.test(name)) {
    throw new ArgumentTypeError('set.name', 'a name of letters, digits, dots, dashes and underscores', name)
  }
  if (typeof directory !== 'string' || directory === '') {
    throw new ArgumentTypeError('set.directory', 'the path of a directory, such as /run/lvs', directory)
  }
  if (adopt !== undefined && typeof adopt !== 'boolean') {
    throw new ArgumentTypeError('set.adopt', 'true or false', adopt)
  }
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function readSet(path: string): Promise<SetFile> {
  const text = await readFile(path, 'utf8')
  try {
    const { version, services, daemons, draining } = JSON.parse(text) as SetFile
    const isText = (value: unknown) => typeof value === 'string'
    if (version === 1 && services.every(isText) && daemons.every(isText) && typeof draining === 'object') {
      return { version, services, daemons, draining }
    }
  } catch {
    // Said below, with the way out.
  }
  throw new Error(
    `${path} is not a list of what a set has made: put the file back, or remove it and apply once with adopt: true`,
  )
}
