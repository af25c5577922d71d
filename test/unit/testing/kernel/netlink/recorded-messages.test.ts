import { describe, expect, it } from 'vitest'
import { IPVS_CMD } from '../../../../../src/ipvs/protocol/uapi.ts'
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../../../../../src/netlink/wire/uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../../../../src/netlink/wire/wire.ts'
import { SimulatedKernel } from '../../../../../src/testing/simulated-kernel.ts'
import {
  bytesOf,
  DONE,
  DUPLICATE,
  FAMILY,
  GET_SERVICE,
  INFO,
  INFO_ACK,
  NEW_SERVICE,
  SERVICE,
  TIMEOUTS,
} from '../../../../support/ipvs/recorded-messages.ts'
import { hexOf, RawSocket } from '../../../../support/testing/raw-socket.ts'

/** A socket of a kernel whose family has the number in the recorded messages, with a service that was created through it. */
async function withService() {
  const kernel = new SimulatedKernel({ profile: '7.2', familyId: 0x1e })
  kernel.module.load()
  const socket = await RawSocket.open(kernel)
  const made = await socket.send(bytesOf(NEW_SERVICE))
  return { kernel, socket, made }
}

/** A command without attributes. */
function plain(command: number, sequence: number, flags: number = NLM_F_REQUEST | NLM_F_ACK): Uint8Array {
  const writer = new WireWriter()
  const start = writer.beginMessage(0x1e, flags, sequence)
  writer.genericHeader(command, 1)
  writer.endMessage(start)
  return writer.bytes.slice(0, writer.length)
}

describe('the simulated kernel sends the bytes that Linux 7.2.7 sent:', () => {
  it('NEW_SERVICE of an existing service', async () => {
    const { socket, made } = await withService()
    expect(made.messages.map((message) => new DataView(message.buffer).getInt32(16, LITTLE_ENDIAN))).toEqual([
      0,
    ])
    const { messages } = await socket.send(bytesOf(NEW_SERVICE))
    // The kernel echoes the port id of the request unchanged.
    expect(messages.map(hexOf)).toEqual([DUPLICATE])
  })

  it('GET_SERVICE', async () => {
    const { socket } = await withService()
    const { messages } = await socket.send(bytesOf(GET_SERVICE))
    expect(messages.map(hexOf)).toEqual([SERVICE])
  })

  it('GET_INFO with its acknowledgement', async () => {
    const { socket } = await withService()
    const request = plain(IPVS_CMD.GET_INFO, 0x50)
    new DataView(request.buffer).setUint32(12, 0xc2a0_2aec, LITTLE_ENDIAN)
    const { messages } = await socket.send(request)
    expect(messages.map(hexOf)).toEqual([INFO.replace(/00000000$|00010000$/, '00010000'), INFO_ACK])
  })

  it('GET_CONFIG', async () => {
    const { socket } = await withService()
    const { messages } = await socket.send(plain(IPVS_CMD.GET_CONFIG, 0x51))
    expect(hexOf(messages[0]!)).toBe(TIMEOUTS)
  })

  it('an empty dump', async () => {
    const { socket } = await withService()
    const { messages } = await socket.send(plain(IPVS_CMD.GET_DEST, 0x4f, NLM_F_REQUEST | NLM_F_DUMP))
    expect(messages.map(hexOf)).toEqual([DONE])
  })

  it('GETFAMILY', async () => {
    const { socket } = await withService()
    const request = bytesOf(
      '20000000100005005200000000000000030100000900020049505653 00000000'.replaceAll(' ', ''),
    )
    const { messages } = await socket.send(request)
    // The controller reports dump-only operations without a policy since Linux 6.2.
    const later = FAMILY.replaceAll(/(08000100(08|0b)000000080002000)b/g, '$15').replace(
      /(0800010004000000080002000)b/,
      '$1f',
    )
    expect(hexOf(messages[0]!)).toBe(later)
  })
})
