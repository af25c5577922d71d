import { checkPort } from '../../netlink/arguments/check.ts'
import { type Family, familyOf, parseIPv4, writeAddress } from '../../netlink/wire/address.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import type { DestinationInput } from './destination.ts'
import { checkWeight, writeDestinationAttribute } from './destination-message.ts'
import {
  checkServiceKey,
  type ResolvedServiceKey,
  type ServiceKey,
  type ServiceReference,
  writeServiceReference,
} from './service-key.ts'

/** Offsets of payloads in a DESTINATION attribute: its header, then the attributes in the order of {@link writeDestination}. */
const ADDRESS_AT = 8
const PORT_AT = 28
const WEIGHT_AT = 44
/** Its length without a family, and without a tunnel. */
const TEMPLATE_BYTES = 64

/**
 * Writes the same bytes as `encodeDestination` of destination-message.ts, faster: consecutive commands of a client usually concern
 * one service, and their destinations usually differ in address, port and weight only. It keeps a copy of the previous bytes and
 * replaces these. It belongs to one client. `docs/design/performance.md` lists what it saves.
 */
export class DestinationEncoder {
  readonly #service = new ServiceTemplate()
  #template: Uint8Array | undefined
  #family: Family = 'ipv4'
  #forwarding: unknown
  #upperThreshold: unknown
  #lowerThreshold: unknown

  /** `destination` is a copy of the caller's object, whose field names have been checked. */
  encode(writer: WireWriter, reference: ServiceReference, destination: DestinationInput): void {
    const service = this.#service.write(writer, reference)
    if (this.#repeat(writer, service, destination)) return
    const start = writer.length
    writeDestinationAttribute(writer, service, destination)
    this.#keep(writer, start, service, destination)
  }

  #repeat(writer: WireWriter, service: ResolvedServiceKey, destination: DestinationInput): boolean {
    const { address, port = service.port ?? 0, family, weight = 1, tunnel } = destination
    if (
      this.#template === undefined ||
      service.family !== this.#family ||
      destination.forwarding !== this.#forwarding ||
      destination.upperThreshold !== this.#upperThreshold ||
      destination.lowerThreshold !== this.#lowerThreshold ||
      (tunnel !== undefined && tunnel !== null) ||
      (family !== undefined && family !== service.family) ||
      typeof address !== 'string'
    ) {
      return false
    }
    const number = service.family === 'ipv4' ? parseIPv4(address) : undefined
    if (number === undefined && familyOf(address) !== service.family) return false
    checkPort('destination.port', port)
    checkWeight(weight)
    const at = writer.append(this.#template)
    if (number === undefined) writeAddress(writer.view, at + ADDRESS_AT, address, service.family)
    else writer.view.setInt32(at + ADDRESS_AT, number)
    writer.view.setUint16(at + PORT_AT, port)
    writer.words[(at + WEIGHT_AT) >> 2] = weight
    return true
  }

  #keep(writer: WireWriter, start: number, service: ResolvedServiceKey, destination: DestinationInput): void {
    const isFixed = writer.length - start === TEMPLATE_BYTES
    this.#template = isFixed ? writer.bytes.slice(start, writer.length) : undefined
    this.#family = service.family
    this.#forwarding = destination.forwarding
    this.#upperThreshold = destination.upperThreshold
    this.#lowerThreshold = destination.lowerThreshold
  }
}

/** The SERVICE attribute of the previous command, and the values from which it was written. */
class ServiceTemplate {
  #reference: string | ServiceKey | undefined
  #key: ResolvedServiceKey | undefined
  #bytes: Uint8Array = new Uint8Array(0)

  write(writer: WireWriter, reference: ServiceReference): ResolvedServiceKey {
    const copy = typeof reference === 'object' && reference !== null ? copyKey(reference) : reference
    if (this.#key !== undefined && isSameReference(copy, this.#reference)) {
      writer.append(this.#bytes)
      return this.#key
    }
    const key = checkServiceKey(copy)
    const start = writer.length
    writeServiceReference(writer, key)
    this.#bytes = writer.bytes.slice(start, writer.length)
    this.#reference = copy
    this.#key = key
    return key
  }
}

/** Reads each field of the caller's object once. */
function copyKey({ protocol, address, port, fwmark, family }: ServiceKey): ServiceKey {
  return { protocol, address, port, fwmark, family } as ServiceKey
}

function isSameReference(one: ServiceReference, other: ServiceReference | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null) return one === other
  return (
    one.address === other.address &&
    one.port === other.port &&
    one.protocol === other.protocol &&
    one.fwmark === other.fwmark &&
    one.family === other.family
  )
}
