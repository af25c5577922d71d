/** Sets service flags that the library does not know, as a newer kernel or another tool could. */

import type { OpenOptions } from '../../../../src/index.ts'
import type { CommandRunner } from '../../../../src/ipvs/commands/command-runner.ts'
import { checkServiceKey, writeServiceKey } from '../../../../src/ipvs/model/service-key.ts'
import { openSession } from '../../../../src/ipvs/open.ts'
import { COMMAND, SERVICE } from '../../../../src/ipvs/protocol/attributes.ts'
import { IPVS_CMD } from '../../../../src/ipvs/protocol/uapi.ts'
import { AttributeSet, writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { LITTLE_ENDIAN } from '../../../../src/netlink/wire/wire.ts'

const { fields } = SERVICE

/** Sets the flags of a service, with the scheduler `rr` and without persistence, to any bits. */
export async function setServiceFlags(options: OpenOptions, reference: string, flags: number): Promise<void> {
  const key = checkServiceKey(reference)
  await withCommands(options, async (commands) => {
    const outcome = await commands.send(
      {
        command: IPVS_CMD.SET_SERVICE,
        body: (writer) => {
          const nest = writer.beginNest(COMMAND.fields.service.type)
          writeServiceKey(writer, key)
          writeAttribute(writer, fields.scheduler, 'rr')
          const offset = writer.payload(fields.flags.type, 8)
          writer.view.setUint32(offset, flags, LITTLE_ENDIAN)
          writer.view.setUint32(offset + 4, 0xffff_ffff, LITTLE_ENDIAN)
          writeAttribute(writer, fields.timeout, 0)
          writeAttribute(writer, fields.netmask, Uint8Array.of(255, 255, 255, 255))
          writer.endNest(nest)
        },
      },
      undefined,
    )
    if (outcome !== undefined) throw new Error(`SET_SERVICE failed: ${JSON.stringify(outcome)}`)
  })
}

/** Reads the flags of a service as raw bits. */
export async function readServiceFlags(options: OpenOptions, reference: string): Promise<number> {
  const key = checkServiceKey(reference)
  let flags: number | undefined
  await withCommands(options, async (commands) => {
    await commands.send(
      {
        command: IPVS_CMD.GET_SERVICE,
        body: (writer) => {
          const nest = writer.beginNest(COMMAND.fields.service.type)
          writeServiceKey(writer, key)
          writer.endNest(nest)
        },
        onReply: (view, start, end) => {
          const command = new AttributeSet(COMMAND).readStrictly(view, start, end)
          const bytes = command.nest(COMMAND.fields.service, new AttributeSet(SERVICE))!.require(fields.flags)
          flags = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, LITTLE_ENDIAN)
        },
      },
      undefined,
    )
  })
  if (flags === undefined) throw new Error('GET_SERVICE gave no answer')
  return flags
}

async function withCommands(
  options: OpenOptions,
  use: (commands: CommandRunner) => Promise<void>,
): Promise<void> {
  const { commands } = await openSession(options)
  await use(commands)
  commands.family.connection.close()
}
