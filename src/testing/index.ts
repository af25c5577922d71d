/**
 * A kernel with IPVS for tests, in the same process: no root, no Linux, no addon. Begin with {@link SimulatedKernel}.
 *
 * @packageDocumentation
 */

export type { NetworkInterface } from './address-type.ts'
export type { VirtualClock } from './clock.ts'
export type { ConnectionState } from './connection.ts'
export type { Fault, FaultRule, Faults } from './faults.ts'
export type { IpvsModule, ModuleState } from './ipvs-module.ts'
export type { CommandName, LoggedRequest } from './logged-request.ts'
export { type KernelProfile, PROFILES, type ProfileName } from './profile.ts'
export { Recorder } from './recorder.ts'
export type { ErrnoName } from './refused.ts'
export { Replay } from './replay.ts'
export type { RequestLog } from './request-log.ts'
export { type ConnectOptions, SimulatedKernel, type SimulatedKernelOptions } from './simulated-kernel.ts'
export type { DestinationStateInput, KernelState, ServiceStateInput, StateInput } from './state.ts'
export type { ConnectionAttempt, PacketCount, SimulatedConnection, Traffic } from './traffic.ts'
