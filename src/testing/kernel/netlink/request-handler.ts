import { NLM_F_ACK, NLMSG_HDRLEN } from '../../../netlink/wire/uapi.ts'
import { align4, LITTLE_ENDIAN } from '../../../netlink/wire/wire.ts'
import { createCorruption } from '../../wire/corrupt-reply.ts'
import type { Faults } from '../../wire/faults.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'
import { LoggedRequest } from '../../wire/logged-request.ts'
import { acknowledge } from '../../wire/reply.ts'
import { NetlinkRequest, type RequestSender } from '../../wire/request.ts'
import type { RequestLog } from '../../wire/request-log.ts'
import { dispatch, type GenericOperations } from './generic-netlink.ts'

/** The parts of a kernel that handling requests requires. */
export interface RequestHandlerOptions {
  readonly log: RequestLog
  readonly faults: Faults
  /** Finds the family that currently has a number. */
  readonly findFamily: (id: number) => GenericOperations | undefined
  /** Whether 64-bit numbers are aligned by PAD attributes. */
  readonly aligns: boolean
}

/** Splits datagrams into requests, logs and executes them, and queues the replies. */
export class RequestHandler {
  readonly #options: RequestHandlerOptions

  constructor(options: RequestHandlerOptions) {
    this.#options = options
  }

  /** Splits a datagram into requests; an invalid length ends it silently (netlink_rcv_skb). */
  parse(sender: RequestSender, bytes: Uint8Array): NetlinkRequest[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const requests: NetlinkRequest[] = []
    for (let at = 0; bytes.length - at >= NLMSG_HDRLEN; ) {
      const length = view.getUint32(at, LITTLE_ENDIAN)
      if (length < NLMSG_HDRLEN || length > bytes.length - at) break
      requests.push(new NetlinkRequest(sender, view, at))
      at += align4(length)
    }
    return requests
  }

  /** Adds requests to the log, and determines the faults that happen to them. */
  log(requests: readonly NetlinkRequest[]): void {
    const { log, faults } = this.#options
    for (const request of requests) {
      if (!request.isProcessed) continue
      log.add(request)
      if (!faults.isEmpty) request.faults = faults.of(new LoggedRequest(request))
    }
  }

  /** Executes a request, and acknowledges it if an acknowledgement is due. */
  execute(request: NetlinkRequest): void {
    const { faults } = request
    if (faults.length > 0) {
      for (const fault of faults) if (fault.kind === 'meanwhile') fault.run()
      request.corrupt = createCorruption(faults)
    }
    const acknowledged = !request.isProcessed || this.#dispatch(request)
    if (!acknowledged || faults.some(({ kind }) => kind === 'silence')) return
    const { errno, flags } = request
    if (errno !== 0 || (flags & NLM_F_ACK) !== 0) acknowledge(request, this.#options.aligns)
  }

  /** Passes a request to its family; false if it is not acknowledged. */
  #dispatch(request: NetlinkRequest): boolean {
    try {
      for (const fault of request.faults) if (fault.kind === 'refuse') throw new KernelErrno(fault.error)
      const family = this.#options.findFamily(request.type)
      if (family === undefined) throw new KernelErrno('ENOENT')
      return dispatch(family, request) === 'acknowledge'
    } catch (error) {
      if (!(error instanceof KernelErrno)) throw error
      request.errno = error.errno
      return true
    }
  }
}
