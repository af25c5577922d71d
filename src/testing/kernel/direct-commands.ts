import { ArgumentTypeError } from '../../errors.ts'
import { type OutgoingCommand, writeCommand } from '../../ipvs/commands/command-runner.ts'
import { IPVS_CMD } from '../../ipvs/protocol/uapi.ts'
import { type BatchCommand, toDirectCommand } from '../../ipvs/write/batch-command.ts'
import { ServiceKeyCommand } from '../../ipvs/write/service-commands.ts'
import { errorName } from '../../netlink/wire/errno.ts'
import { NLM_F_ACK, NLM_F_REQUEST } from '../../netlink/wire/uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../netlink/wire/wire.ts'
import type { SimulatedSocket } from './netlink/simulated-socket.ts'
import type { SimulatedMachine } from './simulated-machine.ts'

/** Buffer size: enough for any acknowledgement. */
const ROOM = 32 * 1024

/**
 * Executes commands at once, as another client would: with the same bytes, but without log and faults.
 *
 * @throws {Error} with the kernel's `code` if it refuses a command; the commands before it were executed.
 */
export function runDirectCommands(
  machine: SimulatedMachine,
  netns: string,
  commands: Iterable<BatchCommand>,
): void {
  machine.namespace(netns)
  const socket = machine.openSocket(netns, { privileged: true, receiveBuffer: ROOM, sendBuffer: ROOM })
  machine.module.load()
  try {
    for (const command of commands) runCommand(socket, machine.module.familyId ?? 0, command)
  } finally {
    socket.close()
  }
}

function runCommand(socket: SimulatedSocket, familyId: number, command: BatchCommand): void {
  const writer = new WireWriter()
  const start = writer.beginMessage(familyId, NLM_F_REQUEST | NLM_F_ACK, 1)
  writeCommand(writer, toCommand(command))
  writer.endMessage(start)
  socket.execute(socket.parse(writer.bytes.slice(0, writer.length), false))
  const answer = socket.receive(ROOM)
  if (answer.state !== 'datagram') return
  const view = new DataView(answer.bytes.buffer, answer.bytes.byteOffset)
  const errno = -view.getInt32(16, LITTLE_ENDIAN)
  if (errno === 0) return
  const code = errorName(errno)
  throw Object.assign(new Error(`${command.command}: ${code}`), { code, errno })
}

function toCommand(given: BatchCommand): OutgoingCommand {
  const direct = toDirectCommand(given)
  if (direct !== undefined) return direct
  if (given?.command === 'flush') return { command: IPVS_CMD.FLUSH }
  if (given?.command === 'zero') return new ServiceKeyCommand(IPVS_CMD.ZERO, given.command, given.service)
  const needed = 'a command that requires no read: an update must name every setting'
  throw new ArgumentTypeError('command', needed, given?.command)
}
