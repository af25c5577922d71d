import type { WireWriter } from '../netlink/wire.ts'
import { COMMAND } from './attributes.ts'
import {
  checkServiceKey,
  type KnownServiceKey,
  type ServiceKey,
  type ServiceReference,
  writeServiceKey,
} from './service-key.ts'

/** A reference that was written, what it was checked to mean, and what was written behind it. */
interface Written {
  readonly given: ServiceReference
  readonly key: KnownServiceKey
  readonly tail: Uint8Array
}

const NOTHING = new Uint8Array(0)

/** Commands that follow one another are mostly about one service, so that the last one is kept as it was written. */
let last: Written | undefined
/** How it was written. The memory is used again and again: to get new memory takes longer than to write anew. */
const memory = new Uint8Array(512)
let bytes = memory.subarray(0, 0)

/**
 * Checks which service is meant and writes the SERVICE attribute that says so, and `tail` behind it. Throws what
 * {@link checkServiceKey} throws; nothing was written then.
 */
export function writeServiceIdentity(
  writer: WireWriter,
  reference: ServiceReference,
  tail: Uint8Array = NOTHING,
): KnownServiceKey {
  if (last === undefined || last.tail !== tail || !isSame(last.given, reference)) {
    const { key, start } = writeAnew(writer, reference)
    writer.append(tail)
    last = { given: snapshot(reference), key, tail }
    keep(writer, start)
    return key
  }
  writer.append(bytes)
  return last.key
}

function writeAnew(writer: WireWriter, reference: ServiceReference) {
  const key = checkServiceKey(reference)
  const start = writer.beginNest(COMMAND.fields.service.type)
  writeServiceKey(writer, key)
  writer.endNest(start)
  return { key, start }
}

/** Keeps what stands in the writer from `start` on. */
function keep(writer: WireWriter, start: number): void {
  const length = writer.length - start
  if (bytes.length !== length) bytes = memory.subarray(0, length)
  bytes.set(writer.bytes.subarray(start, writer.length))
}

/** The caller may change its object. */
function snapshot(reference: ServiceReference): ServiceReference {
  if (typeof reference === 'string') return reference
  const { protocol, address, port, fwmark, family } = reference
  return { protocol, address, port, fwmark, family } as ServiceKey
}

function isSame(one: ServiceReference, other: ServiceReference): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || other === null) return one === other
  return (
    one.address === other.address &&
    one.port === other.port &&
    one.protocol === other.protocol &&
    one.fwmark === other.fwmark &&
    one.family === other.family
  )
}
