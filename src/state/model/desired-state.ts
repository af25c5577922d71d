import type { DaemonInput } from '../../ipvs/model/daemon.ts'
import type { DestinationKey, DestinationLimits, ForwardingMethod } from '../../ipvs/model/destination.ts'
import type { ServiceSettings } from '../../ipvs/model/service.ts'
import type { ServiceReference } from '../../ipvs/model/service-key.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import type { Tunnel } from '../../ipvs/model/tunnel.ts'

/**
 * What the table is to be. A part that is left out is left alone; a part that is there is meant whole: `services: []` says
 * that there are none, no `services` that they are somebody else's business.
 */
export interface DesiredState {
  /** What services and destinations have where they say nothing else. */
  readonly defaults?: StateDefaults | undefined
  /** The virtual services. */
  readonly services?: readonly DesiredService[] | undefined
  /** Those that are named; the others stay. ipvsadm `--set`. */
  readonly timeouts?: TimeoutChanges | undefined
  /** The synchronisation daemons. ipvsadm `--start-daemon`. */
  readonly daemons?: readonly DaemonInput[] | undefined
}

/** What services and destinations have where they say nothing else. */
export interface StateDefaults {
  /** Settings of services. `schedulerFlags` count only for services with the same scheduler. */
  readonly service?: ServiceSettings | undefined
  /** Settings of destinations. */
  readonly destination?: DestinationDefaults | undefined
}

/**
 * A virtual service that is to be. What is neither here nor among the defaults of the document is ipvsadm's default:
 * scheduler `wlc`, no flags, no persistence.
 */
export interface DesiredService extends ServiceSettings {
  /** Which service: `tcp://192.0.2.1:80`, `udp://[2001:db8::1]:53`, `fwmark://7`, `fwmark://7/ipv6`, or a key. */
  readonly service: ServiceReference
  /** What its destinations have where they say nothing else; before the defaults of the document. */
  readonly defaults?: DestinationDefaults | undefined
  /** Its destinations. Left out, they are somebody else's business; `[]` says that there are none. */
  readonly destinations?: readonly DesiredDestination[] | undefined
}

/** What a destination is told besides its address. */
export interface DestinationSettings extends DestinationLimits {
  /** How packets reach it; there is no default. ipvsadm `-g`, `-m`, `-i`; IPVS_DEST_ATTR_FWD_METHOD. */
  readonly forwarding?: ForwardingMethod | number | undefined
  /** Only with forwarding `tun`, where it is `{ type: 'ipip' }` by default. ipvsadm `--tun-type`. */
  readonly tunnel?: Tunnel | null | undefined
}

/** What destinations have where they say nothing else. A default tunnel counts for those with forwarding `tun`. */
export interface DestinationDefaults extends DestinationSettings {
  /** Default: the service's port, 0 under a firewall mark. IPVS_DEST_ATTR_PORT. */
  readonly port?: number | undefined
}

/** A destination that is to be. What is neither here nor among the defaults is weight 1 and no thresholds. */
export interface DesiredDestination extends DestinationKey, DestinationSettings {}
