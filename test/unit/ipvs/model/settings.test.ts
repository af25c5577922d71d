import { describe, expect, it } from 'vitest'
import { readInfo, readTimeouts, type Timeouts, writeTimeouts } from '../../../../src/ipvs/model/settings.ts'
import { COMMAND, INFO } from '../../../../src/ipvs/protocol/attributes.ts'
import { writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { refusal, written } from '../../../support/ipvs/encoding.ts'

const write = (timeouts: object) => written(COMMAND, (writer) => writeTimeouts(writer, timeouts))

describe('timeouts', () => {
  it('are read as they were written', () => {
    const timeouts = { tcp: 900, tcpFin: 120, udp: 300 }
    expect(readTimeouts(write(timeouts))).toEqual(timeouts)
  })

  it('omit settings that are not given, which the kernel then keeps', () => {
    const set = write({ tcpFin: 30, udp: undefined })
    const { tcpTimeout, tcpFinTimeout, udpTimeout } = COMMAND.fields
    expect([set.has(tcpTimeout), set.get(tcpFinTimeout), set.has(udpTimeout)]).toEqual([false, 30, false])
  })

  it('are 0 if the kernel was built without the protocol', () => {
    expect(readTimeouts(write({ tcp: 5 }))).toEqual({ tcp: 5, tcpFin: 0, udp: 0 })
  })

  it.each([1, 21_474_836])('may be %i seconds', (tcp) => expect(readTimeouts(write({ tcp })).tcp).toBe(tcp))

  it.each<[string, unknown, 'TypeError' | 'RangeError', string]>([
    ['0, which the kernel takes for "leave as it is"', { tcp: 0 }, 'RangeError', 'timeouts.tcp'],
    ['longer than any kernel counts', { udp: 21_474_837 }, 'RangeError', 'timeouts.udp'],
    ['in text', { tcpFin: '120' }, 'TypeError', 'timeouts.tcpFin'],
    ['null', { tcp: null }, 'TypeError', 'timeouts.tcp'],
    ['misspelled', { tcpfin: 120 }, 'TypeError', 'timeouts.tcpfin'],
  ])('cannot be %s', (_, timeouts, name, field) => {
    expect(() => write(timeouts as object)).toThrow(expect.objectContaining(refusal(name, field)))
  })

  it.each([[null], [undefined], [900], [[]]])('must be an object, not %j', (timeouts) => {
    expect(() => writeTimeouts(new WireWriter(), timeouts as unknown as Timeouts)).toThrow(
      expect.objectContaining(refusal('TypeError', 'timeouts')),
    )
  })
})

describe('information', () => {
  it('has the version as text', () => {
    const set = written(INFO, (writer) => {
      writeAttribute(writer, INFO.fields.version, 0xff01_0201)
      writeAttribute(writer, INFO.fields.connectionTableSize, 4096)
    })
    expect(readInfo(set)).toEqual({ version: '1.2.1', connectionTableSize: 4096 })
  })

  it('may lack a connection table (Linux 7.1), but not a version', () => {
    const version = written(INFO, (writer) => writeAttribute(writer, INFO.fields.version, 0xff_ff_ff))
    expect(readInfo(version)).toEqual({ version: '255.255.255', connectionTableSize: 0 })
    expect(() => readInfo(written(INFO, () => {}))).toThrow(
      expect.objectContaining({ code: 'ERR_LVS_MALFORMED' }),
    )
  })
})
