import type { DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import { formatSetting, formatSettingName, type SettingChange } from './difference.ts'

/** What a step sends: a method of {@link Ipvs} with its arguments. */
export type StepCommand =
  | Exclude<BatchCommand, Record<'command', 'zero' | 'flush'>>
  | {
      /** {@link Ipvs.setTimeouts}. */
      readonly command: 'setTimeouts'
      /** Those that change. */
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
      /** The daemon. */
      readonly role: SyncRole
    }

/**
 * The kinds of step: the method that each calls, and `drainDestination`, which is an `updateDestination` that takes the
 * weight away before a removal.
 */
export type StepKind = StepCommand['command'] | 'drainDestination'

/** One change of a table. As text it is a sentence: `set weight of 192.0.2.10:80 in tcp://192.0.2.1:80 from 1 to 2`. */
export class Step {
  /** What it does. */
  readonly kind: StepKind
  /** The virtual service that it is about, as text; empty for timeouts and daemons. */
  readonly service: string
  /** The destination that it is about, as `192.0.2.10:80`; empty for steps about something else. */
  readonly destination: string
  /** The settings that it changes; of something that is added or removed none. */
  readonly changes: readonly SettingChange[]
  /** What it sends. */
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

  /** What it does in plain English, on one line. */
  get text(): string {
    return describeStep(this)
  }

  /** The same as {@link Step.text}. */
  toString(): string {
    return this.text
  }

  /** Plain data, for logs. */
  toJSON(): object {
    const { kind, service, destination, changes, text } = this
    return { kind, service, destination, changes, text }
  }
}

function describeStep({ kind, service, destination, changes, command }: Step): string {
  switch (command.command) {
    case 'addService':
      return `add service ${service} (${command.service.scheduler})`
    case 'updateService':
      return showChanges(service, changes)
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
