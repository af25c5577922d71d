import { COMMAND } from '../../../ipvs/protocol/attributes.ts'
import { AttributeSet } from '../../../netlink/wire/attributes.ts'
import { writeDaemonRecord } from '../../ipvs/daemon-record.ts'
import { writeDestinationRecord } from '../../ipvs/destination-record.ts'
import type { NetworkNamespace } from '../../ipvs/namespace.ts'
import { writeServiceRecord } from '../../ipvs/service-record.ts'
import type { DumpSource } from '../../wire/dump-block.ts'
import { LEFTOVER } from '../../wire/extended-ack.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'
import { COMMAND_POLICY, findViolation } from '../../wire/policy.ts'
import { readServiceIdentity } from './service-request.ts'

/**
 * GET_SERVICE: resumes by counting the entries that were already sent, including those of other network namespaces
 * (ip_vs_genl_dump_services).
 */
export function dumpServices(namespace: NetworkNamespace): DumpSource {
  let passed = 0
  return (block) => {
    let index = 0
    for (const service of namespace.order.walk(namespace)) {
      if (index++ < passed || service === undefined) continue
      if (!block.add((writer) => writeServiceRecord(writer, service, namespace.profile))) {
        index--
        break
      }
    }
    passed = index
  }
}

/**
 * GET_DEST: looks the service up again for each block; the dump of a service that does not exist is empty
 * (ip_vs_genl_dump_dests). `view` holds the request, with its attributes from `start` to `end`.
 */
export function dumpDestinations(
  namespace: NetworkNamespace,
  view: DataView,
  start: number,
  end: number,
  request: number,
): DumpSource {
  let passed = 0
  const command = new AttributeSet(COMMAND)
  return (block, ack) => {
    const violation = findViolation(view, start, end, COMMAND_POLICY)
    if (violation !== undefined) return ack.setViolation(violation, request)
    if (command.read(view, start, end).leftover > 0) ack.message = LEFTOVER
    const service = serviceOf(namespace, command)
    while (service !== undefined && passed < service.destinationCount) {
      const destination = service.destinationAt(passed)
      const aligns = namespace.profile.alignsCounters
      if (!block.add((writer) => writeDestinationRecord(writer, destination, aligns))) return
      passed++
    }
  }
}

function serviceOf(namespace: NetworkNamespace, command: AttributeSet<(typeof COMMAND)['fields']>) {
  try {
    return namespace.find(readServiceIdentity(command))
  } catch (error) {
    if (error instanceof KernelErrno) return undefined
    throw error
  }
}

/** GET_DAEMON: one flag for each role remembers whether it was sent (ip_vs_genl_dump_daemons). */
export function dumpDaemons(namespace: NetworkNamespace): DumpSource {
  const sent = new Set<number>()
  return (block) => {
    for (const daemon of namespace.daemons) {
      if (sent.has(daemon.state)) continue
      if (!block.add((writer) => writeDaemonRecord(writer, daemon))) return
      sent.add(daemon.state)
    }
  }
}
