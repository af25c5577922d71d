import type { DestinationInput } from '../../../src/ipvs/model/destination.ts'
import { checkDestinationKey, writeDestination } from '../../../src/ipvs/model/destination-message.ts'
import {
  readService,
  type ServiceHeader,
  type ServiceInput,
  writeService,
} from '../../../src/ipvs/model/service.ts'
import { checkServiceKey } from '../../../src/ipvs/model/service-key.ts'
import { COMMAND, DAEMON, SERVICE } from '../../../src/ipvs/protocol/attributes.ts'
import { IPVS_CMD } from '../../../src/ipvs/protocol/uapi.ts'
import { CONTROLLER } from '../../../src/netlink/generic-family.ts'
import type { OpenOptions } from '../../../src/netlink/open.ts'
import { AttributeSet, writeAttribute } from '../../../src/netlink/wire/attributes.ts'
import { CTRL_CMD_NEWFAMILY, GENL_ID_CTRL } from '../../../src/netlink/wire/uapi.ts'
import type { WireWriter } from '../../../src/netlink/wire/wire.ts'
import { Ipvs } from '../../../src/state/ipvs.ts'
import { type Answer, attributesOf, type Reply, type SentMessage } from '../netlink/answers.ts'
import { FakeTransport } from '../netlink/fake-transport.ts'

type CommandName = keyof typeof IPVS_CMD
type Script = Partial<Record<CommandName, (message: SentMessage) => Answer>>

const ENOENT = 2
const NAMES = new Map<number, CommandName>(
  Object.entries(IPVS_CMD).map(([name, number]) => [number, name as CommandName]),
)

/**
 * A kernel with the IPVS family that replies according to a script, and acknowledges commands that the script omits. It serves
 * for replies that no kernel sends (missing, empty, malformed, repeated) and for tests that inspect datagrams and their bytes
 * or delay an exchange. Every other test uses the simulated kernel: simulated-client.ts.
 */
export class FakeKernel extends FakeTransport {
  /** The number of the family; undefined without the module. */
  familyId: number | undefined = 0x1e
  readonly script: Script = {}

  override answer = (message: SentMessage): Answer | undefined => {
    if (message.type === GENL_ID_CTRL) return this.#lookUp()
    if (message.type !== this.familyId) return { errno: ENOENT }
    return this.script[commandOf(message)]?.(message)
  }

  /** The commands that were sent, without the lookup of the family. */
  get commands(): CommandName[] {
    return this.messages.filter(({ type }) => type > GENL_ID_CTRL).map(commandOf)
  }

  #lookUp(): Answer {
    const id = this.familyId
    if (id === undefined) return { errno: ENOENT }
    const body = (writer: WireWriter) => writeAttribute(writer, CONTROLLER.fields.familyId, id)
    return { replies: [{ command: CTRL_CMD_NEWFAMILY, body }] }
  }
}

export function commandOf({ command }: SentMessage): CommandName {
  return NAMES.get(command ?? 0) ?? 'SET_INFO'
}

/** A client of a kernel, and the kernel. */
export async function open(options: OpenOptions = {}): Promise<{ ipvs: Ipvs; kernel: FakeKernel }> {
  const kernel = new FakeKernel()
  return { kernel, ipvs: await Ipvs.open({ transport: kernel, ...options }) }
}

function nested(command: number, type: number, body: (writer: WireWriter) => void): Reply {
  return {
    command,
    body: (writer) => {
      const nest = writer.beginNest(type)
      body(writer)
      writer.endNest(nest)
    },
  }
}

/** A reply with a service. */
export function serviceReply(service: ServiceInput): Reply {
  const key = checkServiceKey(service)
  return nested(IPVS_CMD.NEW_SERVICE, COMMAND.fields.service.type, (writer) =>
    writeService(writer, key, service),
  )
}

/** A reply with a destination. */
export function destinationReply(input: object, serviceFamily: 'ipv4' | 'ipv6' = 'ipv4'): Reply {
  const destination = input as DestinationInput
  const key = checkDestinationKey(destination, 80)
  return nested(IPVS_CMD.NEW_DEST, COMMAND.fields.destination.type, (writer) =>
    writeDestination(writer, key, destination, serviceFamily),
  )
}

/** A reply with a daemon. */
export function daemonReply(state: number): Reply {
  return nested(IPVS_CMD.NEW_DAEMON, COMMAND.fields.daemon.type, (writer) => {
    writeAttribute(writer, DAEMON.fields.state, state)
    writeAttribute(writer, DAEMON.fields.interface, 'eth0')
  })
}

/** The service in a request. */
export function serviceIn(message: SentMessage): ServiceHeader {
  const set = attributesOf(message, COMMAND).nest(COMMAND.fields.service, new AttributeSet(SERVICE))
  return readService(set as AttributeSet<(typeof SERVICE)['fields']>)
}
