import type { Daemon, DaemonInput } from '../../ipvs/model/daemon.ts'
import type { CheckedDestinationKey, Destination } from '../../ipvs/model/destination.ts'
import type { Service, ServiceState } from '../../ipvs/model/service.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import type { TimeoutChanges, Timeouts } from '../../ipvs/model/settings.ts'
import type { ResolvedDestinations } from './target-destinations.ts'

/** What can be set of a service. A new setting of {@link Service} is one here. */
export type ServiceSetting = Exclude<keyof ServiceState, 'family' | 'statistics'>

/** What can be set of a destination. A new setting of {@link Destination} is one here. */
export type DestinationSetting = Exclude<
  keyof Destination,
  | 'address'
  | 'port'
  | 'family'
  | 'activeConnections'
  | 'inactiveConnections'
  | 'persistentConnections'
  | 'statistics'
>

// Every setting is in one of these lists or the types do not fit, so that a new one cannot be forgotten.

/** The settings of a service. */
export const SERVICE_SETTINGS = Object.keys({
  scheduler: true,
  schedulerFlags: true,
  onePacket: true,
  persistence: true,
  persistenceEngine: true,
} satisfies Record<ServiceSetting, true>) as readonly ServiceSetting[]

/** The settings of a destination. */
export const DESTINATION_SETTINGS = Object.keys({
  forwarding: true,
  weight: true,
  upperThreshold: true,
  lowerThreshold: true,
  tunnel: true,
} satisfies Record<DestinationSetting, true>) as readonly DestinationSetting[]

/** The settings of a daemon. */
export const DAEMON_SETTINGS = Object.keys({
  role: true,
  interface: true,
  syncId: true,
  maximumLength: true,
  group: true,
  port: true,
  ttl: true,
} satisfies Record<keyof Daemon, true>) as readonly (keyof Daemon)[]

/** A destination that is to be, nothing left open, every word canonical. */
export type ResolvedDestination = CheckedDestinationKey & {
  readonly [Name in DestinationSetting]: Destination[Name]
}

/** A service that is to be, nothing left open. */
export interface ResolvedService {
  /** Which of the services of its table it is, from 0. */
  readonly place: number
  readonly key: ResolvedServiceKey
  /** Its key as text. */
  readonly name: string
  readonly settings: { readonly [Name in ServiceSetting]: ServiceState[Name] }
  /** Undefined when they are somebody else's business. */
  readonly destinations: ResolvedDestinations | undefined
}

/** A daemon that is to be. The length of messages may be left to the kernel: it follows from the interface. */
export interface ResolvedDaemon extends Required<Omit<DaemonInput, 'maximumLength'>> {
  readonly syncId: number
  readonly group: string
  readonly port: number
  readonly ttl: number
  readonly maximumLength: number | undefined
}

/** A desired state with nothing left open but what is to be left alone. */
export interface ResolvedState {
  /** By their names. */
  readonly services: ReadonlyMap<string, ResolvedService> | undefined
  readonly timeouts: TimeoutChanges
  readonly daemons: readonly ResolvedDaemon[] | undefined
}

/** A table as it is. */
export interface CurrentTable {
  /** The virtual services with their destinations. */
  readonly services: readonly Service[]
  /** The timeouts of connections. */
  readonly timeouts: Timeouts
  /** The running synchronisation daemons. */
  readonly daemons: readonly Daemon[]
}
