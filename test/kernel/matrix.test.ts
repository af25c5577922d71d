import { expect, it } from 'vitest'
import { type Ipvs, SCHEDULERS, type Service } from '../../src/index.ts'
import { byName, matrixOf } from './matrix.ts'
import { makeNamespace } from './namespace.ts'

/**
 * The whole matrix under each scheduler. Every write is one of some hundred concurrent calls, so that batches are tested
 * along with it.
 */
it.each([...SCHEDULERS, 'none'])(
  'scheduler %s: what is written is read back, and can be written again',
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
    expect(await ipvs.services()).toEqual(read)

    await add(another, read)
    expect(byName(await another.services())).toEqual(expected)
  },
)

/** Writes back what was read. */
async function updateToTheSame(ipvs: Ipvs, services: readonly Service[]): Promise<void> {
  await Promise.all(
    services.flatMap((service) => [
      ipvs.updateService(service, service),
      ...service.destinations.map((destination) => ipvs.updateDestination(service, destination)),
    ]),
  )
}

/** Makes services of what was read, the oldest destination first, since the kernel gives the newest first. */
async function add(ipvs: Ipvs, services: readonly Service[]): Promise<void> {
  await Promise.all(
    services.flatMap((service) => [
      ipvs.addService(service),
      ...service.destinations.toReversed().map((destination) => ipvs.addDestination(service, destination)),
    ]),
  )
}
