import { NetlinkError } from '../../errors.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { AttributeSet } from '../../netlink/wire/attributes.ts'
import { NLM_F_DUMP } from '../../netlink/wire/uapi.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import type { IpvsSession } from '../commands/command-runner.ts'
import {
  type Daemon,
  type DaemonInput,
  readDaemon,
  type SyncRole,
  writeDaemon,
  writeRole,
} from '../model/daemon.ts'
import { COMMAND, DAEMON } from '../protocol/attributes.ts'
import { IPVS_CMD } from '../protocol/uapi.ts'

const command = new AttributeSet(COMMAND)
const daemon = new AttributeSet(DAEMON)

export async function readDaemons(
  { commands }: IpvsSession,
  signal: AbortSignal | undefined,
): Promise<Daemon[]> {
  const daemons: Daemon[] = []
  await commands.read(
    {
      command: IPVS_CMD.GET_DAEMON,
      name: 'daemons',
      flags: NLM_F_DUMP,
      onReply: (view, start, end) => {
        const found = command.readStrictly(view, start, end).requireNest(COMMAND.fields.daemon, daemon)
        daemons.push(readDaemon(found))
      },
    },
    signal,
  )
  return daemons
}

export async function startDaemon(
  client: IpvsSession,
  input: DaemonInput,
  { signal }: CallOptions,
): Promise<void> {
  await client.commands.write(
    {
      command: IPVS_CMD.NEW_DAEMON,
      name: 'startDaemon',
      subject: () => String((input as DaemonInput | undefined)?.role ?? ''),
      errorContext: input,
      body: nested((writer) => writeDaemon(writer, input)),
    },
    signal,
  )
}

export async function stopDaemon(
  client: IpvsSession,
  role: SyncRole,
  { signal }: CallOptions,
): Promise<void> {
  try {
    await client.commands.write(
      {
        command: IPVS_CMD.DEL_DAEMON,
        name: 'stopDaemon',
        subject: () => role,
        body: nested((writer) => writeRole(writer, role)),
      },
      signal,
    )
  } catch (error) {
    // A daemon that has not run yet ends with EINTR, for which netlink sends no reply (stop_sync_thread). It has stopped
    // nevertheless.
    if (!(error instanceof NetlinkError) || error.code !== 'ERR_LVS_UNANSWERED') throw error
    const daemons = await readDaemons(client, signal)
    if (daemons.some((running) => running.role === role)) throw error
  }
}

function nested(write: (writer: WireWriter) => void): (writer: WireWriter) => void {
  return (writer) => {
    const nest = writer.beginNest(COMMAND.fields.daemon.type)
    write(writer)
    writer.endNest(nest)
  }
}
