import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkObject } from '../../netlink/arguments/check.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { ChangeJournal } from './change-journal.ts'
import { inspectItems, type RoleItem, type RoleStatus, statusOf } from './role-item.ts'
import { StateFile } from './state-file.ts'

/** Options of every role. */
export interface RoleOptions {
  /**
   * The file that records the state before changes. Default: `/var/lib/lvs/state.json`, or `/var/lib/lvs/state-<inode>.json`
   * for a network namespace other than that of process 1. All roles of a host should share one file, so that a change that two
   * roles need is undone only when neither needs it any more.
   */
  readonly stateFile?: string | undefined
}

/** The role of a host in a virtual server: a state that can be applied, inspected and undone. */
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
   * Applies the role. Settings that match are not touched; other settings are recorded in the state file and then changed. Can
   * be repeated, for example after a restart. If a step fails, the steps before it are undone.
   *
   * @throws {KernelError} if the kernel rejects a change.
   * @throws {StateFileError} if the state file is locked or is not a state file.
   */
  async up({ signal }: CallOptions = {}): Promise<RoleStatus> {
    return await this.withJournal(signal, async (journal) => {
      await journal.rollBackOnError(async () => {
        await this.prepare()
        await this.ensureStages(journal, await this.stages())
        await this.announce()
      })
      return await this.status({ signal })
    })
  }

  /**
   * Undoes the role: restores everything that `up()` changed, in this process or an earlier one, the latest change first. A
   * setting that another process has changed since stays as it is and is not `ok` in the returned status. Can be repeated.
   *
   * @throws {KernelError} if the kernel rejects a change. The remaining changes stay recorded.
   * @throws {StateFileError} if the state file is locked or is not a state file.
   */
  async down({ signal }: CallOptions = {}): Promise<RoleStatus> {
    return await this.withJournal(signal, async (journal) => statusOf(await journal.release(this.owners)))
  }

  /** Inspects all requirements of the role. Changes nothing. */
  async status({ signal }: CallOptions = {}): Promise<RoleStatus> {
    signal?.throwIfAborted()
    return await inspectItems(this.host, (await this.stages()).flat())
  }

  /**
   * The owners of the changes: one name for each virtual address, so that roles can share changes.
   *
   * @internal
   */
  protected abstract readonly owners: readonly string[]

  /**
   * The requirements, in the order in which they are met. An item that depends on others is in a later stage.
   *
   * @internal
   */
  protected abstract stages(): Promise<readonly (readonly RoleItem[])[]>

  /**
   * Prepares the host for inspection. This is not undone.
   *
   * @internal
   */
  protected async prepare(): Promise<void> {}

  /**
   * Announces the role to other hosts when everything is in place.
   *
   * @internal
   */
  protected async announce(): Promise<void> {}

  /**
   * Applies stages, then undoes the changes that only an earlier call with other options needed.
   *
   * @internal
   */
  protected async ensureStages(
    journal: ChangeJournal,
    stages: readonly (readonly RoleItem[])[],
  ): Promise<void> {
    for (const stage of stages) await journal.ensure(stage)
    await journal.release(this.owners, new Set(stages.flat().map(({ name }) => name)))
  }

  /**
   * The file that records the state before changes.
   *
   * @internal
   */
  protected async openStateFile(): Promise<StateFile> {
    return await StateFile.of(this.host.netns, this.#stateFile)
  }

  /**
   * Passes the journal of the state file to a function.
   *
   * @internal
   */
  protected async withJournal<T>(
    signal: AbortSignal | undefined,
    use: (journal: ChangeJournal) => Promise<T>,
  ): Promise<T> {
    return await ChangeJournal.use(this.host, await this.openStateFile(), signal, use)
  }
}
