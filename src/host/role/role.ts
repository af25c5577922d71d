import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkObject } from '../../netlink/arguments/check.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { ChangeJournal } from './change-journal.ts'
import { inspectItems, type RoleItem, type RoleStatus, statusOf } from './role-item.ts'
import { StateFile } from './state-file.ts'

/** Options of every role. */
export interface RoleOptions {
  /**
   * The file that records what was there before. Default: `/var/lib/lvs/state.json`, or `/var/lib/lvs/state-<inode>.json` for
   * a network namespace other than that of the first process. All roles of a host should share one: then what two of
   * them need is put back when neither needs it any more.
   */
  readonly stateFile?: string | undefined
}

/** What a host is to the Linux Virtual Server: a state that can be brought about, looked at and taken back. */
export abstract class Role {
  /** @internal */
  protected readonly host: RoleHost
  readonly #stateFile: string | undefined

  /** @param host The host. */
  protected constructor(host: RoleHost, { stateFile }: RoleOptions) {
    checkObject('host', host)
    this.host = host
    this.#stateFile = stateFile
  }

  /**
   * Brings the role about. What is right already is left alone; what is not is changed, and what was there before is recorded
   * first. Can be repeated, as after a restart. When a step fails, those that were taken are taken back.
   *
   * @throws {KernelError} what the kernel refused.
   * @throws {StateFileError} the state file is busy or none.
   */
  async up({ signal }: CallOptions = {}): Promise<RoleStatus> {
    return await this.withJournal(signal, async (ledger) => {
      await ledger.rollBackOnError(async () => {
        await this.prepare()
        await this.ensureStages(ledger, await this.stages())
        await this.announce()
      })
      return await this.status({ signal })
    })
  }

  /**
   * Takes the role back: everything that `up()` changed, in this process or an earlier one, is put back as it was, the latest
   * change first. What somebody else has changed since stays, and is not `ok` in the status that is given. Can be repeated.
   *
   * @throws {KernelError} what the kernel refused; the rest is still recorded.
   * @throws {StateFileError} the state file is busy or none.
   */
  async down({ signal }: CallOptions = {}): Promise<RoleStatus> {
    return await this.withJournal(signal, async (ledger) => statusOf(await ledger.release(this.owners)))
  }

  /** Looks at everything the role looks after. Changes nothing. */
  async status({ signal }: CallOptions = {}): Promise<RoleStatus> {
    signal?.throwIfAborted()
    return await inspectItems(this.host, (await this.stages()).flat())
  }

  /**
   * On whose behalf changes are recorded: one name for each virtual address, so that roles can share changes.
   *
   * @internal
   */
  protected abstract readonly owners: readonly string[]

  /**
   * What is wanted, in the order in which it is brought about; what depends on other items comes in a later stage.
   *
   * @internal
   */
  protected abstract stages(): Promise<readonly (readonly RoleItem[])[]>

  /**
   * What has to be before anything can be looked at, and is not taken back.
   *
   * @internal
   */
  protected async prepare(): Promise<void> {}

  /**
   * What is to be told to others when all is in place.
   *
   * @internal
   */
  protected async announce(): Promise<void> {}

  /**
   * Settles stages, and gives up what an earlier call with other options needed.
   *
   * @internal
   */
  protected async ensureStages(
    ledger: ChangeJournal,
    stages: readonly (readonly RoleItem[])[],
  ): Promise<void> {
    for (const stage of stages) await ledger.ensure(stage)
    await ledger.release(this.owners, new Set(stages.flat().map(({ name }) => name)))
  }

  /**
   * The file that records what was there before.
   *
   * @internal
   */
  protected async openStateFile(): Promise<StateFile> {
    return await StateFile.of(this.host.netns, this.#stateFile)
  }

  /**
   * Opens the ledger for one use.
   *
   * @internal
   */
  protected async withJournal<T>(
    signal: AbortSignal | undefined,
    use: (ledger: ChangeJournal) => Promise<T>,
  ): Promise<T> {
    return await ChangeJournal.use(this.host, await this.openStateFile(), signal, use)
  }
}
