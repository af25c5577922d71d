import { IPVS_CMD, IPVS_GENL_NAME, IPVS_GENL_VERSION } from '../../../ipvs/protocol/uapi.ts'
import { CONTROLLER } from '../../../netlink/generic-family.ts'
import { AttributeSet, writeAttribute } from '../../../netlink/wire/attributes.ts'
import { CTRL_CMD_GETFAMILY, CTRL_CMD_NEWFAMILY, GENL_ID_CTRL } from '../../../netlink/wire/uapi.ts'
import { LITTLE_ENDIAN, type WireWriter } from '../../../netlink/wire/wire.ts'
import type { KernelProfile } from '../../ipvs/profile.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'
import { FAMILY_POLICY } from '../../wire/policy.ts'
import { reply } from '../../wire/reply.ts'
import { type GenericOperations, readAttributes } from './generic-netlink.ts'

const { fields } = CONTROLLER
const set = new AttributeSet(CONTROLLER)
/** Version of the controller itself. */
const VERSION = 2
/** GENL_ADMIN_PERM, GENL_CMD_CAP_DO and GENL_CMD_CAP_HASPOL; GET_SERVICE has GENL_CMD_CAP_DUMP as well. */
const PLAIN_FLAGS = 0x0b
const BOTH_FLAGS = 0x0f
/** CTRL_ATTR_OP_ID and CTRL_ATTR_OP_FLAGS. */
const OPERATION_ID = 1
const OPERATION_FLAGS = 2
/** IPVS_CMD_ATTR_MAX. */
const MAX_ATTRIBUTE = 6
/** Commands up to CTRL_CMD_GETPOLICY are not checked strictly. */
const STRICT_FROM = 11

/** The parts of the kernel module of IPVS that the controller uses. */
interface LoadableModule {
  /** The number of the family; undefined while the module is not loaded. */
  readonly familyId: number | undefined
  load(): void
}

/** The family `nlctrl`, which resolves the names of the others. A lookup of IPVS by name makes the kernel load the module. */
export function controllerOperations(module: LoadableModule, profile: KernelProfile): GenericOperations {
  const getFamily = {
    doit: (request: Parameters<typeof readAttributes>[0]) => {
      readAttributes(request, set, FAMILY_POLICY)
      const name = set.get(fields.familyName)
      const id = set.u16(fields.familyId)
      if (name === undefined && id === undefined) throw new KernelErrno('EINVAL')
      const isMeant = name === undefined ? id === module.familyId : name === IPVS_GENL_NAME
      if (name === IPVS_GENL_NAME) module.load()
      const { familyId } = module
      if (!isMeant || familyId === undefined) throw new KernelErrno('ENOENT')
      reply(request, GENL_ID_CTRL, (writer) => writeFamily(writer, profile, familyId))
    },
  }
  return {
    operations: new Map([[CTRL_CMD_GETFAMILY, getFamily]]),
    privileged: false,
    strictFrom: STRICT_FROM,
  }
}

/** ctrl_fill_info. */
function writeFamily(writer: WireWriter, { dumpOperationFlags }: KernelProfile, id: number): void {
  writer.genericHeader(CTRL_CMD_NEWFAMILY, VERSION)
  writeAttribute(writer, fields.familyName, IPVS_GENL_NAME)
  writeAttribute(writer, fields.familyId, id)
  writeAttribute(writer, fields.version, IPVS_GENL_VERSION)
  writeAttribute(writer, fields.headerSize, 0)
  writeAttribute(writer, fields.maximumAttribute, MAX_ATTRIBUTE)
  const operations = writer.beginNest(fields.operations.type)
  const commands = Object.values(IPVS_CMD).filter((command) => command !== IPVS_CMD.SET_INFO)
  commands.forEach((command, index) => {
    const operation = writer.beginNest(index + 1)
    writeNumber(writer, OPERATION_ID, command)
    writeNumber(writer, OPERATION_FLAGS, flagsOf(command, dumpOperationFlags))
    writer.endNest(operation)
  })
  writer.endNest(operations)
}

function flagsOf(command: number, dumpOnly: number): number {
  if (command === IPVS_CMD.GET_SERVICE) return BOTH_FLAGS
  return command === IPVS_CMD.GET_DEST || command === IPVS_CMD.GET_DAEMON ? dumpOnly : PLAIN_FLAGS
}

function writeNumber(writer: WireWriter, type: number, value: number): void {
  const at = writer.payload(type, 4)
  writer.view.setUint32(at, value, LITTLE_ENDIAN)
}
