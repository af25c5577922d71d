import type { Family } from '../netlink/address.ts'
import { Passage } from '../netlink/passage.ts'
import type { WireWriter } from '../netlink/wire.ts'
import { COMMAND } from './attributes.ts'
import {
  checkServiceKey,
  type KnownServiceKey,
  type Protocol,
  type ServiceReference,
  writeServiceKey,
} from './service-key.ts'

/**
 * Checks which service is meant and writes the SERVICE attribute that says so. Throws what {@link checkServiceKey} throws;
 * nothing was written then.
 */
export function writeServiceIdentity(writer: WireWriter, reference: ServiceReference): void {
  writeCheckedIdentity(writer, checkedKey(reference))
}

/** The same for a key that {@link checkedKey} gave. */
export function writeCheckedIdentity(writer: WireWriter, key: KnownServiceKey): void {
  if (key === written && passage.repeat(writer)) return
  const start = writer.beginNest(COMMAND.fields.service.type)
  writeServiceKey(writer, key)
  writer.endNest(start)
  written = key
  passage.note(writer, start)
}

/** What stands in the passage. */
let written: KnownServiceKey | undefined
const passage = new Passage()

/** The same as {@link checkServiceKey}; commands that follow one another are mostly about one service. */
export function checkedKey(reference: ServiceReference): KnownServiceKey {
  const { text, protocol, address, port, fwmark, family } = last
  if (typeof reference === 'string') {
    if (reference === text) return last.key
  } else if (
    text === undefined &&
    typeof reference === 'object' &&
    reference !== null &&
    reference.address === address &&
    reference.port === port &&
    reference.protocol === protocol &&
    reference.fwmark === fwmark &&
    reference.family === family
  ) {
    return last.key
  }
  const key = checkServiceKey(reference)
  last = remembered(reference, key)
  return key
}

/** A reference as it was given, since the caller may change its object, and what it was checked to mean. */
interface Remembered {
  readonly key: KnownServiceKey
  /** `null` before there is any. */
  readonly text: string | undefined | null
  readonly protocol: Protocol | number | undefined
  readonly address: string | undefined
  readonly port: number | undefined
  readonly fwmark: number | undefined
  readonly family: Family | undefined
}

function remembered(reference: ServiceReference, key: KnownServiceKey): Remembered {
  if (typeof reference === 'string') return { ...NONE, key, text: reference }
  const { protocol, address, port, fwmark, family } = reference
  return { key, text: undefined, protocol, address, port, fwmark, family }
}

const NONE: Remembered = {
  ...{ key: { fwmark: 0, family: 'ipv4' }, text: null },
  ...{ protocol: undefined, address: undefined, port: undefined, fwmark: undefined, family: undefined },
}
let last = NONE
