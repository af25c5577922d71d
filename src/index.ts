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
export { FINDINGS, type Finding, type FindingId, type Mend, type Severity } from './host/doctor/finding.ts'
export type { DiagnoseOptions, DoctorOptions, HostRole } from './host/doctor/options.ts'
export type { FactsOptions, HostFacts, ModuleFacts } from './host/facts.ts'
export { Host, type HostOptions } from './host/host.ts'
export type { RoleHost } from './host/register/register.ts'
export type { DirectedService } from './host/register/service.ts'
export { ClusterNode, type ClusterNodeOptions, type ClusterNodeStatus } from './host/role/cluster-node.ts'
export { Director, type DirectorOptions, type DirectorVip } from './host/role/director.ts'
export type { RoleItem, RoleStatus } from './host/role/item.ts'
export {
  type DirectRealServer,
  type NatRealServer,
  RealServer,
  type RealServerOptions,
  type TunnelRealServer,
} from './host/role/real-server.ts'
export { Role, type RoleOptions } from './host/role/role.ts'
export { StateFileError, type StateFileErrorCode } from './host/role/state-file-error.ts'
export type { TunnelEnd } from './host/role/tunnel-end.ts'
export type { AnySysctlValue } from './host/sysctl/definition.ts'
export type { CombinedSysctl } from './host/sysctl/effective.ts'
export type { PersistOptions } from './host/sysctl/file.ts'
export type { Ipv4InterfaceSysctl, Ipv6InterfaceSysctl } from './host/sysctl/interface.ts'
export type { IpvsSysctl } from './host/sysctl/ipvs.ts'
export {
  type InterfaceSysctlName,
  type IpvsSysctlName,
  interfaceSysctl,
  type SysctlName,
  type SysctlValue,
} from './host/sysctl/name.ts'
export { type EffectiveOptions, Sysctls } from './host/sysctl/sysctls.ts'
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
export type { Activity } from './netlink/activity.ts'
export type { Family } from './netlink/address.ts'
export type { CallOptions } from './netlink/call-options.ts'
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
} from './netlink/transport.ts'
export type { AnnounceOptions } from './route/announce.ts'
export type {
  AddressFilter,
  AddressFlag,
  InterfaceAddress,
  InterfaceAddressInput,
  InterfaceAddressKey,
  Scope,
} from './route/interface-address.ts'
export type { Link, LinkChanges, LinkInput, LinkType } from './route/link.ts'
export type { Neighbour, NeighbourFilter, NeighbourState } from './route/neighbour.ts'
export { Network } from './route/network.ts'
export type {
  NextHop,
  Route,
  RouteFilter,
  RouteInput,
  RouteLookup,
  RouteProtocol,
  RouteType,
} from './route/route.ts'
export type { TunnelKind, TunnelSettings } from './route/tunnel-link.ts'
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
