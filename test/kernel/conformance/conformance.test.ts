/** Sends the same bytes to the simulated kernel and the real one, and compares the replies. */

import { release } from 'node:os'
import { describe, expect, it } from 'vitest'
import { describePayload } from '../../../src/ipvs/protocol/describe.ts'
import { IPVS_CMD } from '../../../src/ipvs/protocol/uapi.ts'
import type { BatchCommand } from '../../../src/ipvs/write/batch-command.ts'
import { KernelTransport } from '../../../src/netlink/transport/kernel-transport.ts'
import type { Transport } from '../../../src/netlink/transport/transport.ts'
import { describeMessage } from '../../../src/netlink/wire/describe.ts'
import {
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  NLMSG_ERROR,
  NLMSG_NOOP,
} from '../../../src/netlink/wire/uapi.ts'
import { eachMessage } from '../../../src/netlink/wire/wire.ts'
import type { KernelProfile } from '../../../src/testing/ipvs/profile.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import { lineDifference } from '../../../src/testing/wire/line-difference.ts'
import { RandomRequests } from '../../support/kernel/conformance/random-requests.ts'
import { encodeMessage } from '../../support/kernel/conformance/raw-message.ts'
import { type ComparableReplies, ConformanceSocket } from '../../support/kernel/conformance/raw-socket.ts'
import { runningProfile } from '../../support/kernel/conformance/running-profile.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'

const SEEDS = Number(process.env['LVS_CONFORMANCE_SEEDS'] ?? 10)
const FIRST = Number(process.env['LVS_CONFORMANCE_FIRST'] ?? 1)
const DATAGRAMS = 40

const web = { protocol: 'tcp', address: '192.0.2.10', port: 80 } as const

/** 250 services, of which one has 200 destinations. */
function largeTable(): { commands: BatchCommand[] } {
  const services = Array.from({ length: 250 }, (_, index): BatchCommand => {
    return { command: 'addService', service: { ...web, port: 80 + index * 3, scheduler: 'wlc' } }
  })
  const destinations = Array.from({ length: 200 }, (_, index): BatchCommand => {
    const destination = { address: `198.51.100.${index + 1}`, forwarding: 'dr', weight: index } as const
    return { command: 'addDestination', service: web, destination }
  })
  return { commands: [...services, ...destinations] }
}

function dumpRequest(type: number, sequence: number): Uint8Array {
  const flags = NLM_F_REQUEST | NLM_F_DUMP
  return encodeMessage({ type, flags, command: IPVS_CMD.GET_SERVICE, attributes: [] }, sequence)
}

function destinationsRequest(type: number, sequence: number): Uint8Array {
  const identity = [
    { type: 1, payload: [2, 0] },
    { type: 2, payload: [6, 0] },
    { type: 3, payload: [192, 0, 2, 10] },
    { type: 4, payload: [0, 80] },
  ]
  const flags = NLM_F_REQUEST | NLM_F_DUMP
  const attributes = [{ type: 1, payload: identity }]
  return encodeMessage({ type, flags, command: IPVS_CMD.GET_DEST, attributes }, sequence)
}

/** The interfaces of the hosts in both kernels. */
const INTERFACES = [
  { name: 'lo', addresses: ['127.0.0.1/8', '::1/128'] },
  { name: 'eth0', addresses: ['192.0.2.9/24', '2001:db8::9/64'] },
  { name: 'big0', mtu: 9000 },
  { name: 'down0', up: false },
]

async function makeHost(): Promise<Namespace> {
  const host = await makeNamespace()
  await host.addDummy('eth0', ['192.0.2.9/24 broadcast 192.0.2.255', '2001:db8::9/64'])
  await host.addDummy('big0', [])
  await host.ip('link', 'set', 'big0', 'mtu', '9000')
  await host.addDummy('down0', [], 'down')
  return host
}

async function linesOf(transport: Transport, path: string): Promise<string[]> {
  let text = ''
  for await (const piece of transport.readFile(path)) text += Buffer.from(piece).toString('latin1')
  return text.split('\n')
}

function describeBytes(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const lines: string[] = []
  eachMessage(view, bytes.length, (message) =>
    lines.push(`${describeMessage(view, message, describePayload)} flags ${message.flags.toString(16)}`),
  )
  return lines.join('\n')
}

/** The sequence numbers of requests that stop a daemon. */
function stops(datagram: Uint8Array): ReadonlySet<number> {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length)
  const numbers = new Set<number>()
  eachMessage(view, datagram.length, ({ start, sequence, end }) => {
    if (end > start && view.getUint8(start) === IPVS_CMD.DEL_DAEMON) numbers.add(sequence)
  })
  return numbers
}

function describeHex(hex: string): string {
  return `${describeBytes(Uint8Array.from(Buffer.from(hex, 'hex')))}\n  ${hex}`
}

/**
 * Removes the parts that the kernel chooses freely: the order of services since Linux 7.1, and whether a daemon that had not
 * started to run was stopped without a reply (kthread_stop returns EINTR, for which netlink_rcv_skb sends nothing).
 */
function masked(
  answers: ComparableReplies,
  other: ComparableReplies,
  stopped: ReadonlySet<number>,
  profile: KernelProfile,
): string {
  const messages = answers.messages.filter((hex) => {
    const bytes = Buffer.from(hex, 'hex')
    const done = bytes.readUInt16LE(4) === NLMSG_ERROR && bytes.readInt32LE(16) === 0
    return !(done && stopped.has(bytes.readUInt32LE(8)) && !other.messages.includes(hex))
  })
  if (profile.tables === 'growing') messages.sort()
  const silenced = messages.length < Math.max(answers.messages.length, other.messages.length)
  return JSON.stringify({ messages, state: silenced ? 'any' : answers.state })
}

describe(`random requests to ${release()} and to a simulated kernel`, () => {
  it(`get the same replies, in ${SEEDS} sequences of ${DATAGRAMS} datagrams`, async ({ annotate }) => {
    const host = await makeHost()
    const profile = await runningProfile(host)
    const differences: string[] = []
    let commands = 0
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const transport = new KernelTransport({ netns: host.path })
      const real = await ConformanceSocket.open(transport)
      const kernel = new SimulatedKernel({ profile, familyId: real.familyId, interfaces: INTERFACES })
      // The namespace had services before, after which a growing connection table has buckets.
      kernel.run([{ command: 'addService', service: web }, { command: 'flush' }])
      const simulated = await ConformanceSocket.open(kernel.connect())
      const maker = new RandomRequests(seed, profile.tables === 'growing')
      let sequence = 2
      for (let step = 0; step < DATAGRAMS; step++) {
        const { bytes, count: sent } =
          step === 0 && seed % 4 !== 0
            ? maker.beginning(sequence, real.familyId)
            : maker.datagram(sequence, real.familyId)
        sequence += sent
        commands += sent
        const [theirs, ours] = [await real.send(bytes), await simulated.send(bytes)]
        const silent = stops(bytes)
        if (masked(theirs, ours, silent, profile) === masked(ours, theirs, silent, profile)) continue
        const extra = theirs.messages.filter((hex) => !ours.messages.includes(hex))
        const missing = ours.messages.filter((hex) => !theirs.messages.includes(hex))
        differences.push(
          [
            `seed ${seed} step ${step}: ${theirs.state} ${theirs.receives} / ${ours.state} ${ours.receives}`,
            `sent:\n${describeBytes(bytes)}`,
            `real only:\n${extra.slice(0, 3).map(describeHex).join('\n')}`,
            `simulated only:\n${missing.slice(0, 3).map(describeHex).join('\n')}`,
          ].join('\n'),
        )
        break
      }
      for (const path of ['/proc/net/ip_vs', '/proc/net/ip_vs_stats', '/proc/net/ip_vs_conn']) {
        const [theirs, ours] = [await linesOf(transport, path), await linesOf(kernel, path)]
        if (profile.tables === 'growing') for (const lines of [theirs, ours]) lines.sort()
        const difference = lineDifference(theirs, ours)
        if (difference !== '') differences.push(`seed ${seed}: ${path}\n${difference}`)
      }
      await real.send(maker.reset(real.familyId))
      real.close()
      simulated.close()
    }
    await annotate(`${SEEDS} seeds, ${commands} commands, ${differences.length} differences`)
    expect(differences.slice(0, 8).join('\n\n')).toBe('')
    expect(commands).toBeGreaterThan(2 * SEEDS * DATAGRAMS)
  })

  it('get the same replies when a table takes many blocks', async () => {
    const host = await makeHost()
    const profile = await runningProfile(host)
    const { commands } = largeTable()
    await host.ipvs.batch(commands)
    const real = await ConformanceSocket.open(new KernelTransport({ netns: host.path }))
    const kernel = new SimulatedKernel({ profile, familyId: real.familyId, interfaces: INTERFACES })
    kernel.run(commands)
    const simulated = await ConformanceSocket.open(kernel.connect())
    for (let sequence = 10; sequence < 13; sequence++) {
      for (const request of [
        dumpRequest(real.familyId, sequence),
        destinationsRequest(real.familyId, sequence),
      ]) {
        const [theirs, ours] = [await real.send(request), await simulated.send(request)]
        expect(ours.receives).toBe(theirs.receives)
        expect(masked(ours, theirs, new Set(), profile)).toBe(masked(theirs, ours, new Set(), profile))
      }
    }
    real.close()
  })

  it('lose the same replies when the receive buffer overflows', async () => {
    const host = await makeHost()
    const profile = await runningProfile(host)
    const real = await ConformanceSocket.open(new KernelTransport({ netns: host.path }))
    const kernel = new SimulatedKernel({ profile, familyId: real.familyId })
    const simulated = await ConformanceSocket.open(kernel.connect())
    // The kernel acknowledges each, so that the receive buffer of 4 MiB overflows before the last.
    const one = encodeMessage(
      { type: NLMSG_NOOP, flags: NLM_F_REQUEST | NLM_F_ACK, command: 0, attributes: [], cut: 0 },
      5,
    )
    const all = Uint8Array.from(Buffer.concat(new Array<Uint8Array>(9000).fill(one)))
    const [theirs, ours] = [await real.send(all), await simulated.send(all)]
    expect(theirs.state).toBe('overrun')
    expect([ours.state, ours.messages.length]).toEqual([theirs.state, theirs.messages.length])
    real.close()
  })
})
