import { Connection, type OutgoingMessage } from '../../../src/netlink/connection/connection.ts'
import type { ConnectionOptions } from '../../../src/netlink/connection/exchange-pipeline.ts'
import type { Outcome } from '../../../src/netlink/connection/failures.ts'
import { attributeTable, writeAttribute } from '../../../src/netlink/wire/attributes.ts'
import { u32 } from '../../../src/netlink/wire/codecs.ts'
import { NLM_F_DUMP } from '../../../src/netlink/wire/uapi.ts'
import { attributesOf, type Reply, type SentMessage } from './answers.ts'
import type { FakeTransport } from './fake-transport.ts'

/** A family for tests: every message carries a number, the tag, that identifies it. */
export const TAGGED = attributeTable('tagged', { tag: [1, u32] })
const TYPE = 32
const COMMAND = 1

export function openConnection(
  transport: FakeTransport,
  options: Partial<ConnectionOptions> = {},
): Promise<Connection> {
  return Connection.open(transport, { protocol: 'generic', timeout: 1000, ...options })
}

/** Sends a request that has no reply. */
export function sendRequest(
  connection: Connection,
  tag: number,
  message: Partial<OutgoingMessage> = {},
): Promise<Outcome> {
  return connection.request({ type: TYPE, flags: 0, body: (writer) => writeTag(writer, tag), ...message })
}

function writeTag(writer: Parameters<OutgoingMessage['body']>[0], tag: number): void {
  writer.genericHeader(COMMAND, 1)
  writeAttribute(writer, TAGGED.fields.tag, tag)
}

/** Requests a dump and returns the size of each reply with the outcome. */
export async function dump(connection: Connection, tag: number, message: Partial<OutgoingMessage> = {}) {
  const sizes: number[] = []
  const outcome = await sendRequest(connection, tag, {
    flags: NLM_F_DUMP,
    onReply: (_view, { start, end }) => sizes.push(end - start),
    ...message,
  })
  return { outcome, sizes }
}

/** A reply with a body of `size` bytes. */
export function replyOf(size: number, sequence?: number): Reply {
  const body: Reply['body'] = (writer) => {
    writer.reserve(size)
  }
  return sequence === undefined ? { command: COMMAND, body } : { command: COMMAND, body, sequence }
}

export function tagOf(message: SentMessage): number {
  return attributesOf(message, TAGGED).require(TAGGED.fields.tag)
}

/** The tags of every datagram that was sent. */
export function tagsSent({ datagrams }: FakeTransport): number[][] {
  return datagrams.map((messages) => messages.filter(({ type }) => type === TYPE).map(tagOf))
}

/** The messages of every datagram that request an acknowledgement. */
export function flagsSent({ datagrams }: FakeTransport): number[][] {
  return datagrams.map((messages) => messages.map(({ flags }) => flags))
}
