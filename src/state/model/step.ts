import type { Daemon, DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import type { Destination, DestinationChanges, DestinationInput } from '../../ipvs/model/destination.ts'
import type { ServiceInput } from '../../ipvs/model/service.ts'
import { formatService, type ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import type { TimeoutChanges, Timeouts } from '../../ipvs/model/settings.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import { formatSetting, formatSettingName, type SettingChange } from './difference.ts'
import type { ResolvedDaemon, ResolvedDestination, ResolvedService } from './resolved-state.ts'

/** The call that a step makes: a method of {@link Ipvs} with its arguments. */
export type StepCommand =
  | Exclude<BatchCommand, Record<'command', 'zero' | 'flush'>>
  | {
      /** {@link Ipvs.setTimeouts}. */
      readonly command: 'setTimeouts'
      /** The timeouts to change. */
      readonly changes: TimeoutChanges
    }
  | {
      /** {@link Ipvs.startDaemon}. */
      readonly command: 'startDaemon'
      /** The daemon. */
      readonly daemon: DaemonInput
    }
  | {
      /** {@link Ipvs.stopDaemon}. */
      readonly command: 'stopDaemon'
      /** The role of the daemon. */
      readonly role: SyncRole
    }

/**
 * The kinds of step: the method that the step calls, or
 * - `drainDestination`, an `updateDestination` that sets the weight to 0 before a removal;
 * - `setFallback`, an `updateService` that sets the fallback flag of `sh` or `mh` while destinations drain;
 * - `clearFallback`, an `updateService` that clears the flag afterwards.
 */
export type StepKind = StepCommand['command'] | 'drainDestination' | 'setFallback' | 'clearFallback'

/** One change of the table. As text: `set weight of 192.0.2.10:80 in tcp://192.0.2.1:80 from 1 to 2`. */
export class Step {
  /** The kind of change. */
  readonly kind: StepKind
  /** The affected virtual service, as text; empty for timeouts and daemons. */
  readonly service: string
  /** The affected destination, as `192.0.2.10:80`; empty if the step does not affect one. */
  readonly destination: string
  /** The settings that change; empty for additions and removals. */
  readonly changes: readonly SettingChange[]
  /** The call. */
  readonly command: StepCommand

  /** @internal */
  constructor(
    kind: StepKind,
    service: string,
    destination: string,
    changes: readonly SettingChange[],
    command: StepCommand,
  ) {
    this.kind = kind
    this.service = service
    this.destination = destination
    this.changes = changes
    this.command = command
  }

  /** A description in English, on one line. */
  get text(): string {
    return describeStep(this)
  }

  /** The same as {@link Step.text}. */
  toString(): string {
    return this.text
  }

  /** The step as plain data, for logs. */
  toJSON(): object {
    const { kind, service, destination, changes, text } = this
    return { kind, service, destination, changes, text }
  }
}

const NONE: readonly SettingChange[] = []

export function addServiceStep({ key, name, settings }: ResolvedService): Step {
  const service = { ...key, ...settings } as ServiceInput
  return new Step('addService', name, '', NONE, { command: 'addService', service })
}

export function updateServiceStep(
  { key, name, settings }: ResolvedService,
  changes: readonly SettingChange[],
): Step {
  // All settings, because the client would have to read the service first if some were omitted.
  const command = { command: 'updateService', service: key, changes: settings } as const
  return new Step('updateService', name, '', changes, command)
}

/** Sets or clears a scheduler's fallback flag; `from` and `to` differ in nothing else. */
export function fallbackStep(
  kind: 'setFallback' | 'clearFallback',
  key: ResolvedServiceKey,
  from: ResolvedService['settings'],
  to: ResolvedService['settings'],
): Step {
  const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine } = to
  const settings = { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine }
  return new Step(
    kind,
    formatService(key),
    '',
    [{ setting: 'schedulerFlags', from: from.schedulerFlags, to: schedulerFlags }],
    { command: 'updateService', service: pickKey(key), changes: settings },
  )
}

export function removeServiceStep(service: ResolvedServiceKey): Step {
  return new Step('removeService', formatService(service), '', NONE, {
    command: 'removeService',
    service: pickKey(service),
  })
}

export function addDestinationStep(
  { key, name }: ResolvedService,
  endpoint: string,
  destination: ResolvedDestination,
): Step {
  return new Step('addDestination', name, endpoint, NONE, {
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

/** Changes all settings except the weight, which the client reads when it sends the command. */
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
  service: ResolvedServiceKey,
  endpoint: string,
  destination: Destination,
): Step {
  const { address, port, forwarding, upperThreshold, lowerThreshold, tunnel, weight } = destination
  const settings = { address, port, forwarding, upperThreshold, lowerThreshold, tunnel, weight: 0 }
  return new Step(
    'drainDestination',
    formatService(service),
    endpoint,
    [{ setting: 'weight', from: weight, to: 0 }],
    {
      command: 'updateDestination',
      service: pickKey(service),
      destination: settings as DestinationChanges,
    },
  )
}

export function removeDestinationStep(
  service: ResolvedServiceKey,
  endpoint: string,
  { address, port }: Destination,
): Step {
  return new Step('removeDestination', formatService(service), endpoint, NONE, {
    command: 'removeDestination',
    service: pickKey(service),
    destination: { address, port },
  })
}

/** Sets the timeouts that differ, in one step; undefined if none differs. */
export function setTimeoutsStep(current: Timeouts, desired: TimeoutChanges): Step | undefined {
  const names = (Object.keys(desired) as (keyof Timeouts)[]).filter((name) => current[name] !== desired[name])
  if (names.length === 0) return undefined
  const changes = names.map((setting) => ({ setting, from: current[setting], to: desired[setting] }))
  const differing: TimeoutChanges = Object.fromEntries(names.map((name) => [name, desired[name]]))
  return new Step('setTimeouts', '', '', changes, { command: 'setTimeouts', changes: differing })
}

export function startDaemonStep(daemon: ResolvedDaemon, changes: readonly SettingChange[]): Step {
  return new Step('startDaemon', '', '', changes, { command: 'startDaemon', daemon: daemon as DaemonInput })
}

export function stopDaemonStep({ role }: Daemon): Step {
  // A role without a name is rejected when the step is sent.
  return new Step('stopDaemon', '', '', NONE, { command: 'stopDaemon', role: role as SyncRole })
}

/** Picks the key of a service: a service that was read also has counters and destinations. */
function pickKey(service: ResolvedServiceKey): ResolvedServiceKey {
  if (service.fwmark !== undefined) return { fwmark: service.fwmark, family: service.family }
  const { protocol, address, port, family } = service
  return { protocol, address, port, family }
}

function describeStep({ kind, service, destination, changes, command }: Step): string {
  switch (command.command) {
    case 'addService':
      return `add service ${service} (${command.service.scheduler})`
    case 'updateService': {
      const text = showChanges(service, changes)
      if (kind === 'setFallback') return `${text} while destinations drain`
      return kind === 'clearFallback' ? `${text}, because the drain is over` : text
    }
    case 'removeService':
      return `remove service ${service}`
    case 'addDestination':
      return `add ${destination} to ${service} (${command.destination.forwarding}, weight ${command.destination.weight})`
    case 'updateDestination': {
      const text = showChanges(`${destination} in ${service}`, changes)
      return kind === 'drainDestination' ? `${text}, to remove it when its connections have ended` : text
    }
    case 'removeDestination':
      return `remove ${destination} from ${service}`
    case 'setTimeouts':
      return showChanges('the timeouts', changes)
    case 'startDaemon':
      return `start synchronisation daemon ${command.daemon.role} on ${command.daemon.interface}`
    case 'stopDaemon':
      return `stop synchronisation daemon ${command.role}`
  }
}

function showChanges(subject: string, changes: readonly SettingChange[]): string {
  const [first] = changes
  if (changes.length === 1 && first !== undefined) {
    return `set ${formatSettingName(first.setting)} of ${subject} from ${formatSetting(first.from)} to ${formatSetting(first.to)}`
  }
  const list = changes.map(
    ({ setting, from, to }) =>
      `${formatSettingName(setting)} from ${formatSetting(from)} to ${formatSetting(to)}`,
  )
  return `change ${subject}: ${list.join(', ')}`
}
