/**
 * A simulated kernel with IPVS for tests. It runs in the test's process and needs no root, no Linux and no addon. Start with
 * {@link SimulatedKernel}.
 *
 * @packageDocumentation
 */

export type { NetworkInterface } from './ipvs/address-type.ts'
export type { ConnectionState } from './ipvs/connection.ts'
export { type KernelProfile, PROFILES, type ProfileName } from './ipvs/profile.ts'
export type { ConnectionAttempt, PacketCount, SimulatedConnection, Traffic } from './ipvs/traffic.ts'
export type { IpvsModule, ModuleState } from './kernel/ipvs-module.ts'
export type {
  DestinationStateInput,
  KernelState,
  ServiceStateInput,
  StateInput,
} from './kernel/kernel-state.ts'
export { Recorder } from './recording/recorder.ts'
export { Replay } from './recording/replay.ts'
export { type ConnectOptions, SimulatedKernel, type SimulatedKernelOptions } from './simulated-kernel.ts'
export type { VirtualClock } from './time/clock.ts'
export type { Fault } from './wire/fault.ts'
export type { FaultRule, Faults } from './wire/faults.ts'
export type { ErrnoName } from './wire/kernel-errno.ts'
export type { CommandName, LoggedRequest } from './wire/logged-request.ts'
export type { RequestLog } from './wire/request-log.ts'
