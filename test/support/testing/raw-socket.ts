/** A socket that sends raw messages to a simulated kernel. */

import type { NetlinkSocket, Transport } from '../../../src/netlink/transport/transport.ts'
import { align4, LITTLE_ENDIAN } from '../../../src/netlink/wire/wire.ts'

/** The result of an exchange. */
export interface ExchangeResult {
  readonly state: string
  /** Bytes of each message, with the port id of the recorded messages. */
  readonly messages: readonly Uint8Array<ArrayBuffer>[]
}

const GOLDEN_PORT = 0xc2a0_2aec

export class RawSocket {
  readonly #socket: NetlinkSocket
  readonly #replies = new Uint8Array(1024 * 1024)

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket
  }

  static async open(transport: Transport): Promise<RawSocket> {
    return new RawSocket(await transport.open('generic'))
  }

  async send(...messages: readonly Uint8Array[]): Promise<ExchangeResult> {
    const datagrams = Uint8Array.from(Buffer.concat(messages))
    const { state, received } = await this.#socket.exchange({
      ...{ datagrams, ends: Uint32Array.of(datagrams.length), count: 1, first: 0, awaiting: false },
      replies: this.#replies,
    })
    return { state, messages: this.#split(received) }
  }

  #split(length: number): Uint8Array<ArrayBuffer>[] {
    const messages: Uint8Array<ArrayBuffer>[] = []
    const view = new DataView(this.#replies.buffer)
    for (let at = 0; at < length; ) {
      const size = view.getUint32(at, LITTLE_ENDIAN)
      view.setUint32(at + 12, GOLDEN_PORT, LITTLE_ENDIAN)
      messages.push(this.#replies.slice(at, at + size))
      at += align4(size)
    }
    return messages
  }
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
