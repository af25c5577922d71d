import { IpvsError, NetlinkError } from '../../errors.ts'
import type { StepCommand } from '../model/step.ts'

/**
 * The errors of a command whose effect another process had already achieved. For a service, `ENOENT` refers to its scheduler or
 * engine.
 */
const RACES: Readonly<Record<Exclude<StepCommand['command'], 'setTimeouts'>, readonly string[]>> = {
  addService: ['EEXIST'],
  updateService: ['ESRCH'],
  removeService: ['ESRCH'],
  addDestination: ['EEXIST', 'ESRCH'],
  updateDestination: ['ENOENT', 'ESRCH'],
  removeDestination: ['ENOENT', 'ESRCH'],
  startDaemon: ['EEXIST'],
  stopDaemon: ['ESRCH'],
}

/** Whether a step failed because another process changed the table. */
export function lostRace({ command }: StepCommand, error: Error): boolean {
  return error instanceof IpvsError && command !== 'setTimeouts' && RACES[command].includes(error.code)
}

/** Whether another process may have changed the table, or the outcome of the step is unknown. */
export function mayBeRace(command: StepCommand, error: Error): boolean {
  if (error instanceof IpvsError) return lostRace(command, error)
  return error instanceof NetlinkError && error.outcome === 'unknown' && error.code !== 'ERR_LVS_CLOSED'
}

/** The code of an error, if it has one. */
export function errorCode(error: Error | undefined): string | undefined {
  return (error as { code?: string } | undefined)?.code
}
