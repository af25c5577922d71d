import { checkPort } from '../../netlink/arguments/check.ts'
import { familyOf, parseIPv4, writeAddress } from '../../netlink/wire/address.ts'
import { EncodedSpan } from '../../netlink/wire/encoded-span.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { checkWeight, type DestinationInput, type Forwarding } from './destination.ts'
import { DESTINATION_BLOCK } from './destination-message.ts'
import { writeResolvedIdentity } from './service-identity.ts'
import type { ResolvedServiceKey } from './service-key.ts'

/** The service and the destination of a command, as they were written, and the destination alone. */
const passage = new EncodedSpan()
const tail = new EncodedSpan()

/** What the passage says. */
const lastDestination: {
  service: ResolvedServiceKey
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
export function recordDestination(
  writer: WireWriter,
  start: number,
  middle: number,
  service: ResolvedServiceKey,
  destination: DestinationInput,
): void {
  const { address, port = service.port ?? 0, tunnel } = destination
  if ((tunnel !== undefined && tunnel !== null) || familyOf(address) !== service.family) return
  lastDestination.service = service
  lastDestination.port = port
  lastDestination.forwarding = destination.forwarding
  lastDestination.weight = destination.weight
  lastDestination.upperThreshold = destination.upperThreshold
  lastDestination.lowerThreshold = destination.lowerThreshold
  passage.record(writer, start)
  tail.record(writer, middle)
}

/**
 * Writes what was noted once more, for a destination that differs in its address, port and weight at most; these are checked.
 * False when it is another one, which then has to be looked at as a whole. Commands that follow one another mostly are
 * about one service and say the same of its destinations: so it takes half the time, and before V8 has optimized the code a third.
 */
export function copyDestination(
  writer: WireWriter,
  service: ResolvedServiceKey,
  destination: DestinationInput,
): boolean {
  const { address, port = service.port ?? 0, family, weight, tunnel } = destination
  if (
    service.family !== lastDestination.service.family ||
    destination.forwarding !== lastDestination.forwarding ||
    destination.upperThreshold !== lastDestination.upperThreshold ||
    destination.lowerThreshold !== lastDestination.lowerThreshold ||
    (tunnel !== undefined && tunnel !== null) ||
    (family !== undefined && family !== service.family) ||
    typeof address !== 'string'
  ) {
    return false
  }
  const number = service.family === 'ipv4' ? parseIPv4(address) : undefined
  if (number === undefined && familyOf(address) !== service.family) return false
  const isNoted = service === lastDestination.service
  if (isNoted ? !writer.copySpan(passage) : !copyForService(writer, service)) return false
  const start = writer.length - DESTINATION_BLOCK.bytes.length
  const { at } = DESTINATION_BLOCK
  const { view } = writer
  // Behind an IPv4 address there is nothing but zeros, as in the one that was noted.
  if (number === undefined) writeAddress(view, start + at.address, address, service.family)
  else view.setInt32(start + at.address, number)
  if (port !== lastDestination.port) view.setUint16(start + at.port, checkPort('destination.port', port))
  if (weight !== lastDestination.weight) {
    writer.words[(start + at.weight) >> 2] = checkWeight(weight === undefined ? 1 : weight)
  }
  if (!isNoted) {
    lastDestination.service = service
    lastDestination.port = port
    lastDestination.weight = weight
  }
  return true
}

/** The same destination for another service; what it writes is the passage from now on. */
function copyForService(writer: WireWriter, service: ResolvedServiceKey): boolean {
  if (!tail.isIn(writer)) return false
  const start = writer.length
  writeResolvedIdentity(writer, service)
  const middle = writer.length
  writer.copySpan(tail)
  passage.record(writer, start)
  tail.record(writer, middle)
  return true
}
