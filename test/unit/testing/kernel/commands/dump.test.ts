import { describe, expect, it } from 'vitest'
import { IpvsClient } from '../../../../../src/ipvs/ipvs-client.ts'
import { IPVS_CMD } from '../../../../../src/ipvs/protocol/uapi.ts'
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../../../../../src/netlink/wire/uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../../../../src/netlink/wire/wire.ts'
import { SimulatedKernel } from '../../../../../src/testing/simulated-kernel.ts'
import { makeKernel, WEB } from '../../../../support/testing/make-kernel.ts'
import { RawSocket } from '../../../../support/testing/raw-socket.ts'

const service = (port: number) => ({ protocol: 'tcp', address: '192.0.2.1', port, scheduler: 'rr' }) as const

function many(count: number, profile: '6.12' | '7.2' = '6.12'): SimulatedKernel {
  const kernel = new SimulatedKernel({ profile })
  kernel.run(Array.from({ length: count }, (_, port) => ({ command: 'addService', service: service(port) })))
  return kernel
}

function dumpRequest(sequence: number, flags = NLM_F_REQUEST | NLM_F_DUMP): Uint8Array {
  const writer = new WireWriter()
  const start = writer.beginMessage(30, flags, sequence)
  writer.genericHeader(IPVS_CMD.GET_SERVICE, 1)
  writer.endMessage(start)
  return writer.bytes.slice(0, writer.length)
}

const typeOf = (message: Uint8Array<ArrayBuffer>) => new DataView(message.buffer).getUint16(4, LITTLE_ENDIAN)
const errnoOf = (message: Uint8Array<ArrayBuffer>) =>
  -new DataView(message.buffer).getInt32(16, LITTLE_ENDIAN)

describe('a dump', () => {
  it('has one block of 3776 bytes on a socket that has not received yet, and of 32448 afterwards', async () => {
    const socket = await RawSocket.open(many(300))
    const { messages } = await socket.send(dumpRequest(1))
    expect(messages).toHaveLength(301)
    expect(typeOf(messages.at(-1)!)).toBe(3)
  })

  it('is refused with EBUSY while another dump runs on the socket; commands are executed', async () => {
    const socket = await RawSocket.open(many(20))
    const { messages } = await socket.send(
      dumpRequest(1),
      dumpRequest(2),
      dumpRequest(3, NLM_F_REQUEST | NLM_F_ACK),
    )
    const refusals = messages.filter((message) => typeOf(message) === 2)
    expect(refusals.map(errnoOf)).toEqual([16, 22])
  })

  it('skips as many entries as were removed before its position', async () => {
    const { kernel, ipvs } = await makeKernel()
    kernel.setState({ services: Array.from({ length: 300 }, (_, port) => service(port + 1)) })
    const before = (await ipvs.services()).map(({ port }) => port)
    kernel.faults.inject({
      on: ({ command, isDump }) => command === 'GET_SERVICE' && isDump,
      fault: {
        kind: 'between-blocks',
        run: () => {
          const gone = before
            .slice(0, 5)
            .map((port) => ({ command: 'removeService', service: service(port!) }) as const)
          kernel.run(gone)
        },
      },
    })

    const found = new Set((await ipvs.services()).map(({ port }) => port))

    const missing = before.filter((port) => !found.has(port))
    expect(missing).toHaveLength(5)
    expect(missing.every((port) => !before.slice(0, 5).includes(port))).toBe(true)
  })

  it('repeats a destination for each one that was added meanwhile, and the client removes the duplicate', async () => {
    const { kernel, ipvs } = await makeKernel(new Array<number>(200).fill(1))
    kernel.faults.inject({
      on: 'GET_DEST',
      fault: {
        kind: 'between-blocks',
        run: () =>
          kernel.run([
            {
              command: 'addDestination',
              service: WEB,
              destination: { address: '10.0.0.1', forwarding: 'dr' },
            },
          ]),
      },
    })
    const destinations = await ipvs.destinations(WEB)
    expect(new Set(destinations.map(({ address }) => address)).size).toBe(200)
    expect(destinations).toHaveLength(200)
  })

  it('ends early without an error when its service is removed', async () => {
    const { kernel } = await makeKernel(new Array<number>(200).fill(1))
    kernel.faults.inject({
      on: 'GET_DEST',
      fault: { kind: 'between-blocks', run: () => kernel.run([{ command: 'removeService', service: WEB }]) },
    })
    await using ipvs = await IpvsClient.open({ transport: kernel })
    const destinations = await ipvs.destinations(WEB)
    expect(destinations.length).toBeGreaterThan(0)
    expect(destinations.length).toBeLessThan(200)
  })

  it.each(['6.12', '7.2'] as const)(
    'contains every service once if nothing changes (%s)',
    async (profile) => {
      const kernel = many(1000, profile)
      await using ipvs = await IpvsClient.open({ transport: kernel })
      const ports = (await ipvs.services()).map(({ port }) => port!)
      expect(ports.toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: 1000 }, (_, port) => port),
      )
    },
  )
})
