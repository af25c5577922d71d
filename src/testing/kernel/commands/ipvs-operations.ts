import { COMMAND } from '../../../ipvs/protocol/attributes.ts'
import { IPVS_CMD } from '../../../ipvs/protocol/uapi.ts'
import { AttributeSet } from '../../../netlink/wire/attributes.ts'
import { GENL_HDRLEN } from '../../../netlink/wire/uapi.ts'
import type { NetworkNamespace } from '../../ipvs/namespace.ts'
import { writeServiceRecord } from '../../ipvs/service-record.ts'
import type { DumpSource } from '../../wire/dump-block.ts'
import { COMMAND_POLICY } from '../../wire/policy.ts'
import { reply } from '../../wire/reply.ts'
import type { NetlinkRequest } from '../../wire/request.ts'
import { type GenericOperations, type Operation, readAttributes } from '../netlink/generic-netlink.ts'
import { startDaemon, stopDaemon } from './daemon-commands.ts'
import { addDestination, removeDestination, setDestination } from './destination-commands.ts'
import { dumpDaemons, dumpDestinations, dumpServices } from './dump.ts'
import { addService, flush, namedService, removeService, setService, zero } from './service-commands.ts'
import { setTimeouts, writeInfo, writeTimeouts } from './settings-commands.ts'

type CommandAttributes = AttributeSet<(typeof COMMAND)['fields']>
type CommandHandler = (
  namespace: NetworkNamespace,
  command: CommandAttributes,
  request: NetlinkRequest,
) => void

const set = new AttributeSet(COMMAND)

/** Every command up to FLUSH, the last one, is exempt from strict checks. */
const STRICT_FROM = IPVS_CMD.FLUSH + 1

/** The commands of IPVS (ip_vs_genl_ops). */
export function ipvsOperations(): GenericOperations {
  const doit = (run: CommandHandler): Operation['doit'] => {
    return (request) => run(request.sender.namespace, readAttributes(request, set, COMMAND_POLICY), request)
  }
  const dump = (source: (request: NetlinkRequest) => DumpSource): Operation['dump'] => {
    return (request) => request.sender.startDump(request, source(request))
  }
  const plain: readonly (readonly [number, CommandHandler])[] = [
    [IPVS_CMD.NEW_SERVICE, addService],
    [IPVS_CMD.SET_SERVICE, setService],
    [IPVS_CMD.DEL_SERVICE, removeService],
    [IPVS_CMD.NEW_DEST, addDestination],
    [IPVS_CMD.SET_DEST, setDestination],
    [IPVS_CMD.DEL_DEST, removeDestination],
    [IPVS_CMD.NEW_DAEMON, (netns, command, { start, ack }) => startDaemon(netns, command, start, ack)],
    [IPVS_CMD.DEL_DAEMON, (netns, command, { start, ack }) => stopDaemon(netns, command, start, ack)],
    [IPVS_CMD.SET_CONFIG, setTimeouts],
    [IPVS_CMD.GET_CONFIG, (netns, _, request) => answer(request, (writer) => writeTimeouts(writer, netns))],
    [IPVS_CMD.GET_INFO, (netns, _, request) => answer(request, (writer) => writeInfo(writer, netns))],
    [IPVS_CMD.ZERO, (netns, command) => zero(netns, command, command.has(COMMAND.fields.service))],
    [IPVS_CMD.FLUSH, flush],
  ]
  const answer = (request: NetlinkRequest, write: Parameters<typeof reply>[2]) =>
    reply(request, request.type, write)
  const operations = new Map<number, Operation>(plain.map(([command, run]) => [command, { doit: doit(run) }]))
  operations.set(IPVS_CMD.GET_SERVICE, {
    doit: doit((netns, command, request) => {
      const service = namedService(netns, command)
      answer(request, (writer) => writeServiceRecord(writer, service, netns.profile))
    }),
    dump: dump(({ sender }) => dumpServices(sender.namespace)),
  })
  operations.set(IPVS_CMD.GET_DEST, {
    dump: dump(({ sender, view, start, payload, end }) =>
      dumpDestinations(sender.namespace, view, payload + GENL_HDRLEN, end, start),
    ),
  })
  operations.set(IPVS_CMD.GET_DAEMON, { dump: dump(({ sender }) => dumpDaemons(sender.namespace)) })
  return { operations, privileged: true, strictFrom: STRICT_FROM }
}
