/** A client that sends one command at a time, so that a test can inspect the table in between. */

import type { BatchCommand, Ipvs } from '../../../../src/index.ts'
import { BatchError } from '../../../../src/index.ts'
import type { StepCommand } from '../../../../src/state/model/step.ts'
import type { TableClient } from '../../../../src/state/model/table.ts'

export function stepwiseClient(ipvs: Ipvs, after: (command: StepCommand) => Promise<void>): TableClient {
  const one = async <T>(command: StepCommand, run: () => Promise<T>): Promise<T> => {
    const result = await run()
    await after(command)
    return result
  }
  return {
    services: (options) => ipvs.services(options),
    service: (service, options) => ipvs.service(service, options),
    timeouts: (options) => ipvs.timeouts(options),
    daemons: (options) => ipvs.daemons(options),
    setTimeouts: (changes) => one({ command: 'setTimeouts', changes }, () => ipvs.setTimeouts(changes)),
    startDaemon: (daemon) => one({ command: 'startDaemon', daemon }, () => ipvs.startDaemon(daemon)),
    stopDaemon: (role) => one({ command: 'stopDaemon', role }, () => ipvs.stopDaemon(role)),
    batch: async (commands) => {
      const failures: { index: number; error: Error }[] = []
      let index = 0
      for await (const command of commands as Iterable<BatchCommand>) {
        await one(command as StepCommand, () => ipvs.batch([command])).catch((error: Error) => {
          const [failure] = error instanceof BatchError ? error.failures : []
          failures.push({ index, error: failure?.error ?? error })
        })
        index++
      }
      if (failures.length > 0) throw new BatchError(failures, index)
    },
  }
}
