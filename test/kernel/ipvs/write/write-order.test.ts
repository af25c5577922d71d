/** Concurrent calls: none is lost, and writes keep their order. */

import { describe, expect, it } from 'vitest'
import { makeNamespace } from '../../../support/kernel/namespace.ts'

const web = 'tcp://192.0.2.10:80'
const webKey = { protocol: 'tcp', address: '192.0.2.10', port: 80 } as const
const address = '192.0.2.20'

describe('concurrent updates', () => {
  it('of different settings of one destination all take effect', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService(webKey)
    await ipvs.addDestination(web, { address, forwarding: 'dr' })
    await Promise.all([
      ipvs.updateDestination(web, { address, weight: 9 }),
      ipvs.updateDestination(web, { address, upperThreshold: 100 }),
      ipvs.updateDestination(web, { address, lowerThreshold: 50 }),
      ipvs.updateDestination(web, { address, forwarding: 'tun' }),
      ipvs.updateDestination(web, { address, tunnel: { type: 'gre' } }),
    ])
    expect(await ipvs.destinations(web)).toMatchObject([
      {
        weight: 9,
        upperThreshold: 100,
        lowerThreshold: 50,
        forwarding: 'tun',
        tunnel: { type: 'gre', checksum: 'none' },
      },
    ])
  })

  it('of different settings of one service all take effect', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService(webKey)
    await Promise.all([
      ipvs.updateService(web, { scheduler: 'mh' }),
      ipvs.updateService(web, { schedulerFlags: ['mh-port'] }),
      ipvs.updateService(web, { onePacket: true }),
      ipvs.updateService(web, { persistence: { timeout: 9 } }),
      ipvs.updateService(web, { persistence: { mask: 24 } }),
      ipvs.updateService(web, { persistenceEngine: 'sip' }),
    ])
    expect(await ipvs.service(web)).toMatchObject({
      scheduler: 'mh',
      schedulerFlags: ['mh-port'],
      onePacket: true,
      persistenceEngine: 'sip',
      persistence: { timeout: 9, mask: '255.255.255.0' },
    })
  })

  it('of one setting result in the last value', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService(webKey)
    await ipvs.addDestination(web, { address, forwarding: 'dr' })
    const weights = Array.from({ length: 100 }, (_, index) => index + 1)
    await Promise.all(weights.map((weight) => ipvs.updateDestination(web, { address, weight })))
    expect(await ipvs.destinations(web)).toMatchObject([{ weight: 100 }])
  })

  it('of many destinations of many services each change their own', async () => {
    const { ipvs } = await makeNamespace()
    const services = Array.from(
      { length: 10 },
      (_, index) => ({ fwmark: index + 1, family: 'ipv4' }) as const,
    )
    const addresses = Array.from({ length: 10 }, (_, index) => `192.0.2.${index + 1}`)
    await Promise.all(
      services.flatMap((service) => [
        ipvs.addService(service),
        ...addresses.map((address) => ipvs.addDestination(service, { address, forwarding: 'nat' })),
      ]),
    )
    await Promise.all(
      services.flatMap((service) =>
        addresses.map((address, index) =>
          ipvs.updateDestination(service, { address, weight: 100 * service.fwmark + index }),
        ),
      ),
    )
    for (const service of services) {
      const expected = addresses.map((address, index) => [address, 100 * service.fwmark + index])
      const read = await ipvs.destinations(service)
      expect(read.map(({ address, weight }) => [address, weight]).reverse()).toEqual(expected)
    }
  })

  it('that are invalid reject without affecting the others', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService(webKey)
    await ipvs.addDestination(web, { address, forwarding: 'dr', upperThreshold: 5 })
    const endings = await Promise.allSettled([
      ipvs.updateDestination(web, { address, weight: 2 }),
      ipvs.updateDestination(web, { address, lowerThreshold: 6 }),
      ipvs.updateDestination(web, { address: '192.0.2.99', weight: 2 }),
      ipvs.updateDestination(web, { address, upperThreshold: 10 }),
    ])
    expect(endings.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(await ipvs.destinations(web)).toMatchObject([{ weight: 2, upperThreshold: 10, lowerThreshold: 0 }])
  })
})

describe('writes that are not awaited', () => {
  it('keep their order: a destination is added, updated, removed and added again', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService(webKey)
    await Promise.all([
      ipvs.addDestination(web, { address, forwarding: 'dr', weight: 1 }),
      ipvs.updateDestination(web, { address, weight: 2 }),
      ipvs.removeDestination(web, { address }),
      ipvs.addDestination(web, { address, forwarding: 'nat', weight: 3 }),
      ipvs.updateDestination(web, { address, upperThreshold: 4 }),
    ])
    expect(await ipvs.destinations(web)).toMatchObject([{ forwarding: 'nat', weight: 3, upperThreshold: 4 }])
  })

  it('keep their order: a destination that is updated and then removed does not exist', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService(webKey)
    await ipvs.addDestination(web, { address, forwarding: 'dr' })
    await Promise.all([
      ipvs.updateDestination(web, { address, weight: 2 }),
      ipvs.removeDestination(web, { address }),
    ])
    expect(await ipvs.destinations(web)).toEqual([])
  })

  it('keep their order: a service is updated, removed and added again', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService({ ...webKey, scheduler: 'rr' })
    await Promise.all([
      ipvs.updateService(web, { scheduler: 'wrr' }),
      ipvs.updateService(web, { persistence: {} }),
      ipvs.removeService(web),
      ipvs.addService({ ...webKey, scheduler: 'lc' }),
      ipvs.updateService(web, { onePacket: true }),
      ipvs.addDestination(web, { address, forwarding: 'dr' }),
    ])
    expect(await ipvs.service(web)).toMatchObject({
      scheduler: 'lc',
      onePacket: true,
      persistence: null,
      destinations: [{ address }],
    })
  })

  it('use their arguments as they are when the call is made', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService({ ...webKey, scheduler: 'rr' })
    await ipvs.addDestination(web, { address, forwarding: 'dr' })
    const settings: { scheduler?: string; persistence?: { timeout: number } } = {
      scheduler: 'wrr',
      persistence: { timeout: 1 },
    }
    const changes = { address, weight: 1 }
    const added = { address: '192.0.2.21', forwarding: 'nat' as const, weight: 1 }

    const calls = [
      ipvs.updateService(web, settings),
      ipvs.updateDestination(web, changes),
      ipvs.addDestination(web, added),
    ]
    Object.assign(settings, { scheduler: 'lc' })
    settings.persistence!.timeout = 2
    for (const destination of [changes, added]) destination.weight = 2
    await Promise.all(calls)

    expect(await ipvs.service(web)).toMatchObject({
      scheduler: 'wrr',
      persistence: { timeout: 1 },
      destinations: [{ weight: 1 }, { weight: 1 }],
    })
  })
})
