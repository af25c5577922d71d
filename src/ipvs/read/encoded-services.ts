import { AttributeSet } from '../../netlink/wire/attributes.ts'
import { readService, type ServiceHeader } from '../model/service.ts'
import { formatService } from '../model/service-key.ts'
import { COMMAND, SERVICE } from '../protocol/attributes.ts'

const command = new AttributeSet(COMMAND)
const service = new AttributeSet(SERVICE)

/** Reads a service out of an answer to IPVS_CMD_GET_SERVICE. */
export function decodeService(view: DataView, start: number, end: number): ServiceHeader {
  command.readStrictly(view, start, end)
  return readService(command.requireNest(COMMAND.fields.service, service))
}

/** The services of a table, in the order in which each came first. */
export class EncodedServices {
  /** Whether any came twice; of these the last counts, in the place of the first. */
  hasDuplicates = false
  readonly #headers = new Map<string, ServiceHeader>()
  #iterator: Iterator<ServiceHeader> | undefined

  /** Takes in an answer to IPVS_CMD_GET_SERVICE. */
  add(view: DataView, start: number, end: number): void {
    this.#add(decodeService(view, start, end))
  }

  /** Takes in what another one holds. */
  addAll(other: EncodedServices): void {
    for (const header of other.#headers.values()) this.#add(header)
  }

  /** Gives the next services, in the order in which they came; none when there are no more. */
  take(count: number): ServiceHeader[] {
    this.#iterator ??= this.#headers.values()
    const headers: ServiceHeader[] = []
    while (headers.length < count) {
      const next = this.#iterator.next()
      if (next.done === true) break
      headers.push(next.value)
    }
    return headers
  }

  #add(header: ServiceHeader): void {
    const key = `${header.family} ${formatService(header)}`
    if (this.#headers.has(key)) this.hasDuplicates = true
    this.#headers.set(key, header)
  }
}
