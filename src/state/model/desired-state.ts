import type { DaemonInput } from '../../ipvs/model/daemon.ts'
import type { DestinationKey, DestinationLimits, ForwardingMethod } from '../../ipvs/model/destination.ts'
import type { ServiceSettings } from '../../ipvs/model/service.ts'
import type { ServiceReference } from '../../ipvs/model/service-key.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import type { Tunnel } from '../../ipvs/model/tunnel.ts'

/**
 * The desired state of the table. Omitted sections are unmanaged. A present section is authoritative: `services: []` means
 * none.
 */
export interface DesiredState {
  /** Defaults for the settings that services and destinations omit. */
  readonly defaults?: StateDefaults | undefined
  /** The virtual services. */
  readonly services?: readonly DesiredService[] | undefined
  /** Connection timeouts; omitted ones are unmanaged. ipvsadm `--set`. */
  readonly timeouts?: TimeoutChanges | undefined
  /** The synchronisation daemons. ipvsadm `--start-daemon`. */
  readonly daemons?: readonly DaemonInput[] | undefined
}

/** Defaults for the settings that services and destinations omit. */
export interface StateDefaults {
  /** Settings of services. `schedulerFlags` apply only to services with the same scheduler. */
  readonly service?: ServiceSettings | undefined
  /** Settings of destinations. */
  readonly destination?: DestinationDefaults | undefined
}

/**
 * A desired virtual service. A setting that both the service and the defaults of the document omit has ipvsadm's default:
 * scheduler `wlc`, no flags, no persistence.
 */
export interface DesiredService extends ServiceSettings {
  /** The service: `tcp://192.0.2.1:80`, `udp://[2001:db8::1]:53`, `fwmark://7`, `fwmark://7/ipv6`, or a key. */
  readonly service: ServiceReference
  /** Defaults for the destinations of this service; they take precedence over the defaults of the document. */
  readonly defaults?: DestinationDefaults | undefined
  /** The destinations. If omitted, they are unmanaged; `[]` means none. */
  readonly destinations?: readonly DesiredDestination[] | undefined
}

/** The settings of a desired destination. */
export interface DestinationSettings extends DestinationLimits {
  /** How packets reach the destination; required, without a default. ipvsadm `-g`, `-m`, `-i`; IPVS_DEST_ATTR_FWD_METHOD. */
  readonly forwarding?: ForwardingMethod | number | undefined
  /** Only with forwarding `tun`, where the default is `{ type: 'ipip' }`. ipvsadm `--tun-type`. */
  readonly tunnel?: Tunnel | null | undefined
}

/** Defaults for the settings that destinations omit. A default tunnel applies only to destinations with forwarding `tun`. */
export interface DestinationDefaults extends DestinationSettings {
  /** Default: the port of the service, or 0 for a firewall mark. IPVS_DEST_ATTR_PORT. */
  readonly port?: number | undefined
}

/** A desired destination. Without a value here or in the defaults, the weight is 1 and there are no thresholds. */
export interface DesiredDestination extends DestinationKey, DestinationSettings {}
