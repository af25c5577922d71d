import { NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_ERROR, NLMSG_HDRLEN } from '../../netlink/wire/uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../netlink/wire/wire.ts'
import { KernelErrno } from './kernel-errno.ts'
import type { NetlinkRequest, QueuedReply } from './request.ts'

const scratch = new WireWriter()

/** Queues a message in answer to a request; `type` is the number of its family. */
export function reply(request: NetlinkRequest, type: number, write: (writer: WireWriter) => void): void {
  const bytes = encode(request, type, 0, write)
  if (!request.socket.queue.push(corrupted(request, bytes))) throw new KernelErrno('EAGAIN')
}

/** Queues the acknowledgement of a request that was done or refused (netlink_ack). */
export function acknowledge(request: NetlinkRequest, aligns: boolean): void {
  const { ack, view, start, errno } = request
  const told = !ack.isEmpty
  const bytes = encode(request, NLMSG_ERROR, NLM_F_CAPPED | (told ? NLM_F_ACK_TLVS : 0), (writer) => {
    const at = writer.reserve(4)
    writer.view.setInt32(at, -errno, LITTLE_ENDIAN)
    writer.append(new Uint8Array(view.buffer, view.byteOffset + start, NLMSG_HDRLEN))
    if (told) ack.write(writer, errno !== 0, aligns)
  })
  request.socket.queue.push(corrupted(request, bytes))
}

function corrupted({ corrupt: spoil }: NetlinkRequest, bytes: Uint8Array): QueuedReply {
  return spoil === undefined ? { bytes } : spoil({ bytes })
}

function encode(
  { sequence, socket }: NetlinkRequest,
  type: number,
  flags: number,
  write: (writer: WireWriter) => void,
): Uint8Array {
  scratch.truncate(0)
  const start = scratch.beginMessage(type, flags, sequence)
  scratch.view.setUint32(start + 12, socket.portId, LITTLE_ENDIAN)
  write(scratch)
  scratch.endMessage(start)
  return scratch.bytes.slice(0, scratch.length)
}
