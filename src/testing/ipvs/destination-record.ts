import { COMMAND, DESTINATION } from '../../ipvs/protocol/attributes.ts'
import { IPVS_CMD, IPVS_GENL_VERSION } from '../../ipvs/protocol/uapi.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { type Counters, writeCounters } from './counters.ts'
import { type FamilyNumber, type InetAddress, isSameAddress, writeInetAddress } from './inet-address.ts'
import type { KernelProfile } from './profile.ts'
import type { ServiceRecord } from './service-record.ts'

/** The key of a destination within its service, in the kernel's numbers. */
export interface DestinationIdentity {
  readonly family: FamilyNumber
  readonly address: InetAddress
  readonly port: number
}

/** The settings of a destination, in the kernel's numbers. */
export interface DestinationSettings {
  /** IP_VS_CONN_F_FWD_MASK bits of the connection flags. */
  readonly forwarding: number
  readonly weight: number
  readonly upperThreshold: number
  readonly lowerThreshold: number
  readonly tunnelType: number
  readonly tunnelPort: number
  readonly tunnelFlags: number
}

/** A destination as the kernel keeps it (struct ip_vs_dest). */
export class DestinationRecord implements DestinationIdentity, DestinationSettings {
  readonly family: FamilyNumber
  readonly address: InetAddress
  readonly port: number
  /** Its service; a removed destination keeps it until it leaves the trash. */
  owner: ServiceRecord
  forwarding = 0
  weight = 0
  upperThreshold = 0
  lowerThreshold = 0
  tunnelType = 0
  tunnelPort = 0
  tunnelFlags = 0
  activeConnections = 0
  inactiveConnections = 0
  persistentConnections = 0
  /** The weight before it was set to 0, which `mh` uses. */
  lastWeight = 0
  /** Whether it receives no connections until their number has dropped (IP_VS_DEST_F_OVERLOAD). */
  overloaded = false
  /** Undefined until traffic is counted. */
  counters: Counters | undefined

  constructor(owner: ServiceRecord, { family, address, port }: DestinationIdentity) {
    this.owner = owner
    this.family = family
    this.address = address
    this.port = port
  }

  /**
   * Replaces its settings (__ip_vs_update_dest). A kernel that limits thresholds applies new ones at once; on others a
   * threshold that is raised or removed ends the overload, and a lowered one takes effect with the next connection.
   */
  set(settings: DestinationSettings, { limitsThresholds }: KernelProfile): void {
    const { upperThreshold, lowerThreshold, weight } = settings
    const isRaised = upperThreshold === 0 || upperThreshold > this.upperThreshold
    const isChanged = upperThreshold !== this.upperThreshold || lowerThreshold !== this.lowerThreshold
    if (weight !== 0) this.lastWeight = weight
    this.forwarding = settings.forwarding
    this.weight = weight
    this.upperThreshold = upperThreshold
    this.lowerThreshold = lowerThreshold
    this.tunnelType = settings.tunnelType
    this.tunnelPort = settings.tunnelPort
    this.tunnelFlags = settings.tunnelFlags
    if (!limitsThresholds && isRaised) this.overloaded = false
    if (limitsThresholds && isChanged) this.#updateOverload()
  }

  /** Between the thresholds the state does not change (ip_vs_dest_update_overload). */
  #updateOverload(): void {
    const { upperThreshold, lowerThreshold } = this
    const connections = this.activeConnections + this.inactiveConnections
    if (upperThreshold === 0) this.overloaded = false
    else if (connections >= upperThreshold) this.overloaded = true
    else if (connections < (lowerThreshold || upperThreshold * 0.75)) this.overloaded = false
  }

  /** Whether the destination has this key (ip_vs_lookup_dest). */
  is(family: number, address: InetAddress, port: number): boolean {
    return this.port === port && this.family === family && isSameAddress(family, this.address, address)
  }
}

const { fields } = DESTINATION

/** Writes a destination as GET_DEST returns it (ip_vs_genl_fill_dest). */
export function writeDestinationRecord(
  writer: WireWriter,
  destination: DestinationRecord,
  aligns: boolean,
): void {
  writer.genericHeader(IPVS_CMD.NEW_DEST, IPVS_GENL_VERSION)
  const nest = writer.beginNest(COMMAND.fields.destination.type)
  const at = writer.payload(fields.address.type, 16)
  writeInetAddress(writer.view, at, destination.address)
  writer.u16be(fields.port, destination.port)
  writer.u32(fields.forwarding, destination.forwarding)
  writer.i32(fields.weight, destination.weight)
  writer.u8(fields.tunnelType, destination.tunnelType)
  writer.u16be(fields.tunnelPort, destination.tunnelPort)
  writer.u16(fields.tunnelFlags, destination.tunnelFlags)
  writer.u32(fields.upperThreshold, destination.upperThreshold)
  writer.u32(fields.lowerThreshold, destination.lowerThreshold)
  writer.u32(fields.activeConnections, destination.activeConnections)
  writer.u32(fields.inactiveConnections, destination.inactiveConnections)
  writer.u32(fields.persistentConnections, destination.persistentConnections)
  writer.u16(fields.family, destination.family)
  const types = [fields.statistics.type, fields.statistics64.type] as const
  writeCounters(writer, types, destination.counters, aligns)
  writer.endNest(nest)
}
