import { IpvsError, NetlinkError } from '../../errors.ts'
import type { StepCommand } from '../model/step.ts'

/** What the kernel says when somebody else was faster. For a service `ENOENT` is about its scheduler or engine. */
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

/** Whether a step failed because others have changed the table. */
export function lostRace({ command }: StepCommand, error: Error): boolean {
  return error instanceof IpvsError && command !== 'setTimeouts' && RACES[command].includes(error.code)
}

/** Whether a failure may be because others have changed the table, or leaves open what has happened. */
export function mayBeRace(command: StepCommand, error: Error): boolean {
  if (error instanceof IpvsError) return lostRace(command, error)
  return error instanceof NetlinkError && error.outcome === 'unknown' && error.code !== 'ERR_LVS_CLOSED'
}
