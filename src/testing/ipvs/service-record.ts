import { COMMAND, SERVICE } from '../../ipvs/protocol/attributes.ts'
import { IPVS_CMD, IPVS_GENL_VERSION } from '../../ipvs/protocol/uapi.ts'
import { LITTLE_ENDIAN, type WireWriter } from '../../netlink/wire/wire.ts'
import { type Counters, writeCounters } from './counters.ts'
import type { DestinationRecord } from './destination-record.ts'
import { endpointKey, type FamilyNumber, type InetAddress, writeInetAddress } from './inet-address.ts'
import type { KernelProfile } from './profile.ts'
import type { SchedulerState } from './scheduler.ts'

/** The key of a service, in the kernel's numbers. With a firewall mark the other fields are TCP and zero. */
export interface ServiceIdentity {
  readonly family: FamilyNumber
  readonly protocol: number
  readonly address: InetAddress
  readonly port: number
  readonly fwmark: number
}

/** The settings of a service, in the kernel's numbers. */
export interface ServiceRecordSettings {
  /** `none` without a scheduler. */
  scheduler: string
  /** Empty without an engine. */
  persistenceEngine: string
  /** IP_VS_SVC_F_* bits. */
  flags: number
  /** In ticks of the kernel's clock. */
  timeout: number
  /** The four bytes as received, in host order. */
  netmask: number
}

/** A virtual service as the kernel keeps it (struct ip_vs_service). */
export class ServiceRecord implements ServiceIdentity, ServiceRecordSettings {
  readonly family: FamilyNumber
  readonly protocol: number
  readonly address: InetAddress
  readonly port: number
  readonly fwmark: number
  scheduler = ''
  persistenceEngine = ''
  flags = 0
  timeout = 0
  netmask = 0
  /** Undefined until traffic is counted. */
  counters: Counters | undefined
  /** The scheduler; undefined for `none`. */
  schedulerState: SchedulerState | undefined
  /** The oldest first, the reverse of the kernel's order. */
  readonly #destinations: DestinationRecord[] = []

  constructor(identity: ServiceIdentity, settings: ServiceRecordSettings) {
    const { family, protocol, address, port, fwmark } = identity
    this.family = family
    this.protocol = protocol
    this.address = address
    this.port = port
    this.fwmark = fwmark
    Object.assign(this, settings)
  }

  get destinationCount(): number {
    return this.#destinations.length
  }

  /** A destination by its index in the kernel's list, which starts with the newest. */
  destinationAt(index: number): DestinationRecord {
    return this.#destinations[this.#destinations.length - 1 - index]!
  }

  /** In the kernel's order, the newest first. */
  get destinations(): DestinationRecord[] {
    return this.#destinations.toReversed()
  }

  find(family: number, address: InetAddress, port: number): DestinationRecord | undefined {
    return this.#destinations.find((destination) => destination.is(family, address, port))
  }

  /** Adds a destination at the head of the list. */
  add(destination: DestinationRecord): void {
    this.#destinations.push(destination)
    this.schedulerState?.changed?.()
  }

  /** Removes a destination from the list, and passes the preceding destination to the scheduler. */
  remove(destination: DestinationRecord): void {
    const index = this.#destinations.lastIndexOf(destination)
    const previous = this.#destinations[index + 1]
    this.#destinations.splice(index, 1)
    this.schedulerState?.removed?.(destination, previous)
  }
}

/** The key of a service within its namespace, for maps. */
export function serviceKey({ family, protocol, address, port, fwmark }: ServiceIdentity): string {
  if (fwmark !== 0) return `${family}/${fwmark}`
  return `${family}/${protocol}/${endpointKey(family, address, port)}`
}

const { fields } = SERVICE
const ALL_FLAGS = 0xffff_ffff

/** Writes a service as GET_SERVICE returns it (ip_vs_genl_fill_service). */
export function writeServiceRecord(writer: WireWriter, service: ServiceRecord, profile: KernelProfile): void {
  writer.genericHeader(IPVS_CMD.NEW_SERVICE, IPVS_GENL_VERSION)
  const nest = writer.beginNest(COMMAND.fields.service.type)
  writer.u16(fields.family, service.family)
  if (service.fwmark !== 0) {
    writer.u32(fields.fwmark, service.fwmark)
  } else {
    writer.u16(fields.protocol, service.protocol)
    const at = writer.payload(fields.address.type, 16)
    writeInetAddress(writer.view, at, service.address)
    writer.u16be(fields.port, service.port)
  }
  writer.text(fields.scheduler, service.scheduler)
  if (service.persistenceEngine !== '') writer.text(fields.persistenceEngine, service.persistenceEngine)
  const flags = writer.payload(fields.flags.type, 8)
  writer.view.setUint32(flags, service.flags, LITTLE_ENDIAN)
  writer.view.setUint32(flags + 4, ALL_FLAGS, LITTLE_ENDIAN)
  writer.u32(fields.timeout, Math.floor(service.timeout / profile.ticksPerSecond))
  const netmask = writer.payload(fields.netmask.type, 4)
  writer.view.setUint32(netmask, service.netmask, LITTLE_ENDIAN)
  const types = [fields.statistics.type, fields.statistics64.type] as const
  writeCounters(writer, types, service.counters, profile.alignsCounters)
  writer.endNest(nest)
}
