/**
 * Control the Linux Virtual Server (IPVS) over netlink. Begin with {@link Ipvs}.
 *
 * @packageDocumentation
 */

export {
  AddonError,
  type ArgumentErrorCode,
  ArgumentRangeError,
  ArgumentTypeError,
  BatchError,
  type BatchFailure,
  type CommandOutcome,
  IpvsError,
  IpvsUnavailableError,
  NetlinkError,
  type NetlinkErrorCode,
} from './errors.ts'
export type { BatchCommand } from './ipvs/batch-command.ts'
export type { ConnectionEntry, Endpoint } from './ipvs/connection-entry.ts'
export type { Daemon, DaemonInput, SyncRole } from './ipvs/daemon.ts'
export type {
  Destination,
  DestinationChanges,
  DestinationInput,
  DestinationKey,
  DestinationLimits,
  Forwarding,
  ForwardingMethod,
} from './ipvs/destination.ts'
export { Ipvs } from './ipvs/ipvs.ts'
export type {
  DestinationOverview,
  FwmarkOfUnknownFamily,
  PersistenceOverview,
  ServiceOverview,
  ServiceOverviewState,
} from './ipvs/overview.ts'
export type { Persistence, PersistenceState } from './ipvs/persistence.ts'
export type { Availability } from './ipvs/probe.ts'
export { SCHEDULERS, type Scheduler, type SchedulerFlag } from './ipvs/scheduler.ts'
export type { Service, ServiceHeader, ServiceInput, ServiceSettings, ServiceState } from './ipvs/service.ts'
export {
  type AddressKey,
  type FwmarkKey,
  formatEndpoint,
  formatService,
  type KnownServiceKey,
  type Protocol,
  parseService,
  type ServiceKey,
  type ServiceReference,
} from './ipvs/service-key.ts'
export type { Info, TimeoutChanges, Timeouts } from './ipvs/settings.ts'
export type { Statistics } from './ipvs/statistics.ts'
export type { Tunnel, TunnelChecksum, TunnelType } from './ipvs/tunnel.ts'
export type { Family } from './netlink/address.ts'
export type { CallOptions } from './netlink/call-options.ts'
export type { Activity } from './netlink/courier.ts'
export type { OpenOptions } from './netlink/open.ts'
export type { CommandContext } from './netlink/tracing.ts'
export type {
  ExchangeReport,
  ExchangeRequest,
  ExchangeState,
  NetlinkProtocol,
  NetlinkSocket,
  Transport,
} from './netlink/transport.ts'
