import { parseIPv4 } from '../../netlink/wire/address.ts'
import { WireWriter } from '../../netlink/wire/wire.ts'
import { SCHEDULERS } from '../model/scheduler.ts'
import { writeService } from '../model/service.ts'
import type { ServiceFields } from '../model/service-fields.ts'
import { PROTOCOL_NUMBERS } from '../model/service-key.ts'
import { COMMAND, SERVICE } from '../protocol/attributes.ts'

/** The attributes of the usual service before and after the name of its scheduler, all values zero that differ between services. */
const [KEY, SETTINGS] = makeLayout()

/** Word in {@link KEY} at which each payload begins. */
const WORD = { protocol: 4, address: 6, port: 11 } as const

/**
 * Writes the SERVICE attribute of the usual service, faster than `writeService` of service.ts and with the same bytes: one with an
 * IPv4 address, a scheduler that the library names, and no further settings. Returns false, without having written anything, for
 * every other service and for invalid arguments. `docs/design/performance.md` lists what this saves.
 */
export function writeUsualService(writer: WireWriter, service: ServiceFields): boolean {
  const {
    address,
    port,
    fwmark,
    family,
    scheduler = 'wlc',
    onePacket,
    persistence,
    persistenceEngine,
  } = service
  const protocol = PROTOCOL_NUMBERS.get(service.protocol)
  const vip = typeof address === 'string' ? parseIPv4(address) : undefined
  if (
    protocol === undefined ||
    vip === undefined ||
    typeof port !== 'number' ||
    (port & 0xffff) !== port ||
    fwmark !== undefined ||
    (family !== undefined && family !== 'ipv4') ||
    !(SCHEDULERS as readonly string[]).includes(scheduler) ||
    service.schedulerFlags !== undefined ||
    (onePacket !== undefined && onePacket !== false) ||
    (persistence !== undefined && persistence !== null) ||
    (persistenceEngine !== undefined && persistenceEngine !== null)
  ) {
    return false
  }
  const at = writer.appendWords(KEY)
  writer.shorts[(at >> 1) + WORD.protocol * 2] = protocol
  writer.view.setInt32(at + WORD.address * 4, vip)
  writer.view.setUint16(at + WORD.port * 4, port)
  writer.text(SERVICE.fields.scheduler, scheduler)
  writer.appendWords(SETTINGS)
  writer.endNest(at)
  return true
}

function makeLayout(): readonly [key: Int32Array, settings: Int32Array] {
  const writer = new WireWriter(256)
  const nest = writer.beginNest(COMMAND.fields.service.type)
  writeService(writer, { protocol: 'tcp', address: '0.0.0.0', port: 0, family: 'ipv4' }, { scheduler: 'rr' })
  writer.endNest(nest)
  const keyWords = 12
  const schedulerWords = 2
  const words = writer.words.subarray(0, writer.length >> 2)
  return [words.slice(0, keyWords), words.slice(keyWords + schedulerWords)]
}
