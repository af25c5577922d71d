import { NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_ERROR, NLMSG_HDRLEN } from '../../netlink/wire/uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../netlink/wire/wire.ts'
import { KernelErrno } from './kernel-errno.ts'
import type { QueuedReply } from './receive-queue.ts'
import type { NetlinkRequest } from './request.ts'

const scratch = new WireWriter()

/** Queues a message in reply to a request; `type` is the number of its family. */
export function reply(request: NetlinkRequest, type: number, write: (writer: WireWriter) => void): void {
  const bytes = encode(request, type, 0, write)
  if (!request.sender.queue.push(corrupted(request, bytes))) throw new KernelErrno('EAGAIN')
}

/** Queues the acknowledgement of a request that was executed or refused (netlink_ack). */
export function acknowledge(request: NetlinkRequest, aligns: boolean): void {
  const { ack, view, start, errno } = request
  const extended = !ack.isEmpty
  const bytes = encode(request, NLMSG_ERROR, NLM_F_CAPPED | (extended ? NLM_F_ACK_TLVS : 0), (writer) => {
    const at = writer.reserve(4)
    writer.view.setInt32(at, -errno, LITTLE_ENDIAN)
    writer.append(new Uint8Array(view.buffer, view.byteOffset + start, NLMSG_HDRLEN))
    if (extended) ack.write(writer, errno !== 0, aligns)
  })
  request.sender.queue.push(corrupted(request, bytes))
}

function corrupted({ corrupt }: NetlinkRequest, bytes: Uint8Array): QueuedReply {
  return corrupt === undefined ? { bytes } : corrupt({ bytes })
}

function encode(
  { sequence, sender }: NetlinkRequest,
  type: number,
  flags: number,
  write: (writer: WireWriter) => void,
): Uint8Array {
  scratch.truncate(0)
  const start = scratch.beginMessage(type, flags, sequence)
  scratch.view.setUint32(start + 12, sender.portId, LITTLE_ENDIAN)
  write(scratch)
  scratch.endMessage(start)
  return scratch.bytes.slice(0, scratch.length)
}
