import { familyOf, parseIPv4, writeAddress } from '../../netlink/wire/address.ts'
import { checkPort } from '../../netlink/arguments/check.ts'
import { Passage } from '../../netlink/wire/encoded-span.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { checkWeight, type DestinationInput, type Forwarding } from './destination.ts'
import { DESTINATION_BLOCK } from './destination-message.ts'
import { writeCheckedIdentity } from './service-identity.ts'
import type { KnownServiceKey } from './service-key.ts'

/** The service and the destination of a command, as they were written, and the destination alone. */
const passage = new Passage()
const tail = new Passage()

/** What the passage says. */
const noted: {
  service: KnownServiceKey
  port: number
  forwarding: Forwarding['forwarding']
  weight: number | undefined
  upperThreshold: number | undefined
  lowerThreshold: number | undefined
} = {
  ...{ service: { fwmark: 0, family: 'ipv4' }, port: 0, forwarding: 'dr' },
  ...{ weight: undefined, upperThreshold: undefined, lowerThreshold: undefined },
}

/**
 * Notes a destination that was checked and written as a whole: its service begins at `start`, itself at `middle`. One with
 * something behind the block is none to be repeated.
 */
export function noteDestination(
  writer: WireWriter,
  start: number,
  middle: number,
  service: KnownServiceKey,
  destination: DestinationInput,
): void {
  const { address, port = service.port ?? 0, tunnel } = destination
  if ((tunnel !== undefined && tunnel !== null) || familyOf(address) !== service.family) return
  noted.service = service
  noted.port = port
  noted.forwarding = destination.forwarding
  noted.weight = destination.weight
  noted.upperThreshold = destination.upperThreshold
  noted.lowerThreshold = destination.lowerThreshold
  passage.note(writer, start)
  tail.note(writer, middle)
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
  const { address, port = service.port ?? 0, family, weight, tunnel } = destination
  if (
    service.family !== noted.service.family ||
    destination.forwarding !== noted.forwarding ||
    destination.upperThreshold !== noted.upperThreshold ||
    destination.lowerThreshold !== noted.lowerThreshold ||
    (tunnel !== undefined && tunnel !== null) ||
    (family !== undefined && family !== service.family) ||
    typeof address !== 'string'
  ) {
    return false
  }
  const number = service.family === 'ipv4' ? parseIPv4(address) : undefined
  if (number === undefined && familyOf(address) !== service.family) return false
  const isNoted = service === noted.service
  if (isNoted ? !writer.repeat(passage) : !repeatFor(writer, service)) return false
  const start = writer.length - DESTINATION_BLOCK.bytes.length
  const { at } = DESTINATION_BLOCK
  const { view } = writer
  // Behind an IPv4 address there is nothing but zeros, as in the one that was noted.
  if (number === undefined) writeAddress(view, start + at.address, address, service.family)
  else view.setInt32(start + at.address, number)
  if (port !== noted.port) view.setUint16(start + at.port, checkPort('destination.port', port))
  if (weight !== noted.weight) {
    writer.words[(start + at.weight) >> 2] = checkWeight(weight === undefined ? 1 : weight)
  }
  if (!isNoted) {
    noted.service = service
    noted.port = port
    noted.weight = weight
  }
  return true
}

/** The same destination for another service; what it writes is the passage from now on. */
function repeatFor(writer: WireWriter, service: KnownServiceKey): boolean {
  if (!tail.isIn(writer)) return false
  const start = writer.length
  writeCheckedIdentity(writer, service)
  const middle = writer.length
  writer.repeat(tail)
  passage.note(writer, start)
  tail.note(writer, middle)
  return true
}
