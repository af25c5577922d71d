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
export type { CallOptions } from './ipvs/client.ts'
export type { CommandContext } from './ipvs/commands.ts'
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
export type { OpenOptions } from './ipvs/open.ts'
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
export type { Activity } from './netlink/courier.ts'
export type {
  ExchangeReport,
  ExchangeRequest,
  ExchangeState,
  NetlinkProtocol,
  NetlinkSocket,
  Transport,
} from './netlink/transport.ts'
export { ApplyError, type ApplyResult, type StepOutcome, type StepResult } from './state/apply-result.ts'
export type {
  DesiredDestination,
  DesiredService,
  DesiredState,
  DestinationDefaults,
  DestinationSettings,
  StateDefaults,
} from './state/desired-state.ts'
export type { SettingChange } from './state/difference.ts'
export type { LeftAlone } from './state/drafts.ts'
export type { Drain, Draining } from './state/drain.ts'
export { describeTable, exportState } from './state/export-state.ts'
export { formatState, type StateFormat } from './state/format-state.ts'
export { Ipvs } from './state/ipvs.ts'
export { formatRules } from './state/ipvsadm/format-rules.ts'
export { parseRules } from './state/ipvsadm/parse-rules.ts'
export type {
  KeepalivedConfiguration,
  KeepalivedRealServer,
  KeepalivedServer,
} from './state/keepalived/configuration.ts'
export { formatKeepalived } from './state/keepalived/format-keepalived.ts'
export { type KeepalivedOptions, parseKeepalived } from './state/keepalived/parse-keepalived.ts'
export { readKeepalived } from './state/keepalived/read-keepalived.ts'
export type { ConfigurationProblem } from './state/keepalived/source-line.ts'
export type { FindIncluded, IncludedFile } from './state/keepalived/source-reader.ts'
export type { Statement } from './state/keepalived/statement.ts'
export { Keeper, type KeepOptions, type KeepRound } from './state/keeper.ts'
export type { ApplyOptions, PlanOptions } from './state/options.ts'
export { type Clash, OwnershipError, type OwnershipPredicate } from './state/ownership.ts'
export { parseState } from './state/parse-state.ts'
export { Plan, type PlanApplyOptions } from './state/plan.ts'
export { type PlanTableOptions, planTable } from './state/plan-table.ts'
export type { PlannedSteps } from './state/planning.ts'
export { stateJsonSchema } from './state/schema.ts'
export type { NamedSet } from './state/set-ledger.ts'
export { DesiredStateError, type StatePath, type StateProblem } from './state/state-error.ts'
export { Step, type StepCommand, type StepKind } from './state/step.ts'
export type {
  DaemonChange,
  DestinationChange,
  RatesChange,
  ServiceChange,
  TableChange,
  TimeoutsChange,
} from './state/table-changes.ts'
export type { TableClient } from './state/table-client.ts'
export type { CurrentTable } from './state/target.ts'
export type { WatchOptions } from './state/watch.ts'
