import { tracingChannel } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BatchError } from '../../../src/errors.ts'
import { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { BatchCommand } from '../../../src/ipvs/write/batch-command.ts'
import type { CommandContext } from '../../../src/netlink/tracing.ts'
import type { ExchangeRequest, NetlinkSocket, Transport } from '../../../src/netlink/transport/transport.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'

const channel = tracingChannel<string, CommandContext>('lvs:command')

/** Forwards to a simulated kernel, and keeps the bytes of every datagram. */
function recordDatagrams(kernel: SimulatedKernel): { transport: Transport; datagrams: string[] } {
  const datagrams: string[] = []
  const record = ({ datagrams: bytes, ends, count, first, awaiting }: ExchangeRequest) => {
    for (let index = first + (awaiting ? 1 : 0); index < count; index++) {
      const start = index === 0 ? 0 : ends[index - 1]!
      datagrams.push(Buffer.from(bytes.subarray(start, ends[index]!)).toString('hex'))
    }
  }
  const transport: Transport = {
    async open(protocol) {
      const socket = await kernel.open(protocol)
      return {
        ...{ depth: 1, portId: socket.portId },
        ...{ receiveBuffer: socket.receiveBuffer, sendBuffer: socket.sendBuffer },
        exchange(request) {
          record(request)
          return socket.exchange(request)
        },
        close: () => socket.close(),
      } satisfies NetlinkSocket
    },
    readFile: (path) => kernel.readFile(path),
  }
  return { transport, datagrams }
}

interface Event {
  readonly name: string
  readonly command: string
  readonly subject: string
}

/** Runs calls on a new kernel, with or without a subscriber. */
async function run(isTraced: boolean, calls: (ipvs: IpvsClient) => Promise<unknown>) {
  const kernel = new SimulatedKernel()
  const { transport, datagrams } = recordDatagrams(kernel)
  const events: Event[] = []
  const on = (name: string) => (context: unknown) => {
    const { command, subject } = context as CommandContext
    events.push({ name, command, subject })
  }
  const subscriber = Object.fromEntries(
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => [name, on(name)]),
  ) as unknown as Parameters<typeof channel.subscribe>[0]
  if (isTraced) channel.subscribe(subscriber)
  const ipvs = await IpvsClient.open({ transport })
  try {
    const result = await calls(ipvs)
    return { datagrams, events, result, requests: kernel.log.requests.map(String) }
  } finally {
    ipvs.close()
    if (isTraced) channel.unsubscribe(subscriber)
  }
}

const service = (index: number) => ({
  protocol: 'tcp' as const,
  address: `192.0.2.${index % 250}`,
  port: 1000 + Math.floor(index / 250),
})
const real = { address: '198.51.100.7', forwarding: 'dr' } as const

/** Programs 250 services with 11 destinations each, 3,000 commands, in the given form. */
function* table(): Generator<BatchCommand> {
  for (let index = 0; index < 250; index++) {
    yield { command: 'addService', service: { ...service(index), scheduler: 'wrr' } }
    for (let port = 1; port <= 11; port++) {
      yield { command: 'addDestination', service: service(index), destination: { ...real, port } }
    }
  }
}

const CALLS: Record<string, (ipvs: IpvsClient) => Promise<unknown>> = {
  'a batch of an array': (ipvs) => ipvs.batch([...table()]),
  'a batch of a generator': (ipvs) => ipvs.batch(table()),
  'a batch of an async generator': (ipvs) =>
    ipvs.batch(
      (async function* () {
        yield* [...table()].slice(0, 200)
      })(),
    ),
  'a batch with changes that must be read first, and with failures': async (ipvs) => {
    await ipvs.batch([...table()].slice(0, 24))
    const commands: BatchCommand[] = [
      { command: 'updateDestination', service: service(0), destination: { ...real, port: 1, weight: 7 } },
      { command: 'removeService', service: service(9) },
      { command: 'addService', service: { ...service(3), scheduler: 'wrr' } },
      { command: 'addDestination', service: service(3), destination: { ...real, port: -1 } },
      { command: 'zero' },
    ]
    await ipvs.batch(commands).catch((error: BatchError) => {
      expect(error).toBeInstanceOf(BatchError)
      expect(error.failures.map(({ index }) => index)).toEqual([1, 3])
    })
  },
  'the reading of a table': async (ipvs) => {
    await ipvs.batch(table())
    return await ipvs.services()
  },
  'single calls, concurrent and awaited': async (ipvs) => {
    await ipvs.addService({ ...service(0), scheduler: 'wrr' })
    const ports = [1, 2, 3, 4, 5]
    await Promise.all(ports.map((port) => ipvs.addDestination(service(0), { ...real, port })))
    await Promise.all(
      ports.map((port) => ipvs.updateDestination(service(0), { ...real, port, weight: port })),
    )
    await ipvs.removeDestination(service(0), { ...real, port: 9 }).catch(() => undefined)
    await ipvs.removeService(service(0))
    return await ipvs.info()
  },
}

describe('tracing', () => {
  // Long work pauses by the clock, which may change the datagrams that are sent afterwards.
  beforeEach(() => void vi.spyOn(performance, 'now').mockReturnValue(0))
  afterEach(() => void vi.restoreAllMocks())

  it.each(Object.entries(CALLS))('does not change the datagrams of %s', async (_, calls) => {
    const [plain, traced] = [await run(false, calls), await run(true, calls)]
    expect(traced.datagrams).toEqual(plain.datagrams)
    expect(traced.requests).toEqual(plain.requests)
    expect(traced.result).toEqual(plain.result)
    expect(plain.events).toEqual([])
    expect(traced.events.length).toBeGreaterThan(0)
  })

  it('sends 3,000 commands in as few datagrams as without it', async () => {
    const { datagrams } = await run(true, (ipvs) => ipvs.batch(table()))
    // The first datagram looks up the family.
    expect(datagrams.length - 1).toBeLessThanOrEqual(5)
  })

  it('publishes the start and the end of every command of a batch, and of its failures', async () => {
    const { events } = await run(true, (ipvs) =>
      ipvs
        .batch([
          { command: 'addService', service: { ...service(0), scheduler: 'wrr' } },
          { command: 'addService', service: { ...service(0), scheduler: 'wrr' } },
          { command: 'addService', service: { ...service(1), port: -1 } },
        ])
        .catch(() => undefined),
    )
    const subject = 'tcp://192.0.2.0:1000'
    const of = (...names: string[]) =>
      events.filter(({ name }) => names.includes(name)).map((event) => [event.name, event.subject])
    expect(of('start')).toEqual([
      ['start', subject],
      ['start', subject],
      ['start', ''],
    ])
    expect(of('error').toSorted()).toEqual([
      ['error', ''],
      ['error', subject],
    ])
    expect(of('asyncEnd')).toHaveLength(3)
  })

  it('publishes every service whose destinations are read', async () => {
    const { events } = await run(true, async (ipvs) => {
      await ipvs.batch([...table()].slice(0, 24))
      return await ipvs.services()
    })
    const reads = events.filter(({ command }) => command === 'services')
    expect(
      reads
        .filter(({ name }) => name === 'start')
        .map(({ subject }) => subject)
        .toSorted(),
    ).toEqual(['', 'tcp://192.0.2.0:1000', 'tcp://192.0.2.1:1000'])
    expect(reads.filter(({ name }) => name === 'asyncEnd')).toHaveLength(3)
  })

  it('publishes the commands that an abort cancels as failed', async () => {
    const reason = new Error('enough')
    const { events } = await run(true, async (ipvs) => {
      const signal = AbortSignal.abort(reason)
      await expect(ipvs.batch(table(), { signal })).rejects.toBe(reason)
      const controller = new AbortController()
      const batch = ipvs.batch(
        (function* () {
          yield* [...table()].slice(0, 3)
          controller.abort(reason)
        })(),
        { signal: controller.signal },
      )
      await expect(batch).rejects.toBe(reason)
    })
    const ended = (name: string) => events.filter((event) => event.name === name).length
    expect([ended('start'), ended('error'), ended('asyncEnd')]).toEqual([3, 3, 3])
  })
})
