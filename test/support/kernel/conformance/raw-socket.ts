/** Sockets that send the same bytes to two kernels and make their replies comparable. */

import { CONTROLLER } from '../../../../src/netlink/generic-family.ts'
import type { NetlinkSocket, Transport } from '../../../../src/netlink/transport/transport.ts'
import { AttributeSet } from '../../../../src/netlink/wire/attributes.ts'
import { GENL_ID_CTRL, NLMSG_ERROR, NLMSG_HDRLEN } from '../../../../src/netlink/wire/uapi.ts'
import { align4 } from '../../../../src/netlink/wire/wire.ts'
import { encodeMessage } from './raw-message.ts'

/** One kernel's replies to a datagram, without the parts that may differ. */
export interface ComparableReplies {
  readonly state: string
  readonly receives: number
  /** Each message in hexadecimal. */
  readonly messages: readonly string[]
}

const REPLY_BYTES = 1024 * 1024

/** A socket that sends raw datagrams to a kernel. */
export class ConformanceSocket {
  readonly familyId: number
  readonly #socket: NetlinkSocket
  readonly #replies = new Uint8Array(REPLY_BYTES)

  private constructor(socket: NetlinkSocket, familyId: number) {
    this.#socket = socket
    this.familyId = familyId
  }

  static async open(transport: Transport): Promise<ConformanceSocket> {
    const socket = await transport.open('generic')
    const resolving = new ConformanceSocket(socket, -1)
    const name = { type: 2, payload: [...Buffer.from('IPVS\0')] }
    const [reply = ''] = (
      await resolving.send(encodeMessage({ type: GENL_ID_CTRL, flags: 5, command: 3, attributes: [name] }, 1))
    ).messages
    const bytes = Buffer.from(reply, 'hex')
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const set = new AttributeSet(CONTROLLER).read(view, NLMSG_HDRLEN + 4, bytes.length)
    return new ConformanceSocket(socket, set.require(CONTROLLER.fields.familyId))
  }

  async send(datagram: Uint8Array): Promise<ComparableReplies> {
    const ends = Uint32Array.of(datagram.length)
    const replies = this.#replies
    const { state, received, receives } = await this.#socket.exchange({
      ...{ datagrams: datagram, ends, count: 1, first: 0, awaiting: false, replies },
    })
    return { state, receives, messages: this.#messages(received) }
  }

  close(): void {
    this.#socket.close()
  }

  /** Splits the replies, without port ids, which belong to the sockets. */
  #messages(length: number): string[] {
    const view = new DataView(this.#replies.buffer)
    const messages: string[] = []
    for (let at = 0; at < length; ) {
      const size = view.getUint32(at, true)
      view.setUint32(at + 12, 0)
      if (view.getUint16(at + 4, true) === NLMSG_ERROR) view.setUint32(at + 32, 0)
      messages.push(Buffer.from(this.#replies.subarray(at, at + size)).toString('hex'))
      at += align4(size)
    }
    return messages
  }
}
