import { BatchError } from '../../errors.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import type { Step, StepCommand } from '../model/step.ts'
import type { TableClient } from '../model/table-client.ts'
import type { Ledger } from '../ownership/ledger.ts'
import { drainKey } from '../plan/drain.ts'
import type { ApplyReport } from './apply-result.ts'
import { mayBeRace } from './race.ts'

/** Sends steps, and notes what becomes of them. */
export class StepExecutor {
  /** Whether a failure may be because others have changed the table, so that it has to be read again. */
  readAgain = false
  readonly #ipvs: TableClient
  readonly #options: CallOptions
  readonly #report: ApplyReport
  readonly #ledger: Ledger
  /** Services that could not be added. */
  readonly #missing = new Set<string>()

  constructor(ipvs: TableClient, { signal }: CallOptions, report: ApplyReport, ledger: Ledger) {
    this.#ipvs = ipvs
    this.#options = { signal }
    this.#report = report
    this.#ledger = ledger
  }

  /** Takes steps in their order, as many at once as can be; gives those that were done. */
  async execute(steps: readonly Step[]): Promise<readonly Step[]> {
    const hopeful = steps.filter((step) => !this.#wasRefused(step) && !this.#isBackingOff(step))
    const failures = await this.#send(hopeful)
    const done: Step[] = []
    for (const step of hopeful) {
      const error = failures.get(step)
      if (error !== undefined) {
        this.#fail(step, error)
        continue
      }
      done.push(step)
      this.#report.record(step, 'done')
      this.#recordEffect(step)
    }
    return done
  }

  /** Whether the kernel has refused a step for good in an earlier round. */
  #wasRefused(step: Step): boolean {
    const earlier = this.#report.get(step)
    return (
      earlier?.outcome === 'failed' && earlier.error !== undefined && !mayBeRace(step.command, earlier.error)
    )
  }

  #isBackingOff(step: Step): boolean {
    if (!this.#report.isBackingOff(step)) return false
    this.#report.record(step, 'skipped')
    if (step.kind === 'addService') this.#missing.add(step.service)
    return true
  }

  #fail(step: Step, error: Error): void {
    const { kind, service } = step
    if (kind === 'addService') this.#missing.add(service)
    if (this.#missing.has(service) && kind !== 'addService') {
      this.#report.record(step, 'skipped', error)
      return
    }
    if (kind === 'addService' && codeOf(error) === 'EEXIST') this.#ledger.forget([service], [])
    // The same answer to the same step twice is no race.
    if (mayBeRace(step.command, error) && codeOf(this.#report.get(step)?.error) !== codeOf(error))
      this.readAgain = true
    this.#report.record(step, 'failed', error)
  }

  /** Notes in the ledger what is there now, and what is not. */
  #recordEffect({ kind, service, destination, command }: Step): void {
    const ledger = this.#ledger
    if (kind === 'removeService') ledger.forget([service], [])
    if (kind === 'removeDestination') ledger.deadlines.delete(drainKey(service, destination))
    if (command.command === 'stopDaemon') ledger.forget([], [command.role])
    if (command.command === 'startDaemon') ledger.recordDaemon(command.daemon.role)
  }

  async #send(steps: readonly Step[]): Promise<Map<Step, Error>> {
    const failures = new Map<Step, Error>()
    let waiting: Step[] = []
    for (const step of steps) {
      if (isBatched(step.command)) {
        waiting.push(step)
        continue
      }
      await this.#sendBatch(waiting, failures)
      waiting = []
      await this.#sendOne(step, failures)
    }
    await this.#sendBatch(waiting, failures)
    return failures
  }

  async #sendBatch(steps: readonly Step[], failures: Map<Step, Error>): Promise<void> {
    if (steps.length === 0) return
    try {
      await this.#ipvs.batch(
        steps.map(({ command }) => command as BatchCommand),
        this.#options,
      )
    } catch (error) {
      if (!(error instanceof BatchError)) throw error
      for (const failure of error.failures) failures.set(steps[failure.index]!, failure.error)
    }
  }

  async #sendOne(step: Step, failures: Map<Step, Error>): Promise<void> {
    const { command } = step
    try {
      if (command.command === 'setTimeouts') await this.#ipvs.setTimeouts(command.changes, this.#options)
      if (command.command === 'startDaemon') await this.#ipvs.startDaemon(command.daemon, this.#options)
      if (command.command === 'stopDaemon') await this.#ipvs.stopDaemon(command.role, this.#options)
    } catch (error) {
      this.#options.signal?.throwIfAborted()
      failures.set(step, error as Error)
    }
  }
}

function isBatched({ command }: StepCommand): boolean {
  return command !== 'setTimeouts' && command !== 'startDaemon' && command !== 'stopDaemon'
}

function codeOf(error: Error | undefined): string | undefined {
  return (error as { code?: string } | undefined)?.code
}
