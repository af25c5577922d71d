import { familyOf, parseIPv4, writeAddress } from '../netlink/address.ts'
import { checkPort } from '../netlink/check.ts'
import { Passage } from '../netlink/passage.ts'
import type { WireWriter } from '../netlink/wire.ts'
import { checkWeight, type DestinationInput } from './destination.ts'
import { DESTINATION_BLOCK } from './destination-message.ts'
import type { KnownServiceKey } from './service-key.ts'

/** Service and destination of a command, as they were written, and what they say. */
const passage = new Passage()
let noted: { readonly service: KnownServiceKey; readonly port: number } & DestinationInput = {
  service: { fwmark: 0, family: 'ipv4' },
  address: '',
  port: 0,
  forwarding: 'dr',
}

/**
 * Notes a whole destination that was checked and written with its service, from `start` on. One that has something behind the
 * block is none to be repeated.
 */
export function noteDestination(
  writer: WireWriter,
  start: number,
  service: KnownServiceKey,
  {
    address,
    port = service.port ?? 0,
    forwarding,
    weight,
    upperThreshold,
    lowerThreshold,
    tunnel,
  }: DestinationInput,
): void {
  if ((tunnel !== undefined && tunnel !== null) || familyOf(address) !== service.family) return
  noted = { service, address, port, forwarding, weight, upperThreshold, lowerThreshold } as typeof noted
  passage.note(writer, start)
}

/**
 * Writes what was noted once more, for a destination that differs in its address, port and weight at most; these are checked.
 * False when it is another one, which then has to be looked at as a whole. Commands that follow one another mostly are
 * about one service and say the same of its destinations: so it takes half the time, and before V8 has optimized the code a third.
 */
export function repeatDestination(
  writer: WireWriter,
  service: KnownServiceKey,
  destination: DestinationInput,
): boolean {
  const {
    address,
    port = service.port ?? 0,
    family,
    forwarding,
    weight,
    upperThreshold,
    lowerThreshold,
    tunnel,
  } = destination
  if (
    service !== noted.service ||
    forwarding !== noted.forwarding ||
    upperThreshold !== noted.upperThreshold ||
    lowerThreshold !== noted.lowerThreshold ||
    (tunnel !== undefined && tunnel !== null) ||
    (family !== undefined && family !== service.family) ||
    typeof address !== 'string'
  ) {
    return false
  }
  const number = service.family === 'ipv4' ? parseIPv4(address) : undefined
  if (number === undefined && familyOf(address) !== service.family) return false
  if (!writer.repeat(passage)) return false
  const start = writer.length - DESTINATION_BLOCK.bytes.length
  const { at } = DESTINATION_BLOCK
  const { view } = writer
  // Behind an IPv4 address there is nothing but zeros, as in the one that was noted.
  if (number === undefined) writeAddress(view, start + at.address, address, service.family)
  else view.setInt32(start + at.address, number)
  if (port !== noted.port) view.setUint16(start + at.port, checkPort('destination.port', port))
  if (weight !== noted.weight)
    writer.words[(start + at.weight) >> 2] = checkWeight(weight === undefined ? 1 : weight)
  return true
}
