import type { Daemon, DaemonInput } from '../../ipvs/model/daemon.ts'
import type { CheckedDestinationKey, Destination } from '../../ipvs/model/destination.ts'
import type { ServiceState } from '../../ipvs/model/service.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'

/** The name of a setting of a service. A new field of {@link Service} is a setting here. */
export type ServiceSetting = Exclude<keyof ServiceState, 'family' | 'statistics'>

/** The name of a setting of a destination. A new field of {@link Destination} is a setting here. */
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

// `satisfies` makes the compiler reject a list that lacks a setting.

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

/** A desired destination with every default filled in, spelled as the kernel reports it. */
export type ResolvedDestination = CheckedDestinationKey & {
  readonly [Name in DestinationSetting]: Destination[Name]
}

/** A desired service with every default filled in, spelled as the kernel reports it. */
export interface ResolvedService {
  readonly key: ResolvedServiceKey
  /** The key as text. */
  readonly name: string
  readonly settings: { readonly [Name in ServiceSetting]: ServiceState[Name] }
  /** The destinations by endpoint (`192.0.2.10:80`), in the order of the document; undefined if they are unmanaged. */
  readonly destinations: ReadonlyMap<string, ResolvedDestination> | undefined
}

/** A desired daemon. Without a maximum length the kernel derives one from the interface. */
export interface ResolvedDaemon extends Required<Omit<DaemonInput, 'maximumLength'>> {
  readonly syncId: number
  readonly group: string
  readonly port: number
  readonly ttl: number
  readonly maximumLength: number | undefined
}

/** A validated desired state with every default filled in. Undefined sections are unmanaged. */
export interface ResolvedState {
  /** The services by name, in the order of the document. */
  readonly services: ReadonlyMap<string, ResolvedService> | undefined
  readonly timeouts: TimeoutChanges
  readonly daemons: readonly ResolvedDaemon[] | undefined
}
