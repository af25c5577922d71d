import { checkBoolean, checkName } from '../../netlink/arguments/check.ts'
import type { Family } from '../../netlink/wire/address.ts'
import { type AttributeSet, writeAttribute } from '../../netlink/wire/attributes.ts'
import { LITTLE_ENDIAN, type WireWriter } from '../../netlink/wire/wire.ts'
import { SERVICE } from '../protocol/attributes.ts'
import {
  IP_VS_PENAME_MAXLEN,
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  IP_VS_SVC_F_SCHED1,
  IP_VS_SVC_F_SCHED2,
  IP_VS_SVC_F_SCHED3,
} from '../protocol/uapi.ts'
import type { Destination } from './destination.ts'
import {
  checkPersistence,
  noPersistence,
  type Persistence,
  type PersistenceState,
  readPersistence,
} from './persistence.ts'
import {
  checkScheduler,
  type Scheduler,
  type SchedulerFlag,
  schedulerFlagBits,
  schedulerFlagNames,
} from './scheduler.ts'
import { type ResolvedServiceKey, readServiceKey, type ServiceKey, writeServiceKey } from './service-key.ts'
import { readStatistics, type Statistics } from './statistics.ts'

/** The settings of a virtual service. */
export interface ServiceSettings {
  /** Default `wlc`, as in ipvsadm. ipvsadm `-s`; IPVS_SVC_ATTR_SCHED_NAME. */
  readonly scheduler?: Scheduler | undefined
  /** Default none. They must belong to the scheduler. ipvsadm `-b`; IPVS_SVC_ATTR_FLAGS. */
  readonly schedulerFlags?: readonly SchedulerFlag[] | undefined
  /**
   * One-packet scheduling: every packet is scheduled by itself, without a connection. Applies to UDP only.
   * Default false. ipvsadm `-o`; IPVS_SVC_ATTR_FLAGS.
   */
  readonly onePacket?: boolean | undefined
  /** Default none; `null`: explicitly none. ipvsadm `-p`, `-M`. */
  readonly persistence?: Persistence | null | undefined
  /** Persistence by packet content, such as `sip`; `null`: explicitly none. ipvsadm `--pe`; IPVS_SVC_ATTR_PE_NAME. */
  readonly persistenceEngine?: string | null | undefined
}

/** A virtual service to add: its key and its settings. */
export type ServiceInput = ServiceKey & ServiceSettings

/** The settings of a service that was read: all of them, and the counters. */
export interface ServiceState {
  /** Address family of the service. */
  readonly family: Family
  /** The scheduler; `none` without one. */
  readonly scheduler: Scheduler
  /** The flags of the scheduler. */
  readonly schedulerFlags: readonly SchedulerFlag[]
  /** Whether every packet is scheduled by itself. */
  readonly onePacket: boolean
  /** Persistence, or `null` without. */
  readonly persistence: PersistenceState | null
  /** Persistence engine, or `null` without. */
  readonly persistenceEngine: string | null
  /** Counters, sampled every two seconds. */
  readonly statistics: Statistics
}

/** A virtual service without its destinations. */
export type ServiceHeader = ServiceKey & ServiceState

/** A virtual service with its destinations, as read; it can be edited and written back. */
export type Service = ServiceHeader & {
  /** Its destinations, the newest first. */
  readonly destinations: readonly Destination[]
}

const { fields } = SERVICE

/** The flag bits that this library sets and clears; other bits keep their values in the kernel. */
const KNOWN_FLAGS =
  IP_VS_SVC_F_PERSISTENT |
  IP_VS_SVC_F_ONEPACKET |
  IP_VS_SVC_F_SCHED1 |
  IP_VS_SVC_F_SCHED2 |
  IP_VS_SVC_F_SCHED3

/** Checks and writes a complete service, as NEW_SERVICE and SET_SERVICE need it. */
export function writeService(writer: WireWriter, key: ResolvedServiceKey, settings: ServiceSettings): void {
  writeServiceKey(writer, key)
  writeSettings(writer, key.family, settings)
}

function writeSettings(writer: WireWriter, family: Family, settings: ServiceSettings): void {
  const {
    scheduler = 'wlc',
    schedulerFlags = [],
    onePacket = false,
    persistence,
    persistenceEngine,
  } = settings
  writer.text(fields.scheduler, checkScheduler(scheduler))
  if (persistenceEngine !== undefined && persistenceEngine !== null) {
    writer.text(fields.persistenceEngine, checkPersistenceEngine(persistenceEngine))
  }
  const persistent = persistence !== undefined && persistence !== null
  const { timeout, netmask } = persistent ? checkPersistence(persistence, family) : noPersistence(family)
  const flags =
    schedulerFlagBits(scheduler, schedulerFlags) |
    (checkBoolean('onePacket', onePacket) ? IP_VS_SVC_F_ONEPACKET : 0) |
    (persistent ? IP_VS_SVC_F_PERSISTENT : 0)
  const offset = writer.payload(fields.flags.type, 8)
  writer.view.setUint32(offset, flags, LITTLE_ENDIAN)
  writer.view.setUint32(offset + 4, KNOWN_FLAGS, LITTLE_ENDIAN)
  writer.u32(fields.timeout, timeout)
  writeAttribute(writer, fields.netmask, netmask)
}

/** Checks the name of a persistence engine. */
export function checkPersistenceEngine(value: unknown): string {
  return checkName('persistenceEngine', value, IP_VS_PENAME_MAXLEN)
}

/** Reads a service from a reply or a request. */
export function readService(service: AttributeSet<typeof fields>): ServiceHeader {
  const key = readServiceKey(service)
  const scheduler = service.require(fields.scheduler)
  const flags = readFlags(service)
  const schedulerFlags = schedulerFlagNames(scheduler, flags)
  const onePacket = (flags & IP_VS_SVC_F_ONEPACKET) !== 0
  const persistent = (flags & IP_VS_SVC_F_PERSISTENT) !== 0
  const { family } = key
  const persistence = persistent
    ? readPersistence(service.require(fields.timeout), service.require(fields.netmask), family)
    : null
  const persistenceEngine = service.get(fields.persistenceEngine) ?? null
  const statistics = readStatistics(service, fields.statistics, fields.statistics64)
  if (key.fwmark !== undefined) {
    return {
      fwmark: key.fwmark,
      family,
      scheduler,
      schedulerFlags,
      onePacket,
      persistence,
      persistenceEngine,
      statistics,
    }
  }
  const { protocol, address, port } = key
  return {
    protocol,
    address,
    port,
    family,
    scheduler,
    schedulerFlags,
    onePacket,
    persistence,
    persistenceEngine,
    statistics,
  }
}

/** The first word. A short one is padded with zeros, as the kernel does. */
function readFlags(service: AttributeSet<typeof fields>): number {
  if (service.lengthOf(fields.flags) >= 4) {
    return service.view.getUint32(service.offsetOf(fields.flags), LITTLE_ENDIAN)
  }
  const padded = new Uint8Array(4)
  padded.set(service.require(fields.flags))
  return new DataView(padded.buffer).getUint32(0, LITTLE_ENDIAN)
}
