import type { Family } from '../../netlink/wire/address.ts'
import { EncodedSpan } from '../../netlink/wire/encoded-span.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { COMMAND } from '../protocol/attributes.ts'
import {
  checkServiceKey,
  type Protocol,
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
  if (key === written && writer.copySpan(passage)) return
  const start = writer.beginNest(COMMAND.fields.service.type)
  writeServiceKey(writer, key)
  writer.endNest(start)
  written = key
  passage.record(writer, start)
}

/** What stands in the passage. */
let written: ResolvedServiceKey | undefined
const passage = new EncodedSpan()

/** The same as {@link checkServiceKey}; commands that follow one another are mostly about one service. */
export function checkServiceKeyCached(reference: ServiceReference): ResolvedServiceKey {
  if (typeof reference === 'string') {
    if (reference === last.text) return last.key
  } else if (
    last.text === undefined &&
    typeof reference === 'object' &&
    reference !== null &&
    reference.address === last.address &&
    reference.port === last.port &&
    reference.protocol === last.protocol &&
    reference.fwmark === last.fwmark &&
    reference.family === last.family
  ) {
    return last.key
  }
  const key = checkServiceKey(reference)
  remember(reference, key)
  return key
}

/** The last reference as it was given, since the caller may change its object, and what it was checked to mean. */
const last: {
  key: ResolvedServiceKey
  /** `null` before there is any, `undefined` when it was an object. */
  text: string | undefined | null
  protocol: Protocol | number | undefined
  address: string | undefined
  port: number | undefined
  fwmark: number | undefined
  family: Family | undefined
} = {
  ...{ key: { fwmark: 0, family: 'ipv4' }, text: null, protocol: undefined, address: undefined },
  ...{ port: undefined, fwmark: undefined, family: undefined },
}

function remember(reference: ServiceReference, key: ResolvedServiceKey): void {
  const isText = typeof reference === 'string'
  const { protocol, address, port, fwmark, family } = isText ? key : reference
  last.key = key
  last.text = isText ? reference : undefined
  last.protocol = protocol
  last.address = address
  last.port = port
  last.fwmark = fwmark
  last.family = family
}
