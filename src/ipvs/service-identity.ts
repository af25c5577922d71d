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

const NOTHING = new Uint8Array(0)

/**
 * Checks which service is meant and writes the SERVICE attribute that says so, and `tail` behind it: as it is, or as the
 * caller filled it in the last time. Throws what {@link checkServiceKey} throws; nothing was written then.
 */
export function writeServiceIdentity(
  writer: WireWriter,
  reference: ServiceReference,
  tail: Uint8Array = NOTHING,
): KnownServiceKey {
  const key = checkedKey(reference)
  if (key === written && tail === writtenTail && passage.repeat(writer)) return key
  const start = writer.beginNest(COMMAND.fields.service.type)
  writeServiceKey(writer, key)
  writer.endNest(start)
  writer.append(tail)
  written = key
  writtenTail = tail
  passage.note(writer, start)
  return key
}

/** What stands in the passage. */
let written: KnownServiceKey | undefined
let writtenTail: Uint8Array = NOTHING
const passage = new Passage()

/** The same as {@link checkServiceKey}; commands that follow one another are mostly about one service. */
export function checkedKey(reference: ServiceReference): KnownServiceKey {
  if (!last.isOf(reference)) last.take(reference, checkServiceKey(reference))
  return last.key
}

/** A reference as it was given, since the caller may change its object, and what it was checked to mean. */
class Checked {
  key: KnownServiceKey = { fwmark: 0, family: 'ipv4' }
  /** `null` before there is any. */
  #text: string | undefined | null = null
  #protocol: Protocol | number | undefined
  #address: string | undefined
  #port: number | undefined
  #fwmark: number | undefined
  #family: Family | undefined

  take(reference: ServiceReference, key: KnownServiceKey): void {
    this.key = key
    this.#text = typeof reference === 'string' ? reference : undefined
    const { protocol, address, port, fwmark, family } = typeof reference === 'string' ? key : reference
    this.#protocol = protocol
    this.#address = address
    this.#port = port
    this.#fwmark = fwmark
    this.#family = family
  }

  isOf(reference: ServiceReference): boolean {
    if (typeof reference === 'string') return reference === this.#text
    return (
      typeof reference === 'object' &&
      reference !== null &&
      reference.address === this.#address &&
      reference.port === this.#port &&
      reference.protocol === this.#protocol &&
      reference.fwmark === this.#fwmark &&
      reference.family === this.#family &&
      this.#text === undefined
    )
  }
}

const last = new Checked()
