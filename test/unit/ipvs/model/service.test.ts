import { describe, expect, it } from 'vitest'
import {
  readService,
  type ServiceSettings,
  type ServiceState,
  writeService,
} from '../../../../src/ipvs/model/service.ts'
import { isCompleteService, mergeService } from '../../../../src/ipvs/model/service-changes.ts'
import { copyService } from '../../../../src/ipvs/model/service-fields.ts'
import { writeServiceKey } from '../../../../src/ipvs/model/service-key.ts'
import { SERVICE } from '../../../../src/ipvs/protocol/attributes.ts'
import { IP_VS_SVC_F_HASHED } from '../../../../src/ipvs/protocol/uapi.ts'
import { AttributeSet, writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { NO_TRAFFIC, refusal, serviceWritten, written } from '../../../support/ipvs/encoding.ts'

const KEY = { protocol: 'tcp', address: '192.0.2.1', port: 80, family: 'ipv4' } as const
const KEY6 = { protocol: 'udp', address: '2001:db8::1', port: 53, family: 'ipv6' } as const
const { fields } = SERVICE

const write = (settings: ServiceSettings, key: typeof KEY | typeof KEY6 = KEY) =>
  serviceWritten((writer) => writeService(writer, key, settings))
const thrown = (settings: unknown) => () => write(settings as ServiceSettings)

/** The two words of the FLAGS attribute: the flags and the mask of the valid ones. */
function flagsOf(settings: ServiceSettings): [flags: number, mask: number] {
  const bytes = written(SERVICE, (writer) => writeService(writer, KEY, settings)).require(fields.flags)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return [view.getUint32(0, LITTLE_ENDIAN), view.getUint32(4, LITTLE_ENDIAN)]
}

describe('a service', () => {
  it('has the defaults of ipvsadm', () => {
    expect(write({})).toEqual({
      ...KEY,
      scheduler: 'wlc',
      schedulerFlags: [],
      onePacket: false,
      persistence: null,
      persistenceEngine: null,
      statistics: NO_TRAFFIC,
    })
  })

  it('is read as it was written', () => {
    const settings = {
      scheduler: 'sh',
      schedulerFlags: ['sh-port'],
      onePacket: true,
      persistence: { timeout: 3600, mask: 64 },
      persistenceEngine: 'sip',
    } as const
    expect(write(settings, KEY6)).toEqual({ ...KEY6, ...settings, statistics: NO_TRAFFIC })
  })

  it('always has a netmask, which the kernel requires for IPv6 even without persistence', () => {
    const netmask = (key: typeof KEY | typeof KEY6) =>
      written(SERVICE, (writer) => writeService(writer, key, {})).require(fields.netmask)
    expect([...netmask(KEY)]).toEqual([255, 255, 255, 255])
    expect([...netmask(KEY6)]).toEqual([...new Uint8Array(Uint32Array.of(128).buffer)])
  })

  it.each<[string, unknown, 'TypeError' | 'RangeError', string]>([
    ['a scheduler of null', { scheduler: null }, 'TypeError', 'scheduler'],
    ['a scheduler with a space', { scheduler: 'w rr' }, 'TypeError', 'scheduler'],
    ['a scheduler of 16 characters', { scheduler: 'x'.repeat(16) }, 'RangeError', 'scheduler'],
    [
      'flags of another scheduler',
      { scheduler: 'rr', schedulerFlags: ['sh-port'] },
      'TypeError',
      'schedulerFlags',
    ],
    [
      'flags that are no array',
      { scheduler: 'sh', schedulerFlags: 'sh-port' },
      'TypeError',
      'schedulerFlags',
    ],
    ['onePacket in text', { onePacket: 'yes' }, 'TypeError', 'onePacket'],
    ['onePacket of null', { onePacket: null }, 'TypeError', 'onePacket'],
    ['persistence that is true', { persistence: true }, 'TypeError', 'persistence'],
    [
      'persistence beyond 32 bits of ticks',
      { persistence: { timeout: 2 ** 32 } },
      'RangeError',
      'persistence.timeout',
    ],
    ['a mask of 33 bits', { persistence: { mask: 33 } }, 'RangeError', 'persistence.mask'],
    ['an empty persistence engine', { persistenceEngine: '' }, 'TypeError', 'persistenceEngine'],
    [
      'a persistence engine of 17 characters',
      { persistenceEngine: 'x'.repeat(17) },
      'RangeError',
      'persistenceEngine',
    ],
  ])('cannot have %s', (_, settings, name, field) => {
    expect(thrown(settings)).toThrow(expect.objectContaining(refusal(name, field)))
  })

  it('may have names of the maximum length in the kernel', () => {
    const names = { scheduler: 'x'.repeat(15), persistenceEngine: 'y'.repeat(16) }
    expect(write(names)).toMatchObject(names)
  })
})

describe('the flags of a service', () => {
  it.each<[ServiceSettings, number]>([
    [{}, 0],
    [{ persistence: {} }, 0x01],
    [{ onePacket: true }, 0x04],
    [{ scheduler: 'sh', schedulerFlags: ['sh-fallback'] }, 0x08],
    [{ scheduler: 'mh', schedulerFlags: ['mh-port'] }, 0x10],
    [{ scheduler: 'rr', schedulerFlags: ['flag-3'] }, 0x20],
  ])('of %o are %i', (settings, flags) => {
    expect(flagsOf(settings)[0]).toBe(flags)
  })

  it('are sent with a mask of the named flags, so that others keep their values', () => {
    expect(flagsOf({})[1]).toBe(0x3d)
  })

  it('are read without the internal flag IP_VS_SVC_F_HASHED and without unknown bits', () => {
    const writer = new WireWriter()
    writeServiceKey(writer, KEY)
    writeAttribute(writer, fields.scheduler, 'rr')
    writeAttribute(
      writer,
      fields.flags,
      new Uint8Array(Uint32Array.of(0xffff_ffc0 | IP_VS_SVC_F_HASHED, 0xffff_ffff).buffer),
    )
    const service = readService(new AttributeSet(SERVICE).readStrictly(writer.view, 0, writer.length))
    expect(service).toMatchObject({ schedulerFlags: [], onePacket: false, persistence: null })
  })
})

describe('the fields of a service', () => {
  const service = {
    ...{ protocol: 'tcp', address: '192.0.2.1', port: 80, family: 'ipv4', scheduler: 'sh' },
    ...{
      schedulerFlags: ['sh-port'],
      onePacket: false,
      persistence: { timeout: 5 },
      persistenceEngine: null,
    },
  } as const

  it('may be those of a service that was read', () => {
    const read = { ...write({}), destinations: [] }
    const { statistics: _, destinations: __, ...rest } = read
    expect(copyService(read)).toMatchObject(rest)
  })

  it('are found in any order and in any kind of object', () => {
    class Own {
      get scheduler() {
        return 'sh'
      }
    }
    const inherited = Object.create(service) as typeof service
    const reversed = Object.fromEntries(Object.entries(service).toReversed())
    const bare = Object.assign(Object.create(null), service) as typeof service
    for (const given of [service, reversed, inherited, bare]) {
      const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine, address } = copyService(
        given as ServiceSettings,
      ) as typeof service
      expect({
        ...service,
        scheduler,
        schedulerFlags,
        onePacket,
        persistence,
        persistenceEngine,
        address,
      }).toEqual(service)
    }
    expect(copyService(new Own()).scheduler).toBe('sh')
  })

  it('are undefined if they are omitted', () => {
    expect(copyService({}).scheduler).toBeUndefined()
    expect(copyService({ scheduler: undefined }).scheduler).toBeUndefined()
  })

  it.each(['schedular', 'Scheduler', 'weight'])('are not %s; the error lists them', (name) => {
    for (const given of [{ [name]: 'wrr' }, Object.assign(Object.create(null), { [name]: 'wrr' })]) {
      const read = () => copyService(given as object)
      expect(read).toThrow(expect.objectContaining(refusal('TypeError', `service.${name}`)))
      expect(read).toThrow(/scheduler, schedulerFlags, onePacket, persistence, persistenceEngine/)
    }
  })

  it.each([[null], [undefined], [5], ['rr'], [[]]])('do not exist in %j', (value) => {
    expect(() => copyService(value as unknown as object)).toThrow(
      expect.objectContaining({ name: 'TypeError', field: 'service' }),
    )
  })
})

describe('changing a service', () => {
  const current: ServiceState = {
    ...write({
      scheduler: 'sh',
      schedulerFlags: ['sh-port'],
      onePacket: true,
      persistence: { timeout: 100, mask: '255.255.255.0' },
      persistenceEngine: 'sip',
    }),
    family: 'ipv4',
  }
  const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine } = current
  const whole = { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine }

  it('keeps omitted settings', () => {
    expect(mergeService(current, {})).toEqual(whole)
    expect(mergeService(current, { scheduler: undefined, persistence: undefined })).toEqual(whole)
  })

  it('changes only the given settings', () => {
    expect(mergeService(current, { onePacket: false })).toEqual({ ...whole, onePacket: false })
    expect(mergeService(current, { schedulerFlags: [] })).toEqual({ ...whole, schedulerFlags: [] })
    expect(mergeService(current, { persistence: { timeout: 5 } })).toEqual({
      ...whole,
      persistence: { timeout: 5, mask: '255.255.255.0' },
    })
  })

  it('removes settings that are null', () => {
    expect(mergeService(current, { persistence: null, persistenceEngine: null })).toEqual({
      ...whole,
      persistence: null,
      persistenceEngine: null,
    })
  })

  it('drops the flags together with the old scheduler', () => {
    expect(mergeService(current, { scheduler: 'rr' })).toMatchObject({ scheduler: 'rr', schedulerFlags: [] })
    expect(mergeService(current, { scheduler: 'sh' })).toMatchObject({ schedulerFlags: ['sh-port'] })
  })

  it('adds persistence to a service without it, with defaults for omitted settings', () => {
    expect(
      mergeService({ ...current, persistence: null }, { persistence: { timeout: 5 } }).persistence,
    ).toEqual({ timeout: 5 })
  })

  it.each([
    ['a misspelled field', { persistence: { timout: 5 } }, 'persistence.timout'],
    ['true', { persistence: true }, 'persistence'],
  ])('does not treat %s as unchanged persistence', (_, changes, field) => {
    const merged = () => write(mergeService(current, changes as ServiceSettings))
    expect(merged).toThrow(expect.objectContaining(refusal('TypeError', field)))
  })
})

describe('complete settings, which need no read,', () => {
  const whole: ServiceSettings = {
    scheduler: 'rr',
    schedulerFlags: [],
    onePacket: false,
    persistence: { timeout: 300, mask: '255.255.255.255' },
    persistenceEngine: null,
  }

  it('contain every setting', () => {
    expect(isCompleteService(whole)).toBe(true)
    expect(isCompleteService({ ...whole, persistence: null })).toBe(true)
    expect(isCompleteService(write({}))).toBe(true)
  })

  it.each(Object.keys(whole))('lack nothing, not even %s', (name) => {
    expect(isCompleteService({ ...whole, [name]: undefined })).toBe(false)
  })

  it.each([{ timeout: 5 }, { mask: 24 }, {}])('have no incomplete persistence, such as %j', (persistence) => {
    expect(isCompleteService({ ...whole, persistence })).toBe(false)
  })
})
