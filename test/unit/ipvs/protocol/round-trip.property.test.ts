import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkDestinationKey,
  readDestination,
  writeDestination,
} from '../../../../src/ipvs/model/destination-message.ts'
import { readService, writeService } from '../../../../src/ipvs/model/service.ts'
import { checkServiceKey, type ServiceKey } from '../../../../src/ipvs/model/service-key.ts'
import { COMMAND, DESTINATION, SERVICE } from '../../../../src/ipvs/protocol/attributes.ts'
import type { Family } from '../../../../src/netlink/wire/address.ts'
import {
  AttributeSet,
  type AttributeTable,
  type Fields,
  type NestField,
} from '../../../../src/netlink/wire/attributes.ts'
import { describeAttributes } from '../../../../src/netlink/wire/describe.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { destination, family, serviceKey, serviceSettings } from '../../../support/ipvs/arbitraries.ts'
import { IDLE, NO_TRAFFIC } from '../../../support/ipvs/encoding.ts'

const writer = new WireWriter()
const command = new AttributeSet(COMMAND)

/** Writes a nest after other bytes and reads it strictly: no bytes may be left over. */
function throughTheWire<F extends Fields>(
  field: NestField<F>,
  table: AttributeTable<F>,
  write: () => void,
): AttributeSet<F> {
  writer.truncate(0)
  const message = writer.beginMessage(30, 1, 1)
  writer.genericHeader(1, 1)
  const nest = writer.beginNest(field.type)
  write()
  writer.endNest(nest)
  writer.endMessage(message)
  const view = new DataView(writer.bytes.buffer, 0, writer.length)
  const text = describeAttributes(view, 20, writer.length, COMMAND)
  expect(text).not.toMatch(/too short|left over/)
  return command.readStrictly(view, 20, writer.length).nest(field, new AttributeSet(table)) as AttributeSet<F>
}

/** Any service: its key and its settings. */
const service = family.chain((of) => fc.tuple(serviceKey(fc.constant(of)), serviceSettings(of)))

describe('a service', () => {
  it('is read as it was written (10,000 cases)', () => {
    fc.assert(
      fc.property(service, ([key, settings]) => {
        const set = throughTheWire(COMMAND.fields.service, SERVICE, () =>
          writeService(writer, checkServiceKey(key as ServiceKey) as never, settings),
        )
        expect(readService(set)).toEqual({ ...key, ...settings, statistics: NO_TRAFFIC })
      }),
      { numRuns: 10_000 },
    )
  }, 60_000)

  it('that was read can be written back to the same bytes (2,000 cases)', () => {
    fc.assert(
      fc.property(service, ([key, settings]) => {
        const write = (again: typeof settings) =>
          throughTheWire(COMMAND.fields.service, SERVICE, () =>
            writeService(writer, checkServiceKey(key as ServiceKey) as never, again),
          )
        const first = write(settings)
        const bytes = writer.bytes.slice(0, writer.length)
        write(readService(first) as unknown as typeof settings)
        expect(writer.bytes.slice(0, writer.length)).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  }, 60_000)
})

const destinationOf = family.chain((of) => fc.tuple(fc.constant<Family>(of), destination(of)))

describe('a destination', () => {
  it('is read as it was written (10,000 cases)', () => {
    fc.assert(
      fc.property(destinationOf, ([of, input]) => {
        const set = throughTheWire(COMMAND.fields.destination, DESTINATION, () =>
          writeDestination(writer, checkDestinationKey(input, 1), input, of),
        )
        expect(readDestination(set, of)).toEqual({ ...input, ...IDLE })
      }),
      { numRuns: 10_000 },
    )
  }, 60_000)

  it('that was read can be written back to the same bytes (2,000 cases)', () => {
    fc.assert(
      fc.property(destinationOf, ([of, input]) => {
        const write = (again: typeof input) =>
          throughTheWire(COMMAND.fields.destination, DESTINATION, () =>
            writeDestination(writer, checkDestinationKey(again, 1), again, of),
          )
        const first = write(input)
        const bytes = writer.bytes.slice(0, writer.length)
        write(readDestination(first, of) as unknown as typeof input)
        expect(writer.bytes.slice(0, writer.length)).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  }, 60_000)
})
