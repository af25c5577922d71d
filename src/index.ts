/**
 * Control the Linux Virtual Server (IPVS) over netlink, and the hosts around it. Begin with {@link Ipvs} for the rules and
 * {@link Host} for everything else that a cluster is made of.
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
  NetworkError,
  SysctlError,
} from './errors.ts'
export { diagnose } from './host/doctor/doctor.ts'
export { FINDINGS, type Finding, type FindingId, type Mend, type Severity } from './host/doctor/model/finding.ts'
export type { DiagnoseOptions, DoctorOptions, HostRole } from './host/doctor/model/options.ts'
export type { FactsOptions, HostFacts, ModuleFacts } from './host/facts/host-facts.ts'
export { Host, type HostOptions } from './host/host.ts'
export type { RoleHost } from './host/resource/resource-handler.ts'
export type { DirectedService } from './host/resource/service.ts'
export { ClusterNode, type ClusterNodeOptions, type ClusterNodeStatus } from './host/role/cluster-node.ts'
export { Director, type DirectorOptions, type DirectorVip } from './host/role/director.ts'
export type { RoleItem, RoleStatus } from './host/role/role-item.ts'
export {
  type DirectRealServer,
  type NatRealServer,
  RealServer,
  type RealServerOptions,
  type TunnelRealServer,
} from './host/role/real-server.ts'
export { Role, type RoleOptions } from './host/role/role.ts'
export { StateFileError, type StateFileErrorCode } from './host/role/state-file-error.ts'
export type { TunnelEnd } from './host/role/tunnel-endpoint.ts'
export type { AnySysctlValue } from './sysctl/definition.ts'
export type { CombinedSysctl } from './sysctl/effective.ts'
export type { PersistOptions } from './sysctl/sysctl-file.ts'
export type { Ipv4InterfaceSysctl, Ipv6InterfaceSysctl } from './sysctl/interface-sysctls.ts'
export type { IpvsSysctl } from './sysctl/ipvs-sysctls.ts'
export {
  type InterfaceSysctlName,
  type IpvsSysctlName,
  interfaceSysctl,
  type SysctlName,
  type SysctlValue,
} from './sysctl/sysctl-name.ts'
export { type EffectiveOptions, Sysctls } from './sysctl/sysctls.ts'
export type { BatchCommand } from './ipvs/write/batch-command.ts'
export type { ConnectionEntry, Endpoint } from './ipvs/proc/connection-entry.ts'
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
export type {
  DestinationOverview,
  FwmarkOfUnknownFamily,
  PersistenceOverview,
  ServiceOverview,
  ServiceOverviewState,
} from './ipvs/proc/overview.ts'
export type { Persistence, PersistenceState } from './ipvs/model/persistence.ts'
export type { Availability } from './ipvs/probe.ts'
export { SCHEDULERS, type Scheduler, type SchedulerFlag } from './ipvs/model/scheduler.ts'
export type { Service, ServiceHeader, ServiceInput, ServiceSettings, ServiceState } from './ipvs/model/service.ts'
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
} from './ipvs/model/service-key.ts'
export type { Info, TimeoutChanges, Timeouts } from './ipvs/model/settings.ts'
export type { Statistics } from './ipvs/model/statistics.ts'
export type { Tunnel, TunnelChecksum, TunnelType } from './ipvs/model/tunnel.ts'
export type { Activity } from './netlink/connection/activity.ts'
export type { Family } from './netlink/wire/address.ts'
export type { CallOptions } from './netlink/arguments/call-options.ts'
export type { OpenOptions } from './netlink/open.ts'
export type { CommandContext } from './netlink/tracing.ts'
export type {
  ExchangeReport,
  ExchangeRequest,
  ExchangeState,
  HostTransport,
  NetlinkProtocol,
  NetlinkSocket,
  Transport,
} from './netlink/transport/transport.ts'
export type { AnnounceOptions } from './route/commands/announce.ts'
export type {
  AddressFilter,
  AddressFlag,
  InterfaceAddress,
  InterfaceAddressInput,
  InterfaceAddressKey,
  Scope,
} from './route/model/interface-address.ts'
export type { Link, LinkChanges, LinkInput, LinkType } from './route/model/link.ts'
export type { Neighbour, NeighbourFilter, NeighbourState } from './route/model/neighbour.ts'
export { Network } from './route/network.ts'
export type {
  NextHop,
  Route,
  RouteFilter,
  RouteInput,
  RouteLookup,
  RouteProtocol,
  RouteType,
} from './route/model/route.ts'
export type { TunnelKind, TunnelSettings } from './route/model/tunnel-link.ts'
export { ApplyError, type ApplyResult, type StepOutcome, type StepResult } from './state/apply/apply-result.ts'
export type {
  DesiredDestination,
  DesiredService,
  DesiredState,
  DestinationDefaults,
  DestinationSettings,
  StateDefaults,
} from './state/model/desired-state.ts'
export type { SettingChange } from './state/model/difference.ts'
export type { LeftAlone } from './state/plan/plan-builder.ts'
export type { Drain, Draining } from './state/plan/drain.ts'
export { describeTable, exportState } from './state/document/export-state.ts'
export { formatState, type StateFormat } from './state/document/format-state.ts'
export { Ipvs } from './state/ipvs.ts'
export { formatRules } from './dialect/ipvsadm/format-rules.ts'
export { parseRules } from './dialect/ipvsadm/parse-rules.ts'
export type {
  KeepalivedConfiguration,
  KeepalivedRealServer,
  KeepalivedServer,
} from './dialect/keepalived/configuration.ts'
export { formatKeepalived } from './dialect/keepalived/format-keepalived.ts'
export { type KeepalivedOptions, parseKeepalived } from './dialect/keepalived/parse-keepalived.ts'
export { readKeepalived } from './dialect/keepalived/read-keepalived.ts'
export type { ConfigurationProblem } from './dialect/keepalived/source-line.ts'
export type { FindIncluded, IncludedFile } from './dialect/keepalived/source-reader.ts'
export type { Statement } from './dialect/keepalived/statement.ts'
export { Keeper, type KeepOptions, type KeepRound } from './state/apply/reconciler.ts'
export type { ApplyOptions, PlanOptions } from './state/plan/options.ts'
export { type Clash, OwnershipError, type OwnershipPredicate } from './state/ownership/ownership.ts'
export { parseState } from './state/document/parse-state.ts'
export { Plan, type PlanApplyOptions } from './state/apply/plan.ts'
export { type PlanTableOptions, planTable } from './state/plan/plan-table.ts'
export type { PlannedSteps } from './state/plan/compute-plan.ts'
export { stateJsonSchema } from './state/document/schema.ts'
export type { NamedSet } from './state/ownership/set-ledger.ts'
export { DesiredStateError, type StatePath, type StateProblem } from './state/model/desired-state-error.ts'
export { Step, type StepCommand, type StepKind } from './state/model/step.ts'
export type {
  DaemonChange,
  DestinationChange,
  RatesChange,
  ServiceChange,
  TableChange,
  TimeoutsChange,
} from './state/watch/table-changes.ts'
export type { TableClient } from './state/model/table-client.ts'
export type { CurrentTable } from './state/model/target.ts'
export type { WatchOptions } from './state/watch/watch.ts'
