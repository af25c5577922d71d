import type { Family } from '../netlink/address.ts'
import type { WireWriter } from '../netlink/wire.ts'
import { COMMAND } from './attributes.ts'
import { checkServiceKey, type ServiceKey, type ServiceReference, writeServiceKey } from './service-key.ts'

/** A key with its family filled in. */
export type CheckedServiceKey = ServiceKey & { readonly family: Family }

/** A reference that was written, what it was checked to mean, and what was written. */
interface Written {
  readonly given: ServiceReference
  readonly key: CheckedServiceKey
  readonly bytes: Uint8Array
}

/** Commands that follow one another are mostly about one service, so that the last one is kept as it was written. */
let last: Written | undefined

/**
 * Checks which service is meant and writes the SERVICE attribute that says so. Throws what {@link checkServiceKey} throws;
 * nothing was written then.
 */
export function writeServiceIdentity(writer: WireWriter, reference: ServiceReference): CheckedServiceKey {
  if (last === undefined || !isSame(last.given, reference)) {
    const { key, start } = writeAnew(writer, reference)
    last = { given: snapshot(reference), key, bytes: writer.bytes.slice(start, writer.length) }
    return key
  }
  writer.append(last.bytes)
  return last.key
}

function writeAnew(writer: WireWriter, reference: ServiceReference) {
  const key = checkServiceKey(reference)
  const start = writer.beginNest(COMMAND.fields.service.type)
  writeServiceKey(writer, key)
  writer.endNest(start)
  return { key, start }
}

/** The caller may change its object. */
function snapshot(reference: ServiceReference): ServiceReference {
  if (typeof reference === 'string') return reference
  const { protocol, address, port, fwmark, family } = reference
  return { protocol, address, port, fwmark, family } as ServiceKey
}

function isSame(one: ServiceReference, other: ServiceReference): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  return (
    one.address === other?.address &&
    one.port === other?.port &&
    one.protocol === other?.protocol &&
    one.fwmark === other?.fwmark &&
    one.family === other?.family
  )
}
