import { describe, expect, it } from 'vitest'
import { type DestinationInput, type Ipvs, SCHEDULERS, type Service } from '../../../../src/index.ts'
import { byName, matrixOf } from '../../../support/kernel/ipvs/setting-matrix.ts'
import { since } from '../../../support/kernel/kernel.ts'
import { makeNamespace } from '../../../support/kernel/namespace.ts'

/**
 * The complete matrix under each scheduler. Every write is one of several hundred concurrent calls, which tests batching as
 * well.
 */
it.each([...SCHEDULERS, 'none'])(
  'scheduler %s: settings are read back as written, and can be written again',
  async (scheduler) => {
    const entries = matrixOf(scheduler)
    const expected = byName(entries.map(({ read }) => read))
    const [{ ipvs }, { ipvs: another }] = [await makeNamespace(), await makeNamespace()]

    await Promise.all(
      entries.flatMap(({ service, destinations }) => [
        ipvs.addService(service),
        ...destinations.map((destination) => ipvs.addDestination(service, destination)),
      ]),
    )
    const read = await ipvs.services()
    expect(byName(read)).toEqual(expected)

    await updateToTheSame(ipvs, read)
    expect(byName(await ipvs.services())).toEqual(expected)

    await add(another, read)
    expect(byName(await another.services())).toEqual(expected)
  },
)

describe('values without a name keep their number', () => {
  it.each([0, 1, 47, 65535])('protocol %i', async (protocol) => {
    const { ipvs } = await makeNamespace()
    const key = { protocol, address: '192.0.2.10', port: 0 }
    await ipvs.addService(key)
    expect(await ipvs.service(`${protocol}://192.0.2.10:0`)).toMatchObject(key)
    await ipvs.removeService(key)
    expect(await ipvs.services()).toEqual([])
  })

  it.each<Partial<DestinationInput>>([
    { forwarding: 5 },
    { forwarding: 7 },
    { forwarding: 'tun', tunnel: { type: 3, port: 0, checksum: 'none' } },
    { forwarding: 'tun', tunnel: { type: 255, port: 65535, checksum: 65535 } },
    { forwarding: 'tun', tunnel: { type: 0, port: 7, checksum: 'remote' } },
    { forwarding: 'tun', tunnel: { type: 2, port: 0, checksum: 'remote' } },
  ])('%j keeps its value when another setting changes', async (given) => {
    const { ipvs } = await makeNamespace()
    await ipvs.addService({ fwmark: 1 })
    await ipvs.addDestination('fwmark://1', { address: '192.0.2.20', ...given } as DestinationInput)
    expect(await ipvs.destinations('fwmark://1')).toMatchObject([{ weight: 1, ...given }])
    await ipvs.updateDestination('fwmark://1', { address: '192.0.2.20', weight: 2 })
    expect(await ipvs.destinations('fwmark://1')).toMatchObject([{ weight: 2, ...given }])
  })

  it('a scheduler that only the kernel knows is requested by its name', async () => {
    const { ipvs } = await makeNamespace()
    await expect(ipvs.addService({ fwmark: 1, scheduler: 'from-tomorrow' })).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })
})

describe('a table that does not fit one reply of the kernel', () => {
  it('is read completely', async () => {
    const { ipvs } = await makeNamespace()
    const marks = Array.from({ length: 1500 }, (_, index) => index + 1)
    await Promise.all(marks.map((fwmark) => ipvs.addService({ fwmark, scheduler: 'rr' })))
    await addDestinations(ipvs, 0, 1500)

    const services = await ipvs.services()

    expect(services.map(({ fwmark }) => fwmark).sort((a, b) => a! - b!)).toEqual(marks)
    const { destinations } = services.find(({ fwmark }) => fwmark === 1)!
    expect(destinations.map(({ weight }) => weight).reverse()).toEqual(marks.map((mark) => mark - 1))
  })

  /** The kernel resumes a dump by counting entries, and resizing a table changes their order. */
  since('7.1', 'is read completely while the kernel moves it to a larger hash table', async () => {
    for (let round = 0; round < 4; round++) {
      const { ipvs } = await makeNamespace()
      for (let count = 150; count <= 1200; count += 150) {
        const marks = Array.from({ length: 150 }, (_, index) => count - index)
        await Promise.all(marks.map((fwmark) => ipvs.addService({ fwmark, scheduler: 'rr' })))
        expect(await ipvs.services()).toHaveLength(count)
        expect(await ipvs.services()).toHaveLength(count)
      }
    }
  })

  it('has every entry exactly once while another client adds entries', async () => {
    const namespace = await makeNamespace()
    const [ipvs, other] = [namespace.ipvs, await namespace.open()]
    await ipvs.addService({ fwmark: 1, scheduler: 'rr' })
    await addDestinations(ipvs, 0, 1500)

    const [read] = await Promise.all([
      ipvs.destinations('fwmark://1'),
      (async () => {
        for (let from = 1500; from < 1600; from += 10) await addDestinations(other, from, from + 10)
      })(),
    ])

    const weights = read.map(({ weight }) => weight)
    expect(new Set(weights).size).toBe(weights.length)
    expect(weights.filter((weight) => weight < 1500)).toHaveLength(1500)
  })
})

/** Destinations of the first mark, each with its index as weight. */
async function addDestinations(ipvs: Ipvs, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index)
  await Promise.all(
    numbers.map((weight) =>
      ipvs.addDestination('fwmark://1', {
        address: `10.0.${weight >> 8}.${weight & 255}`,
        forwarding: 'dr',
        weight,
      }),
    ),
  )
}

/** Writes services back as they were read. */
async function updateToTheSame(ipvs: Ipvs, services: readonly Service[]): Promise<void> {
  await Promise.all(
    services.flatMap((service) => [
      ipvs.updateService(service, service),
      ...service.destinations.map((destination) => ipvs.updateDestination(service, destination)),
    ]),
  )
}

/** Adds services as they were read, the oldest destination first, since the kernel lists the newest first. */
async function add(ipvs: Ipvs, services: readonly Service[]): Promise<void> {
  await Promise.all(
    services.flatMap(({ destinations, ...service }) => [
      ipvs.addService(service),
      ...destinations.toReversed().map((destination) => ipvs.addDestination(service, destination)),
    ]),
  )
}
