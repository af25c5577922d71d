import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { AttributeSet, requireReply } from '../../netlink/wire/attributes.ts'
import type { IpvsSession } from '../commands/command-runner.ts'
import {
  type Info,
  readInfo,
  readTimeouts,
  type TimeoutChanges,
  type Timeouts,
  writeTimeouts,
} from '../model/settings.ts'
import { COMMAND, INFO } from '../protocol/attributes.ts'
import { IPVS_CMD } from '../protocol/uapi.ts'

const command = new AttributeSet(COMMAND)
const information = new AttributeSet(INFO)

export async function info({ commands }: IpvsSession, { signal }: CallOptions): Promise<Info> {
  let result: Info | undefined
  await commands.read(
    {
      command: IPVS_CMD.GET_INFO,
      name: 'info',
      onReply: (view, start, end) => {
        result = readInfo(information.readStrictly(view, start, end))
      },
    },
    signal,
  )
  return requireReply(result)
}

export async function timeouts({ commands }: IpvsSession, { signal }: CallOptions): Promise<Timeouts> {
  let result: Timeouts | undefined
  await commands.read(
    {
      command: IPVS_CMD.GET_CONFIG,
      name: 'timeouts',
      onReply: (view, start, end) => {
        result = readTimeouts(command.readStrictly(view, start, end))
      },
    },
    signal,
  )
  return requireReply(result)
}

export async function setTimeouts(
  client: IpvsSession,
  changes: TimeoutChanges,
  { signal }: CallOptions,
): Promise<void> {
  await client.commands.write(
    {
      command: IPVS_CMD.SET_CONFIG,
      name: 'setTimeouts',
      body: (writer) => writeTimeouts(writer, changes),
    },
    signal,
  )
}
