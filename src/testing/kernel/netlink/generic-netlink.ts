import type { AttributeSet, Fields } from '../../../netlink/wire/attributes.ts'
import {
  GENL_HDRLEN,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  NLMSG_HDRLEN,
} from '../../../netlink/wire/uapi.ts'
import { LITTLE_ENDIAN } from '../../../netlink/wire/wire.ts'
import { LEFTOVER } from '../../wire/extended-ack.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'
import { findViolation, type Policy } from '../../wire/policy.ts'
import type { NetlinkRequest } from '../../wire/request.ts'

/** How a family handles one command (struct genl_ops). */
export interface Operation {
  /** Executes the command in its plain form; may send a reply. */
  readonly doit?: ((request: NetlinkRequest) => void) | undefined
  /** Starts a dump. */
  readonly dump?: ((request: NetlinkRequest) => void) | undefined
}

/** A family of generic netlink (struct genl_family). */
export interface GenericOperations {
  readonly operations: ReadonlyMap<number, Operation>
  /** Whether every command needs CAP_NET_ADMIN. */
  readonly privileged: boolean
  /** The headers of commands from this one on are checked (resv_start_op). */
  readonly strictFrom: number
}

const NLM_F_ECHO = 0x8

/** Whether the kernel acknowledges the request. It does not acknowledge the start of a dump. */
export type DispatchResult = 'acknowledge' | 'silence'

/** Passes a request to its family (genl_family_rcv_msg). */
export function dispatch(family: GenericOperations, request: NetlinkRequest): DispatchResult {
  if (request.end - request.start < NLMSG_HDRLEN + GENL_HDRLEN) throw new KernelErrno('EINVAL')
  const command = request.command ?? 0
  if (command >= family.strictFrom) checkHeader(request)
  const { doit, dump } = family.operations.get(command) ?? {}
  const dumps = (request.flags & NLM_F_DUMP) === NLM_F_DUMP
  const run = dumps ? dump : doit
  if (run === undefined) throw new KernelErrno('EOPNOTSUPP')
  if (family.privileged && !request.sender.privileged) throw new KernelErrno('EPERM')
  run(request)
  return dumps ? 'silence' : 'acknowledge'
}

/** genl_header_check. */
function checkHeader({ view, payload, flags, ack }: NetlinkRequest): void {
  if (view.getUint16(payload + 2, LITTLE_ENDIAN) !== 0) {
    ack.message = 'genlmsghdr.reserved field is not 0'
    throw new KernelErrno('EINVAL')
  }
  const own = (flags & NLM_F_DUMP) === NLM_F_DUMP ? flags & ~NLM_F_DUMP : flags
  if ((own & ~(NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO)) !== 0) {
    ack.message = 'ambiguous or reserved bits set in nlmsg_flags'
    throw new KernelErrno('EINVAL')
  }
}

/** Reads the attributes of a plain command into `set`; they must obey the policy. */
export function readAttributes<F extends Fields>(
  request: NetlinkRequest,
  set: AttributeSet<F>,
  policy: Policy,
): AttributeSet<F> {
  const { view, payload, end, ack } = request
  const start = payload + GENL_HDRLEN
  const violation = findViolation(view, start, end, policy)
  if (violation !== undefined) {
    ack.setViolation(violation, request.start)
    throw new KernelErrno(violation.errno)
  }
  if (set.read(view, start, end).leftover > 0) ack.message = LEFTOVER
  return set
}
