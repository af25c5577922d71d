import { describe, expect, it } from 'vitest'
import type { BatchCommand, BatchError, Ipvs } from '../../../../src/index.ts'
import { makeNamespace } from '../../../support/kernel/namespace.ts'

const SERVICES = 1000
const DESTINATIONS = 10

const service = (s: number) => ({ protocol: 'tcp', address: `10.0.${s >> 8}.${s & 255}`, port: 80 }) as const
const destination = (d: number, weight: number) => {
  const key = { address: `172.16.0.${d + 1}`, port: 80 }
  return { ...key, forwarding: 'dr', weight, upperThreshold: 0, lowerThreshold: 0 } as const
}
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

function* program(services: number): Generator<BatchCommand> {
  for (let s = 0; s < services; s++) {
    yield { command: 'addService', service: { ...service(s), scheduler: 'rr' } }
    for (let d = 0; d < DESTINATIONS; d++) {
      yield { command: 'addDestination', service: service(s), destination: destination(d, 1) }
    }
  }
}

function* reweight(services: number): Generator<BatchCommand> {
  for (let s = 0; s < services; s++) {
    for (let d = 0; d < DESTINATIONS; d++) {
      yield { command: 'updateDestination', service: service(s), destination: destination(d, 7) }
    }
  }
}

/** Counts the system calls of some work. */
async function callsOf(ipvs: Ipvs, work: () => Promise<unknown>): Promise<number> {
  const before = ipvs.activity
  await work()
  const { sends, receives } = ipvs.activity
  return sends + receives - before.sends - before.receives
}

describe('a table of 1,000 services with 10 destinations each', () => {
  it('is programmed, changed and removed with at most five system calls per thousand commands', async () => {
    const { ipvs } = await makeNamespace()
    expect(await callsOf(ipvs, () => ipvs.batch(program(SERVICES)))).toBeLessThanOrEqual(55)
    expect(await callsOf(ipvs, () => ipvs.batch(reweight(SERVICES)))).toBeLessThanOrEqual(50)
    const table = await ipvs.services()
    expect(table).toHaveLength(SERVICES)
    for (const { destinations } of table) {
      expect(destinations.map(({ address, weight }) => [address, weight])).toEqual(
        numbers(DESTINATIONS)
          .map((d) => [`172.16.0.${d + 1}`, 7])
          .reverse(),
      )
    }
    const removals = numbers(SERVICES).map(
      (s) => ({ command: 'removeService', service: service(s) }) as const,
    )
    expect(await callsOf(ipvs, () => ipvs.batch(removals))).toBeLessThanOrEqual(5)
    expect(await ipvs.services()).toEqual([])
  })

  it('is read with at most three system calls per service, at once or one by one', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.batch(program(SERVICES))
    const streamed: unknown[] = []
    let whole: unknown[] = []
    expect(
      await callsOf(ipvs, async () => {
        whole = await ipvs.services()
      }),
    ).toBeLessThanOrEqual(3 * SERVICES)
    expect(
      await callsOf(ipvs, async () => {
        for await (const each of ipvs.eachService()) streamed.push(each)
      }),
    ).toBeLessThanOrEqual(3 * SERVICES)
    expect(streamed).toEqual(whole)
  })

  it('is requested only as it is consumed', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.batch(program(SERVICES))
    const calls = await callsOf(ipvs, async () => {
      for await (const { destinations } of ipvs.eachService()) {
        expect(destinations).toHaveLength(DESTINATIONS)
        break
      }
      await ipvs.info()
    })
    // The services, and the destinations of two windows of services.
    expect(calls).toBeLessThan(SERVICES)
  })
})

describe('a batch on a real kernel', () => {
  it('reports each of thousands of failed commands, and executes the others', async () => {
    const { ipvs } = await makeNamespace()
    await ipvs.batch(program(400))
    const error: BatchError = await ipvs.batch(program(500)).catch((error) => error)
    const perService = 1 + DESTINATIONS
    expect(error.failures.map(({ index }) => index)).toEqual(numbers(400 * perService))
    expect(error.failures[0]?.error).toMatchObject({ code: 'EEXIST', subject: 'tcp://10.0.0.0:80' })
    expect(error.failures[12]?.error).toMatchObject({
      code: 'EEXIST',
      subject: 'tcp://10.0.0.1:80 -> 172.16.0.1:80',
    })
    const table = await ipvs.services()
    expect(table.map(({ destinations }) => destinations.length)).toEqual(new Array(500).fill(DESTINATIONS))
  })

  it('keeps the order of commands, including updates that read first', async () => {
    const { ipvs } = await makeNamespace()
    const commands: BatchCommand[] = [
      { command: 'addService', service: service(1) },
      { command: 'addDestination', service: service(1), destination: destination(1, 1) },
      {
        command: 'updateDestination',
        service: service(1),
        destination: { address: '172.16.0.2', weight: 5 },
      },
      { command: 'updateService', service: service(1), changes: { scheduler: 'sh' } },
      { command: 'addDestination', service: service(1), destination: destination(2, 2) },
      { command: 'removeDestination', service: service(1), destination: destination(1, 1) },
      { command: 'addDestination', service: service(1), destination: destination(3, 3) },
      { command: 'zero' },
    ]
    await ipvs.batch(commands)
    expect(await ipvs.services()).toMatchObject([
      { scheduler: 'sh', destinations: [{ weight: 3 }, { weight: 2 }] },
    ])
    await ipvs.batch([{ command: 'flush' }])
    expect(await ipvs.services()).toEqual([])
  })

  it('does not block other calls of the same client', async () => {
    const { ipvs } = await makeNamespace()
    const batch = ipvs.batch(program(SERVICES))
    let calls = 0
    const others = (async () => {
      for (; calls < 20; calls++) await ipvs.info()
      return ipvs.services()
    })()
    const seen = await others
    await batch
    expect(calls).toBe(20)
    expect(seen.length).toBeLessThanOrEqual(SERVICES)
    expect(await ipvs.services()).toHaveLength(SERVICES)
  })
})
