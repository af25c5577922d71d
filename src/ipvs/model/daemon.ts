import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { checkAddress, checkInteger, checkName, EnumMap, KnownFields } from '../../netlink/arguments/check.ts'
import { type Family, writeAddress } from '../../netlink/wire/address.ts'
import { type AttributeSet, writeAttribute } from '../../netlink/wire/attributes.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { DAEMON } from '../protocol/attributes.ts'
import { IP_VS_IFNAME_MAXLEN, IP_VS_STATE_BACKUP, IP_VS_STATE_MASTER } from '../protocol/uapi.ts'
import { readAddressField } from './service-key.ts'

/** Roles by their number. */
export const SYNC_ROLES = {
  master: IP_VS_STATE_MASTER,
  backup: IP_VS_STATE_BACKUP,
} as const satisfies Record<SyncRole, number>
/** Role of a synchronisation daemon: `master` sends its connections, `backup` receives them. */
export type SyncRole = 'master' | 'backup'

/** Settings for starting a connection synchronisation daemon. Each role can run once per network namespace. */
export interface DaemonInput {
  /** ipvsadm `--start-daemon`; IPVS_DAEMON_ATTR_STATE. */
  readonly role: SyncRole
  /** Network interface for the multicast. ipvsadm `--mcast-interface`; IPVS_DAEMON_ATTR_MCAST_IFN. */
  readonly interface: string
  /**
   * 0 to 255: a backup accepts messages with its own number, or all messages if its number is 0. The kernel accepts larger
   * numbers but sends only eight bits (ip_vs_sync.c). Default 0. ipvsadm `--syncid`; IPVS_DAEMON_ATTR_SYNC_ID.
   */
  readonly syncId?: number | undefined
  /** Maximum size of a message in bytes, 1 to 65507; the default depends on the interface. ipvsadm `--sync-maxlen`; since Linux 4.3. */
  readonly maximumLength?: number | undefined
  /** IPv4 or IPv6 multicast address. Default 224.0.0.81. ipvsadm `--mcast-group`; since Linux 4.3. */
  readonly group?: string | undefined
  /** UDP port, 1 to 65535. Default 8848. ipvsadm `--mcast-port`; since Linux 4.3. */
  readonly port?: number | undefined
  /** Hops, 1 to 255. Default 1. ipvsadm `--mcast-ttl`; since Linux 4.3. */
  readonly ttl?: number | undefined
}

/** A running synchronisation daemon: all of its settings. */
export interface Daemon {
  /** The role; a number if it is unknown to this library. */
  readonly role: SyncRole | number
  /** Network interface of the multicast. */
  readonly interface: string
  /** Only the low eight bits are sent. */
  readonly syncId: number
  /** Maximum size of a message in bytes. */
  readonly maximumLength: number
  /** Multicast address, IPv4 or IPv6. */
  readonly group: string
  /** UDP port. */
  readonly port: number
  /** Hops. */
  readonly ttl: number
}

const { fields } = DAEMON
const ROLE_ENUM = new EnumMap<SyncRole>(SYNC_ROLES)
const KNOWN_FIELDS = new KnownFields(['role', 'interface', 'syncId', 'maximumLength', 'group', 'port', 'ttl'])
const MULTICAST = "a multicast address (224.0.0.0 to 239.255.255.255, or one that begins with 'ff')"

/** Checks the settings of a daemon to be started. */
export function checkDaemon(daemon: DaemonInput): DaemonInput {
  KNOWN_FIELDS.check('daemon', daemon)
  const { role, syncId, maximumLength, group, port, ttl } = daemon
  checkRole(role)
  checkName('interface', daemon.interface, IP_VS_IFNAME_MAXLEN)
  if (syncId !== undefined) checkInteger('syncId', syncId, 0, 255)
  if (maximumLength !== undefined) checkInteger('maximumLength', maximumLength, 1, 65507)
  if (group !== undefined) checkGroup(group)
  if (port !== undefined) checkInteger('port', port, 1, 65535)
  if (ttl !== undefined) checkInteger('ttl', ttl, 1, 255)
  return daemon
}

/** Checks and writes the settings that start a daemon. */
export function writeDaemon(writer: WireWriter, daemon: DaemonInput): void {
  const { syncId = 0, maximumLength, group, port, ttl } = checkDaemon(daemon)
  writeRole(writer, daemon.role)
  writeAttribute(writer, fields.interface, daemon.interface)
  writeAttribute(writer, fields.syncId, syncId)
  if (maximumLength !== undefined) writeAttribute(writer, fields.maximumLength, maximumLength)
  if (group !== undefined) writeGroup(writer, group)
  if (port !== undefined) writeAttribute(writer, fields.port, port)
  if (ttl !== undefined) writeAttribute(writer, fields.ttl, ttl)
}

/** Checks and writes the role that selects a daemon. */
export function writeRole(writer: WireWriter, role: SyncRole): void {
  writeAttribute(writer, fields.state, checkRole(role))
}

function checkRole(role: SyncRole): number {
  if (typeof role !== 'string') throw new ArgumentTypeError('role', "'master' or 'backup'", role)
  return ROLE_ENUM.parse('role', role, 0)
}

function checkGroup(group: string): Family {
  const family = checkAddress('group', group)
  const multicast = family === 'ipv4' ? /^2(2[4-9]|3\d)\./.test(group) : /^ff[0-9a-f]{2}:/i.test(group)
  if (!multicast) throw new ArgumentRangeError('group', MULTICAST, group)
  return family
}

function writeGroup(writer: WireWriter, group: string): void {
  const family = checkGroup(group)
  const size = family === 'ipv4' ? 4 : 16
  const bytes = new DataView(new ArrayBuffer(16))
  writeAddress(bytes, 0, group, family)
  writeAttribute(
    writer,
    family === 'ipv4' ? fields.group : fields.group6,
    new Uint8Array(bytes.buffer, 0, size),
  )
}

/** Reads a daemon from a reply or a request. */
export function readDaemon(daemon: AttributeSet<typeof fields>): Daemon {
  return {
    role: ROLE_ENUM.nameOf(daemon.require(fields.state)),
    interface: daemon.get(fields.interface) ?? '',
    syncId: daemon.get(fields.syncId) ?? 0,
    maximumLength: daemon.get(fields.maximumLength) ?? 0,
    group: readGroup(daemon),
    port: daemon.get(fields.port) ?? 0,
    ttl: daemon.get(fields.ttl) ?? 0,
  }
}

function readGroup(daemon: AttributeSet<typeof fields>): string {
  if (daemon.has(fields.group6)) return readAddressField(daemon, fields.group6, 'ipv6')
  return daemon.has(fields.group) ? readAddressField(daemon, fields.group, 'ipv4') : '0.0.0.0'
}
