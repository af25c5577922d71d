import type { Daemon, DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import type { Destination, DestinationChanges, DestinationInput } from '../../ipvs/model/destination.ts'
import type { ServiceInput } from '../../ipvs/model/service.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import type { TimeoutChanges, Timeouts } from '../../ipvs/model/settings.ts'
import type { SettingChange } from '../model/difference.ts'
import { Step } from '../model/step.ts'
import type { ResolvedDaemon, ResolvedDestination, ResolvedService } from '../model/target.ts'

/** The steps that there are, each as the method call that it makes. */

const NOTHING: readonly SettingChange[] = []

export function addServiceStep({ key, name, settings }: ResolvedService): Step {
  const service = { ...key, ...settings } as ServiceInput
  return new Step('addService', name, '', NOTHING, { command: 'addService', service })
}

export function updateServiceStep(
  { key, name, settings }: ResolvedService,
  changes: readonly SettingChange[],
): Step {
  // All of them, so that the service need not be read again for those that stay.
  return new Step('updateService', name, '', changes, {
    command: 'updateService',
    service: key,
    changes: settings,
  })
}

export function removeServiceStep(name: string, service: ResolvedServiceKey): Step {
  return new Step('removeService', name, '', NOTHING, { command: 'removeService', service: keyOf(service) })
}

export function addDestinationStep(
  { key, name }: ResolvedService,
  endpoint: string,
  destination: ResolvedDestination,
): Step {
  return new Step('addDestination', name, endpoint, NOTHING, {
    command: 'addDestination',
    service: key,
    destination: destination as DestinationInput,
  })
}

export function updateDestinationStep(
  { key, name }: ResolvedService,
  endpoint: string,
  destination: ResolvedDestination,
  changes: readonly SettingChange[],
): Step {
  return new Step('updateDestination', name, endpoint, changes, {
    command: 'updateDestination',
    service: key,
    destination: destination as DestinationChanges,
  })
}

/** Changes of a destination whose weight is somebody else's: what is not named is read when it is sent. */
export function updateAllButWeightStep(
  { key, name }: ResolvedService,
  endpoint: string,
  { address, port, forwarding, upperThreshold, lowerThreshold, tunnel }: ResolvedDestination,
  changes: readonly SettingChange[],
): Step {
  const destination = { address, port, forwarding, upperThreshold, lowerThreshold, tunnel }
  return new Step('updateDestination', name, endpoint, changes, {
    command: 'updateDestination',
    service: key,
    destination: destination as DestinationChanges,
  })
}

export function drainDestinationStep(
  name: string,
  service: ResolvedServiceKey,
  endpoint: string,
  destination: Destination,
): Step {
  const { address, port, forwarding, upperThreshold, lowerThreshold, tunnel, weight } = destination
  const changes = [{ setting: 'weight', from: weight, to: 0 }]
  return new Step('drainDestination', name, endpoint, changes, {
    command: 'updateDestination',
    service: keyOf(service),
    destination: {
      address,
      port,
      forwarding,
      upperThreshold,
      lowerThreshold,
      tunnel,
      weight: 0,
    } as DestinationChanges,
  })
}

export function removeDestinationStep(
  name: string,
  service: ResolvedServiceKey,
  endpoint: string,
  { address, port }: Destination,
): Step {
  return new Step('removeDestination', name, endpoint, NOTHING, {
    command: 'removeDestination',
    service: keyOf(service),
    destination: { address, port },
  })
}

/** The timeouts that differ, in one step; undefined when none does. */
export function setTimeoutsStep(current: Timeouts, target: TimeoutChanges): Step | undefined {
  const names = (Object.keys(target) as (keyof Timeouts)[]).filter((name) => current[name] !== target[name])
  if (names.length === 0) return undefined
  const changes = names.map((setting) => ({ setting, from: current[setting], to: target[setting] }))
  const wanted: TimeoutChanges = Object.fromEntries(names.map((name) => [name, target[name]]))
  return new Step('setTimeouts', '', '', changes, { command: 'setTimeouts', changes: wanted })
}

export function startDaemonStep(daemon: ResolvedDaemon, changes: readonly SettingChange[]): Step {
  return new Step('startDaemon', '', '', changes, { command: 'startDaemon', daemon: daemon as DaemonInput })
}

export function stopDaemonStep({ role }: Daemon): Step {
  // What runs under a number without a name cannot be stopped by this library.
  return new Step('stopDaemon', '', '', NOTHING, { command: 'stopDaemon', role: role as SyncRole })
}

/** The key alone: of what was read a service has its counters and destinations too. */
function keyOf(service: ResolvedServiceKey): ResolvedServiceKey {
  if (service.fwmark !== undefined) return { fwmark: service.fwmark, family: service.family }
  const { protocol, address, port, family } = service
  return { protocol, address, port, family }
}
