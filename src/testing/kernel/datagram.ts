import { GENL_ID_CTRL, NLM_F_ACK, NLMSG_HDRLEN } from '../../netlink/wire/uapi.ts'
import { align4, LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'
import { corrupter } from '../wire/corrupt-reply.ts'
import { KernelErrno } from '../wire/kernel-errno.ts'
import { LoggedRequest } from '../wire/logged-request.ts'
import { acknowledge } from '../wire/reply.ts'
import { NetlinkRequest } from '../wire/request.ts'
import { dispatch } from './generic-netlink.ts'
import type { SimulatedMachine } from './simulated-machine.ts'
import type { SimulatedSocket } from './simulated-socket.ts'

/** Takes a datagram apart; a length that makes no sense ends it without a word (netlink_rcv_skb). */
export function parseDatagram(socket: SimulatedSocket, bytes: Uint8Array): NetlinkRequest[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const requests: NetlinkRequest[] = []
  for (let at = 0; bytes.length - at >= NLMSG_HDRLEN; ) {
    const length = view.getUint32(at, LITTLE_ENDIAN)
    if (length < NLMSG_HDRLEN || length > bytes.length - at) break
    requests.push(new NetlinkRequest(socket, view, at))
    at += align4(length)
  }
  return requests
}

/** Notes requests in the log, and what is to go wrong with them. */
export function logRequests({ log, faults }: SimulatedMachine, requests: readonly NetlinkRequest[]): void {
  for (const request of requests) {
    if (!request.isProcessed) continue
    log.add(request)
    if (!faults.isEmpty) request.faults = faults.of(new LoggedRequest(request))
  }
}

/** Executes a request, and answers it if an answer is due. */
export function execute(machine: SimulatedMachine, request: NetlinkRequest): void {
  const { faults } = request
  if (faults.length > 0) {
    for (const fault of faults) if (fault.kind === 'meanwhile') fault.run()
    request.corrupt = corrupter(faults)
  }
  const spoken = !request.isProcessed || dispatchRequest(machine, request)
  if (!spoken || faults.some(({ kind }) => kind === 'silence')) return
  const { errno, flags } = request
  if (errno !== 0 || (flags & NLM_F_ACK) !== 0) acknowledge(request, machine.profile.alignsCounters)
}

/** Carries a request out; false when nothing is to be said to it. */
function dispatchRequest(machine: SimulatedMachine, request: NetlinkRequest): boolean {
  try {
    for (const fault of request.faults) if (fault.kind === 'refuse') throw new KernelErrno(fault.error)
    const family = request.type === GENL_ID_CTRL ? machine.controller : machine.family(request.type)
    if (family === undefined) throw new KernelErrno('ENOENT')
    return dispatch(family, request) === 'answer'
  } catch (error) {
    if (!(error instanceof KernelErrno)) throw error
    request.errno = error.errno
    return true
  }
}
