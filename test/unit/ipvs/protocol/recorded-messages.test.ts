import { beforeEach, describe, expect, it } from 'vitest'
import { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import { COMMAND } from '../../../../src/ipvs/protocol/attributes.ts'
import { CONTROLLER } from '../../../../src/netlink/generic-family.ts'
import { AttributeSet } from '../../../../src/netlink/wire/attributes.ts'
import { GENL_ID_CTRL, NLM_F_ACK } from '../../../../src/netlink/wire/uapi.ts'
import { LITTLE_ENDIAN } from '../../../../src/netlink/wire/wire.ts'
import { NO_TRAFFIC } from '../../../support/ipvs/encoding.ts'
import * as golden from '../../../support/ipvs/recorded-messages.ts'
import {
  type Answer,
  acknowledgement,
  attributesOf,
  type SentMessage,
} from '../../../support/netlink/answers.ts'
import { FakeTransport } from '../../../support/netlink/fake-transport.ts'

const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const SERVICE = {
  ...WEB,
  family: 'ipv4',
  scheduler: 'wrr',
  schedulerFlags: [],
  onePacket: false,
  persistence: { timeout: 300, mask: '255.255.255.0' },
  persistenceEngine: null,
  statistics: NO_TRAFFIC,
}

let kernel: FakeTransport
let ipvs: IpvsClient
/** The replies of a real kernel to each command, by its number. */
const ANSWERS: Readonly<Record<number, (sequence: number) => Uint8Array[]>> = {
  1: (sequence) => [golden.withSequence(sequence, golden.DUPLICATE)],
  3: (sequence) => [golden.withSequence(sequence, golden.DELETE_REFUSED)],
  4: (sequence) => [golden.withSequence(sequence, golden.SERVICE), acknowledgement(sequence, 0)],
  8: (sequence) => [golden.withSequence(sequence, golden.DESTINATION, golden.DONE)],
  13: (sequence) => [golden.withSequence(sequence, golden.TIMEOUTS), acknowledgement(sequence, 0)],
  15: (sequence) => [golden.withSequence(sequence, golden.INFO, golden.INFO_ACK)],
}

function answer({ type, command, sequence }: SentMessage): Answer {
  const pieces =
    type === GENL_ID_CTRL
      ? [golden.withSequence(sequence, golden.FAMILY), acknowledgement(sequence, 0)]
      : ANSWERS[command!]!(sequence)
  return { raw: Buffer.concat(pieces) }
}

/** A request in hexadecimal, with the sequence number, port id and acknowledgement of a recorded one. */
function likeRecorded(message: SentMessage, recorded: string): string {
  const bytes = Buffer.from(message.bytes)
  const other = Buffer.from(recorded, 'hex')
  other.copy(bytes, 8, 8, 16)
  bytes.writeUInt16LE((bytes.readUInt16LE(6) & ~NLM_F_ACK) | (other.readUInt16LE(6) & NLM_F_ACK), 6)
  return bytes.toString('hex')
}

beforeEach(async () => {
  kernel = new FakeTransport()
  kernel.answer = answer
  ipvs = await IpvsClient.open({ transport: kernel })
})

describe.runIf(LITTLE_ENDIAN)('the reply of a real kernel', () => {
  it('about the family contains its number after all its operations', () => {
    const bytes = golden.bytesOf(golden.FAMILY)
    const set = new AttributeSet(CONTROLLER).readStrictly(new DataView(bytes.buffer), 20, bytes.length)
    const { fields } = CONTROLLER
    expect([set.get(fields.familyName), set.get(fields.familyId), set.get(fields.version)]).toEqual([
      'IPVS',
      0x1e,
      1,
    ])
    expect([set.get(fields.maximumAttribute), set.get(fields.operations)?.length]).toEqual([6, 16 * 20])
  })

  it('about a service and its destination is read', async () => {
    const destination = {
      address: '198.51.100.7',
      port: 8080,
      family: 'ipv4',
      forwarding: 'tun',
      tunnel: { type: 'gue', port: 6080, checksum: 'checksum' },
      weight: 5,
      upperThreshold: 100,
      lowerThreshold: 50,
      activeConnections: 0,
      inactiveConnections: 0,
      persistentConnections: 0,
      statistics: NO_TRAFFIC,
    }
    expect(await ipvs.service(WEB)).toEqual({ ...SERVICE, destinations: [destination] })
  })

  it('about itself is read', async () => {
    expect(await ipvs.info()).toEqual({ version: '1.2.1', connectionTableSize: 256 })
    expect(await ipvs.timeouts()).toEqual({ tcp: 900, tcpFin: 120, udp: 300 })
  })

  it('that refuses a command is an error, with or without the request after it', async () => {
    await expect(ipvs.addService(WEB)).rejects.toMatchObject({
      code: 'EEXIST',
      errno: 17,
      kernelMessage: undefined,
    })
    await expect(ipvs.removeService(WEB)).rejects.toMatchObject({
      code: 'ESRCH',
      errno: 3,
      kernelMessage: undefined,
    })
  })
})

describe.runIf(LITTLE_ENDIAN)('the request to a real kernel', () => {
  it('for a new service is sent byte for byte, except for the mask of the flags', async () => {
    await ipvs
      .addService({ ...WEB, scheduler: 'wrr', persistence: { timeout: 300, mask: 24 } })
      .catch(() => {})
    // Recorded with a mask of all bits; this library sends only the bits that it knows, which has the same effect for a new
    // service.
    const expected = golden.NEW_SERVICE.replace('01000000ffffffff', '010000003d000000')
    expect(expected).not.toBe(golden.NEW_SERVICE)
    expect(likeRecorded(kernel.messages.at(-1)!, golden.NEW_SERVICE)).toBe(expected)
  })

  it('for reading a service is sent byte for byte', async () => {
    await ipvs.service(WEB)
    const [, request] = kernel.messages
    expect(likeRecorded(request!, golden.GET_SERVICE)).toBe(golden.GET_SERVICE)
  })

  it('decodes to its input, whatever the mask', () => {
    const bytes = golden.bytesOf(golden.NEW_SERVICE)
    const recorded = { type: 0x1e, flags: 5, sequence: 77, command: 1, bytes }
    const { service } = COMMAND.fields
    const set = attributesOf(recorded, COMMAND)
    expect([set.offsetOf(service), set.lengthOf(service)]).toEqual([24, 80])
  })

  it('for the family contains its name', () => {
    const [lookup] = kernel.messages
    expect(lookup).toMatchObject({ type: GENL_ID_CTRL, command: 3 })
    expect(attributesOf(lookup!, CONTROLLER).get(CONTROLLER.fields.familyName)).toBe('IPVS')
  })
})
