import { describe, expect, it } from 'vitest'
import type {
  Destination,
  DestinationChanges,
  DestinationInput,
  Ipvs,
  Service,
  ServiceSettings,
} from '../../../../src/index.ts'
import { readServiceFlags, setServiceFlags } from '../../../support/kernel/ipvs/raw-flags.ts'
import { makeNamespace } from '../../../support/kernel/namespace.ts'

const web = 'tcp://192.0.2.10:80'
const webKey = { protocol: 'tcp', address: '192.0.2.10', port: 80 } as const
const address = '192.0.2.20'

/** A change, and the fields that differ afterwards. */
type Row<Changes, Read> = readonly [changes: Changes, differs: Partial<Read>]

describe('updateService changes only the given fields', () => {
  /** A service without default values. */
  const FULL = {
    scheduler: 'sh',
    schedulerFlags: ['sh-port', 'flag-3'],
    onePacket: true,
    persistence: { timeout: 77, mask: '255.255.0.0' },
    persistenceEngine: 'sip',
  } as const
  const FIELDS: Readonly<Record<keyof Required<ServiceSettings>, readonly Row<ServiceSettings, Service>[]>> =
    {
      scheduler: [
        [{ scheduler: 'sh' }, {}],
        // The flags belong to the scheduler, and change with it.
        [{ scheduler: 'wrr' }, { scheduler: 'wrr', schedulerFlags: [] }],
        [{ scheduler: 'mh' }, { scheduler: 'mh', schedulerFlags: [] }],
        [
          { scheduler: 'mh', schedulerFlags: ['mh-fallback'] },
          { scheduler: 'mh', schedulerFlags: ['mh-fallback'] },
        ],
      ],
      schedulerFlags: [
        [{ schedulerFlags: ['sh-fallback'] }, { schedulerFlags: ['sh-fallback'] }],
        [{ schedulerFlags: [] }, { schedulerFlags: [] }],
      ],
      onePacket: [
        [{ onePacket: true }, {}],
        [{ onePacket: false }, { onePacket: false }],
      ],
      persistence: [
        [{ persistence: {} }, {}],
        [{ persistence: { timeout: 5 } }, { persistence: { timeout: 5, mask: '255.255.0.0' } }],
        [{ persistence: { mask: 24 } }, { persistence: { timeout: 77, mask: '255.255.255.0' } }],
        [{ persistence: null }, { persistence: null }],
      ],
      persistenceEngine: [
        [{ persistenceEngine: 'sip' }, {}],
        [{ persistenceEngine: null }, { persistenceEngine: null }],
      ],
    }

  it.each(Object.entries(FIELDS))('%s of a service with every setting', async (_, rows) => {
    const { ipvs } = await makeNamespace()
    for (const [changes, differs] of rows) {
      await ipvs.addService({ ...webKey, ...FULL })
      await ipvs.addDestination(web, { address, forwarding: 'dr', weight: 7 })
      const before = await ipvs.service(web)

      await ipvs.updateService(web, changes)

      expect(await ipvs.service(web)).toEqual({ ...before, ...differs })
      await ipvs.removeService(web)
    }
  })

  it.each<Row<ServiceSettings, Service>>([
    [{}, {}],
    [{ schedulerFlags: ['sh-port'] }, { schedulerFlags: ['sh-port'] }],
    [{ onePacket: true }, { onePacket: true }],
    [{ persistence: {} }, { persistence: { timeout: 360, mask: '255.255.255.255' } }],
    [{ persistence: { mask: 8 } }, { persistence: { timeout: 360, mask: '255.0.0.0' } }],
    [{ persistenceEngine: 'sip' }, { persistenceEngine: 'sip' }],
  ])('%j of a service without settings', async (changes, differs) => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService({ ...webKey, scheduler: 'sh' })
    const before = await ipvs.service(web)
    await ipvs.updateService(web, changes)
    expect(await ipvs.service(web)).toEqual({ ...before, ...differs })
  })

  it('this test covers every field', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService(webKey)
    const { destinations, statistics, family, protocol, address, port, ...settings } = await ipvs.service(web)
    expect(Object.keys(settings).sort()).toEqual(Object.keys(FIELDS).sort())
  })

  it('flag bits without a name keep their values, whichever way the service is set', async () => {
    const { ipvs, options } = await makeNamespace()
    const unknown = 0x4000_0040
    await ipvs.addService({ ...webKey, scheduler: 'rr' })
    await setServiceFlags(options, web, unknown)
    expect(await ipvs.service(web)).toMatchObject({ schedulerFlags: [], onePacket: false, persistence: null })

    await ipvs.updateService(web, { scheduler: 'wrr', onePacket: true })
    expect((await readServiceFlags(options, web)) & unknown).toBe(unknown)

    await ipvs.updateService(web, await ipvs.service(web))
    expect((await readServiceFlags(options, web)) & unknown).toBe(unknown)
  })
})

describe('updateDestination changes only the given fields', () => {
  const FULL = {
    address,
    weight: 7,
    upperThreshold: 100,
    lowerThreshold: 50,
    forwarding: 'tun',
    tunnel: { type: 'gue', port: 6080, checksum: 'remote' },
  } as const
  type Settings = Exclude<keyof DestinationInput, 'address' | 'port' | 'family'>
  const FIELDS: Readonly<Record<Settings, readonly Row<Omit<DestinationChanges, 'address'>, Destination>[]>> =
    {
      weight: [
        [{ weight: 7 }, {}],
        [{ weight: 0 }, { weight: 0 }],
        [{ weight: 2 ** 31 - 1 }, { weight: 2 ** 31 - 1 }],
      ],
      upperThreshold: [
        [{ upperThreshold: 100 }, {}],
        [{ upperThreshold: 50 }, { upperThreshold: 50 }],
      ],
      lowerThreshold: [
        [{ lowerThreshold: 0 }, { lowerThreshold: 0 }],
        [{ lowerThreshold: 100 }, { lowerThreshold: 100 }],
      ],
      forwarding: [
        [{ forwarding: 'tun' }, {}],
        [{ forwarding: 'dr' }, { forwarding: 'dr', tunnel: null }],
        [{ forwarding: 'nat' }, { forwarding: 'nat', tunnel: null }],
        [{ forwarding: 'local' }, { forwarding: 'local', tunnel: null }],
      ],
      tunnel: [
        [
          { tunnel: { type: 'gre', checksum: 'checksum' } },
          { tunnel: { type: 'gre', checksum: 'checksum' } },
        ],
        [{ tunnel: { type: 'gue', port: 1 } }, { tunnel: { type: 'gue', port: 1, checksum: 'none' } }],
        [{ tunnel: { type: 'ipip' } }, { tunnel: { type: 'ipip' } }],
        [{ tunnel: null }, { tunnel: { type: 'ipip' } }],
      ],
    }

  it.each(Object.entries(FIELDS))('%s', async (_, rows) => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService(webKey)
    await ipvs.addDestination(web, { ...FULL, address: '192.0.2.21' })
    const bystander = await destination(ipvs, '192.0.2.21')
    for (const [changes, differs] of rows) {
      await ipvs.addDestination(web, FULL)
      const before = await destination(ipvs, address)

      await ipvs.updateDestination(web, { address, ...changes } as DestinationChanges)

      expect(await destination(ipvs, address)).toEqual({ ...before, ...differs })
      await ipvs.removeDestination(web, { address })
    }
    expect(await destination(ipvs, '192.0.2.21')).toEqual(bystander)
  })

  it('this test covers every field', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService(webKey)
    await ipvs.addDestination(web, FULL)
    const { statistics, activeConnections, inactiveConnections, persistentConnections, ...rest } =
      await destination(ipvs, address)
    const key = ['address', 'port', 'family']
    expect(Object.keys(rest).sort()).toEqual([...Object.keys(FIELDS), ...key].sort())
  })

  it('a destination without a tunnel gets one when its forwarding becomes tun', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService(webKey)
    await ipvs.addDestination(web, { address, forwarding: 'nat', weight: 3 })
    await ipvs.updateDestination(web, { address, forwarding: 'tun' })
    expect(await destination(ipvs, address)).toMatchObject({
      forwarding: 'tun',
      tunnel: { type: 'ipip' },
      weight: 3,
    })
    await ipvs.updateDestination(web, { address, forwarding: 'tun', tunnel: { type: 'gre' } })
    expect(await destination(ipvs, address)).toMatchObject({
      tunnel: { type: 'gre', checksum: 'none' },
      weight: 3,
    })
  })
})

async function destination(ipvs: Ipvs, address: string): Promise<Destination> {
  const found = (await ipvs.destinations(web)).find((each) => each.address === address)
  if (found === undefined) throw new Error(`There is no destination ${address}`)
  return found
}
