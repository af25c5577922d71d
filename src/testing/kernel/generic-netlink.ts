import type { AttributeSet, Fields } from '../../netlink/wire/attributes.ts'
import { GENL_HDRLEN, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, NLMSG_HDRLEN } from '../../netlink/wire/uapi.ts'
import { LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'
import { LEFTOVER } from '../wire/extended-ack.ts'
import { KernelErrno } from '../wire/kernel-errno.ts'
import { findViolation, type Policy } from '../wire/policy.ts'
import type { NetlinkRequest } from '../wire/request.ts'

/** What a family does about one command. */
export interface Operation {
  /** Carries the command out in its plain form; may answer. */
  readonly doit?: ((request: NetlinkRequest) => void) | undefined
  /** Begins a dump. */
  readonly dump?: ((request: NetlinkRequest) => void) | undefined
}

/** A family of generic netlink. */
export interface GenericOperations {
  readonly operations: ReadonlyMap<number, Operation>
  /** Whether every command asks for CAP_NET_ADMIN. */
  readonly privileged: boolean
  /** Commands from this one on are looked at more closely (resv_start_op). */
  readonly strictFrom: number
}

const NLM_F_ECHO = 0x8

/** What became of a request: an answer is due, or not, as after the beginning of a dump. */
export type DispatchResult = 'answer' | 'silence'

/** Hands a request to its family (genl_family_rcv_msg). */
export function dispatch(family: GenericOperations, request: NetlinkRequest): DispatchResult {
  if (request.end - request.start < NLMSG_HDRLEN + GENL_HDRLEN) throw new KernelErrno('EINVAL')
  const command = request.command ?? 0
  if (command >= family.strictFrom) checkHeader(request)
  const { doit: act, dump } = family.operations.get(command) ?? {}
  const dumps = (request.flags & NLM_F_DUMP) === NLM_F_DUMP
  const run = dumps ? dump : act
  if (run === undefined) throw new KernelErrno('EOPNOTSUPP')
  if (family.privileged && !request.socket.privileged) throw new KernelErrno('EPERM')
  run(request)
  return dumps ? 'silence' : 'answer'
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

/** Reads the attributes of a plain command, which must follow the rules, into `set`. */
export function readAttributes<F extends Fields>(
  request: NetlinkRequest,
  set: AttributeSet<F>,
  policy: Policy,
): AttributeSet<F> {
  const { view, payload, end, ack } = request
  const start = payload + GENL_HDRLEN
  const broken = findViolation(view, start, end, policy)
  if (broken !== undefined) {
    ack.setViolation(broken, request.start)
    throw new KernelErrno(broken.errno)
  }
  if (set.read(view, start, end).leftover > 0) ack.message = LEFTOVER
  return set
}
