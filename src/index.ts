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
  KernelError,
  type KernelRefusal,
  NetlinkError,
  type NetlinkErrorCode,
} from './errors.ts'
export type { Daemon, DaemonInput, SyncRole } from './ipvs/model/daemon.ts'
export type {
  Destination,
  DestinationChanges,
  DestinationInput,
  DestinationKey,
  DestinationLimits,
  Forwarding,
  ForwardingMethod,
} from './ipvs/model/destination.ts'
export type { Persistence, PersistenceState } from './ipvs/model/persistence.ts'
export { SCHEDULERS, type Scheduler, type SchedulerFlag } from './ipvs/model/scheduler.ts'
export type {
  Service,
  ServiceHeader,
  ServiceInput,
  ServiceSettings,
  ServiceState,
} from './ipvs/model/service.ts'
export {
  type AddressKey,
  type FwmarkKey,
  formatEndpoint,
  formatService,
  type Protocol,
  parseService,
  type ResolvedServiceKey,
  type ServiceKey,
  type ServiceReference,
} from './ipvs/model/service-key.ts'
export type { Info, TimeoutChanges, Timeouts } from './ipvs/model/settings.ts'
export type { Statistics } from './ipvs/model/statistics.ts'
export type { Tunnel, TunnelChecksum, TunnelType } from './ipvs/model/tunnel.ts'
export type { Availability } from './ipvs/probe.ts'
export type { ConnectionEntry, Endpoint } from './ipvs/proc/connection-entry.ts'
export type {
  DestinationOverview,
  FwmarkOfUnknownFamily,
  PersistenceOverview,
  ServiceOverview,
  ServiceOverviewState,
} from './ipvs/proc/overview.ts'
export type { BatchCommand } from './ipvs/write/batch-command.ts'
export type { CallOptions } from './netlink/arguments/call-options.ts'
export type { Activity } from './netlink/connection/activity.ts'
export type { OpenOptions } from './netlink/open.ts'
export type { CommandContext } from './netlink/tracing.ts'
export type { Family } from './netlink/wire/address.ts'
export {
  ApplyError,
  type ApplyResult,
  type StepOutcome,
  type StepResult,
} from './state/apply/apply-result.ts'
export { Plan, type PlanApplyOptions, type PlanTableOptions, planTable } from './state/apply/plan.ts'
export { type ReconcileOptions, type ReconcileRound, Reconciler } from './state/apply/reconciler.ts'
export { exportState, formatState, type StateFormat, toDesiredState } from './state/document/format-state.ts'
export { parseState } from './state/document/parse-state.ts'
export { DesiredStateError, type StatePath, type StateProblem } from './state/document/problems.ts'
export { stateJsonSchema } from './state/document/schema.ts'
export { Ipvs } from './state/ipvs.ts'
export type {
  DesiredDestination,
  DesiredService,
  DesiredState,
  DestinationDefaults,
  DestinationSettings,
  StateDefaults,
} from './state/model/desired-state.ts'
export type { SettingChange } from './state/model/difference.ts'
export { Step, type StepCommand, type StepKind } from './state/model/step.ts'
export type { CurrentTable, TableClient } from './state/model/table.ts'
export type { NamedSet } from './state/ownership/file-ledger.ts'
export { type OwnershipConflict, OwnershipError, type OwnershipPredicate } from './state/ownership/ledger.ts'
export type { PlannedSteps } from './state/plan/compute-plan.ts'
export type { Drain, DrainingDestination } from './state/plan/drain.ts'
export type { ApplyOptions, PlanOptions } from './state/plan/options.ts'
export type { SkippedStep } from './state/plan/plan-builder.ts'
export type {
  DaemonChange,
  DestinationChange,
  RatesChange,
  ServiceChange,
  TableChange,
  TimeoutsChange,
} from './state/watch/table-changes.ts'
export type { WatchOptions } from './state/watch/watch.ts'
