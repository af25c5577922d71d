import { COMMAND, DAEMON } from '../../ipvs/protocol/attributes.ts'
import { IPVS_CMD, IPVS_GENL_VERSION } from '../../ipvs/protocol/uapi.ts'
import { writeAttribute } from '../../netlink/wire/attributes.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'

/** A synchronisation daemon as the kernel keeps it (struct ipvs_sync_daemon_cfg). */
export interface DaemonRecord {
  /** IP_VS_STATE_MASTER or IP_VS_STATE_BACKUP. */
  readonly state: number
  readonly interface: string
  readonly syncId: number
  readonly maximumLength: number
  /** Four bytes or sixteen. */
  readonly group: Uint8Array
  readonly port: number
  readonly ttl: number
}

const { fields } = DAEMON

/** Writes a daemon as GET_DAEMON returns it (ip_vs_genl_fill_daemon). */
export function writeDaemonRecord(writer: WireWriter, daemon: DaemonRecord): void {
  writer.genericHeader(IPVS_CMD.NEW_DAEMON, IPVS_GENL_VERSION)
  const nest = writer.beginNest(COMMAND.fields.daemon.type)
  writer.u32(fields.state, daemon.state)
  writer.text(fields.interface, daemon.interface)
  writer.u32(fields.syncId, daemon.syncId)
  writer.u16(fields.maximumLength, daemon.maximumLength)
  writer.u16(fields.port, daemon.port)
  writer.u8(fields.ttl, daemon.ttl)
  writeAttribute(writer, daemon.group.length === 4 ? fields.group : fields.group6, daemon.group)
  writer.endNest(nest)
}
