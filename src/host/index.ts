/**
 * The hosts around IPVS: network, sysctls, roles and the doctor. Begin with {@link Host}.
 *
 * @packageDocumentation
 */

export { NetworkError, SysctlError } from '../errors.ts'
export type { AnnounceOptions } from '../route/commands/announce.ts'
export type {
  AddressFilter,
  AddressFlag,
  InterfaceAddress,
  InterfaceAddressInput,
  InterfaceAddressKey,
  Scope,
} from '../route/model/interface-address.ts'
export type { Link, LinkChanges, LinkInput, LinkType } from '../route/model/link.ts'
export type { Neighbour, NeighbourFilter, NeighbourState } from '../route/model/neighbour.ts'
export type {
  NextHop,
  Route,
  RouteFilter,
  RouteInput,
  RouteLookup,
  RouteProtocol,
  RouteType,
} from '../route/model/route.ts'
export type { TunnelKind, TunnelSettings } from '../route/model/tunnel-link.ts'
export { Network } from '../route/network.ts'
export type { AnySysctlValue } from '../sysctl/definition.ts'
export type { CombinedSysctl } from '../sysctl/effective.ts'
export type { Ipv4InterfaceSysctl, Ipv6InterfaceSysctl } from '../sysctl/interface-sysctls.ts'
export type { IpvsSysctl } from '../sysctl/ipvs-sysctls.ts'
export type { PersistOptions } from '../sysctl/sysctl-file.ts'
export {
  type InterfaceSysctlName,
  type IpvsSysctlName,
  interfaceSysctl,
  type SysctlName,
  type SysctlValue,
} from '../sysctl/sysctl-name.ts'
export { type EffectiveOptions, Sysctls } from '../sysctl/sysctls.ts'
export { diagnose } from './doctor/doctor.ts'
export {
  FINDINGS,
  type Finding,
  type FindingId,
  type Fix,
  type Severity,
} from './doctor/model/finding.ts'
export type { DiagnoseOptions, DoctorOptions, HostRole } from './doctor/model/options.ts'
export type {
  FirewallChain,
  FirewallFacts,
  FirewallField,
  FirewallHook,
  FirewallMatch,
  FirewallRule,
} from './facts/firewall.ts'
export type { RoleHost } from './facts/host-access.ts'
export type { FactsOptions, HostFacts, ModuleFacts } from './facts/host-facts.ts'
export { Host, type HostOptions } from './host.ts'
export type { RoleService } from './resource/ipvs-resources.ts'
export { ClusterNode, type ClusterNodeOptions, type ClusterNodeStatus } from './role/cluster-node.ts'
export { Director, type DirectorOptions, type DirectorVip } from './role/director.ts'
export {
  type DirectRealServerOptions,
  type NatRealServerOptions,
  RealServer,
  type RealServerOptions,
  type TunnelRealServerOptions,
} from './role/real-server.ts'
export { Role, type RoleOptions } from './role/role.ts'
export type { RoleItemStatus, RoleStatus } from './role/role-item.ts'
export { StateFileError, type StateFileErrorCode } from './role/state-file.ts'
export type { TunnelEndpoint } from './role/tunnel-endpoint.ts'
