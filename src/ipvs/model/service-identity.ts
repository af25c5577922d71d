import type { WireWriter } from '../../netlink/wire/wire.ts'
import { COMMAND } from '../protocol/attributes.ts'
import {
  checkServiceKey,
  type ResolvedServiceKey,
  type ServiceReference,
  writeServiceKey,
} from './service-key.ts'

/**
 * Checks which service is meant and writes the SERVICE attribute that says so. Throws what {@link checkServiceKey} throws;
 * nothing was written then.
 */
export function writeServiceIdentity(writer: WireWriter, reference: ServiceReference): void {
  writeResolvedIdentity(writer, checkServiceKeyCached(reference))
}

/** The same for a key that {@link checkServiceKeyCached} gave. */
export function writeResolvedIdentity(writer: WireWriter, key: ResolvedServiceKey): void {
  const start = writer.beginNest(COMMAND.fields.service.type)
  writeServiceKey(writer, key)
  writer.endNest(start)
}

/** The same as {@link checkServiceKey}. */
export function checkServiceKeyCached(reference: ServiceReference): ResolvedServiceKey {
  return checkServiceKey(reference)
}
