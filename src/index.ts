/**
 * Control the Linux Virtual Server (IPVS) over netlink. Begin with {@link Ipvs}.
 *
 * @packageDocumentation
 */

export {
  AddonError,
  ArgumentRangeError,
  ArgumentTypeError,
  BatchError,
  type BatchFailure,
  IpvsError,
  IpvsUnavailableError,
  KernelError,
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
export type { Persistence } from './ipvs/model/persistence.ts'
export { SCHEDULERS, type Scheduler, type SchedulerFlag } from './ipvs/model/scheduler.ts'
export type {
  Service,
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
  type ServiceKey,
  type ServiceReference,
} from './ipvs/model/service-key.ts'
export type { Info, TimeoutChanges, Timeouts } from './ipvs/model/settings.ts'
export type { Statistics } from './ipvs/model/statistics.ts'
export type { Tunnel } from './ipvs/model/tunnel.ts'
export type { Availability } from './ipvs/open.ts'
export type { ConnectionEntry } from './ipvs/proc/connection-entry.ts'
export type { ServiceOverview } from './ipvs/proc/overview.ts'
export type { BatchCommand } from './ipvs/write/batch-command.ts'
export type { CallOptions } from './netlink/arguments/call-options.ts'
export type { OpenOptions } from './netlink/open.ts'
export type { CommandContext } from './netlink/tracing.ts'
export type { Family } from './netlink/wire/address.ts'
export {
  ApplyError,
  type ApplyResult,
  type StepOutcome,
  type StepResult,
} from './state/apply/apply-result.ts'
export { Plan, planTable } from './state/apply/plan.ts'
export { type ReconcileOptions, type ReconcileRound, Reconciler } from './state/apply/reconciler.ts'
export { exportState, formatState, toDesiredState } from './state/document/format-state.ts'
export { parseState } from './state/document/parse-state.ts'
export { DesiredStateError, type StateProblem } from './state/document/problems.ts'
export { stateJsonSchema } from './state/document/schema.ts'
export { Ipvs } from './state/ipvs.ts'
export type {
  DesiredDestination,
  DesiredService,
  DesiredState,
} from './state/model/desired-state.ts'
export { Step, type StepKind } from './state/model/step.ts'
export type { CurrentTable } from './state/model/table.ts'
export type { NamedSet } from './state/ownership/file-ledger.ts'
export { type OwnershipConflict, OwnershipError } from './state/ownership/ledger.ts'
export type { Drain, DrainingDestination } from './state/plan/drain.ts'
export type { ApplyOptions, PlanOptions } from './state/plan/options.ts'
export type { SkippedStep } from './state/plan/plan-builder.ts'
export type { TableChange } from './state/watch/table-changes.ts'
export type { WatchOptions } from './state/watch/watch.ts'
