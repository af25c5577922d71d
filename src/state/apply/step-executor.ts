import { BatchError } from '../../errors.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import type { Step, StepCommand } from '../model/step.ts'
import type { TableClient } from '../model/table.ts'
import type { Ledger } from '../ownership/ledger.ts'
import { drainKey } from '../plan/drain.ts'
import type { ApplyReport } from './apply-report.ts'
import { errorCode, mayBeRace } from './race.ts'

/** Options of executing steps. */
export interface ExecuteOptions {
  readonly signal?: AbortSignal | undefined
  /** Steps that are not attempted now because they failed recently. */
  readonly isDelayed?: ((step: Step) => boolean) | undefined
}

/** Sends steps and records their outcomes in the report and in the ledger. */
export class StepExecutor {
  /** Whether a failure may come from a change by another process, so that the table must be read again. */
  mustReadAgain = false
  readonly #client: TableClient
  readonly #options: ExecuteOptions
  readonly #report: ApplyReport
  readonly #ledger: Ledger
  /** The services that could not be added. */
  readonly #missing = new Set<string>()

  constructor(client: TableClient, ledger: Ledger, report: ApplyReport, options: ExecuteOptions) {
    this.#client = client
    this.#ledger = ledger
    this.#report = report
    this.#options = options
  }

  /** Executes steps in order, in batches as far as possible. Returns the steps that were done. */
  async execute(steps: readonly Step[]): Promise<readonly Step[]> {
    const attempted = steps.filter((step) => !this.#wasRejected(step) && !this.#isDelayed(step))
    const failures = await this.#send(attempted)
    const done: Step[] = []
    for (const step of attempted) {
      const error = failures.get(step)
      if (error === undefined) {
        done.push(step)
        this.#report.record(step, 'done')
        this.#updateLedger(step)
      } else {
        this.#recordFailure(step, error)
      }
    }
    return done
  }

  /** Whether the kernel rejected a step in an earlier round and would reject it again. */
  #wasRejected(step: Step): boolean {
    const earlier = this.#report.find(step)
    if (earlier?.outcome !== 'failed' || earlier.error === undefined) return false
    return !mayBeRace(step.command, earlier.error)
  }

  #isDelayed(step: Step): boolean {
    if (this.#options.isDelayed?.(step) !== true) return false
    this.#report.record(step, 'not-attempted')
    if (step.kind === 'addService') this.#missing.add(step.service)
    return true
  }

  #recordFailure(step: Step, error: Error): void {
    const { kind, service } = step
    if (kind === 'addService') this.#missing.add(service)
    else if (this.#missing.has(service)) {
      this.#report.record(step, 'not-attempted', error)
      return
    }
    if (kind === 'addService' && errorCode(error) === 'EEXIST') this.#ledger.forgetService(service)
    // The same error for the same step twice is not a race.
    if (mayBeRace(step.command, error) && errorCode(this.#report.find(step)?.error) !== errorCode(error))
      this.mustReadAgain = true
    this.#report.record(step, 'failed', error)
  }

  #updateLedger({ kind, service, destination, command }: Step): void {
    const ledger = this.#ledger
    if (kind === 'removeService') {
      ledger.forgetService(service)
      ledger.fallbacks.delete(service)
    }
    if (kind === 'removeDestination') ledger.deadlines.delete(drainKey(service, destination))
    if (command.command === 'stopDaemon') ledger.forgetDaemon(command.role)
    if (command.command === 'startDaemon') ledger.recordDaemon(command.daemon.role)
  }

  async #send(steps: readonly Step[]): Promise<Map<Step, Error>> {
    const failures = new Map<Step, Error>()
    let batch: Step[] = []
    for (const step of steps) {
      if (isBatched(step.command)) {
        batch.push(step)
        continue
      }
      await this.#sendBatch(batch, failures)
      batch = []
      await this.#sendOne(step, failures)
    }
    await this.#sendBatch(batch, failures)
    return failures
  }

  async #sendBatch(steps: readonly Step[], failures: Map<Step, Error>): Promise<void> {
    if (steps.length === 0) return
    const { signal } = this.#options
    try {
      const commands = steps.map(({ command }) => command as BatchCommand)
      await this.#client.batch(commands, { signal })
    } catch (error) {
      if (!(error instanceof BatchError)) throw error
      for (const failure of error.failures) failures.set(steps[failure.index]!, failure.error)
    }
  }

  async #sendOne(step: Step, failures: Map<Step, Error>): Promise<void> {
    const { command } = step
    const { signal } = this.#options
    try {
      if (command.command === 'setTimeouts') await this.#client.setTimeouts(command.changes, { signal })
      if (command.command === 'startDaemon') await this.#client.startDaemon(command.daemon, { signal })
      if (command.command === 'stopDaemon') await this.#client.stopDaemon(command.role, { signal })
    } catch (error) {
      signal?.throwIfAborted()
      failures.set(step, error as Error)
    }
  }
}

function isBatched({ command }: StepCommand): boolean {
  return command !== 'setTimeouts' && command !== 'startDaemon' && command !== 'stopDaemon'
}
