import { COMMAND, DAEMON } from '../../../ipvs/protocol/attributes.ts'
import { IP_VS_STATE_BACKUP, IP_VS_STATE_MASTER } from '../../../ipvs/protocol/uapi.ts'
import { AttributeSet } from '../../../netlink/wire/attributes.ts'
import type { NetworkNamespace } from '../../ipvs/namespace.ts'
import { type ExtendedAck, LEFTOVER } from '../../wire/extended-ack.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'
import { DAEMON_POLICY, findViolation } from '../../wire/policy.ts'

type CommandAttributes = AttributeSet<(typeof COMMAND)['fields']>

const { fields } = DAEMON
const set = new AttributeSet(DAEMON)
const DEFAULT_GROUP = Uint8Array.of(224, 0, 0, 81)
const DEFAULT_PORT = 8848
const DEFAULT_TTL = 1
/** Bytes of the IP and UDP headers before a message. */
const HEADERS = { 4: 28, 16: 48 } as const
const ETHERNET_MTU = 1500
const MAXIMUM_PACKET = 65535
const LEAST_BACKUP = 1024

/** Reads the nest. Unlike for services and destinations, the kernel explains errors in it. */
function read(command: CommandAttributes, start: number, ack: ExtendedAck): void {
  const field = COMMAND.fields.daemon
  const from = command.offsetOf(field)
  if (from === 0) throw new KernelErrno('EINVAL')
  const end = from + command.lengthOf(field)
  const violation = findViolation(command.view, from, end, DAEMON_POLICY)
  if (violation !== undefined) {
    ack.setViolation(violation, start)
    throw new KernelErrno('EINVAL')
  }
  if (set.read(command.view, from, end).leftover > 0) ack.message = LEFTOVER
}

/** NEW_DAEMON; `start` is where the request begins (ip_vs_genl_new_daemon, start_sync_thread). */
export function startDaemon(
  namespace: NetworkNamespace,
  command: CommandAttributes,
  start: number,
  ack: ExtendedAck,
): void {
  read(command, start, ack)
  const state = set.get(fields.state)
  const name = set.get(fields.interface)
  const syncId = set.get(fields.syncId)
  if (state === undefined || name === undefined || syncId === undefined) throw new KernelErrno('EINVAL')
  const group = readGroup()
  if (namespace.mixedFamilies > 0) throw new KernelErrno('EINVAL')
  const device = namespace.interfaces.find((candidate) => candidate.name === name)
  if (device === undefined) throw new KernelErrno('ENODEV')
  if (namespace.daemons.some((daemon) => daemon.state === state)) throw new KernelErrno('EEXIST')
  if (state !== IP_VS_STATE_MASTER && state !== IP_VS_STATE_BACKUP) throw new KernelErrno('EINVAL')
  const { up = true, mtu = name === 'lo' ? 65536 : ETHERNET_MTU } = device
  const isIPv4 = group.length === 4
  // An interface that is up has a multicast route; the loopback interface has none for IPv6 (addrconf_add_dev).
  const hasRoute = up && (isIPv4 || name !== 'lo')
  if (state === IP_VS_STATE_MASTER && !hasRoute) throw new KernelErrno('ENETUNREACH')
  const headers = HEADERS[isIPv4 ? 4 : 16]
  namespace.daemons.push({
    ...{ state, interface: name, syncId, group },
    maximumLength: maximumLength(state, set.get(fields.maximumLength) ?? 0, mtu, headers),
    port: set.get(fields.port) || DEFAULT_PORT,
    ttl: set.get(fields.ttl) || DEFAULT_TTL,
  })
  namespace.daemons.sort((one, other) => one.state - other.state)
  if (state === IP_VS_STATE_BACKUP) namespace.hasConnectionTable = true
}

/** If both families have a group, the IPv4 group counts. */
function readGroup(): Uint8Array {
  const group = set.get(fields.group)?.slice(0, 4)
  if (group !== undefined) {
    if (group[0]! >>> 4 !== 0xe) throw new KernelErrno('EINVAL')
    return group
  }
  const group6 = set.get(fields.group6)?.slice(0, 16)
  if (group6 !== undefined) {
    if (group6[0] !== 0xff) throw new KernelErrno('EINVAL')
    return group6
  }
  return DEFAULT_GROUP
}

function maximumLength(state: number, wanted: number, mtu: number, headers: number): number {
  const least = state === IP_VS_STATE_MASTER ? 1 : LEAST_BACKUP
  if (wanted > 0) return Math.min(Math.max(wanted, least), MAXIMUM_PACKET - headers)
  if (state === IP_VS_STATE_MASTER) return ETHERNET_MTU - headers
  return Math.min(Math.max(mtu, ETHERNET_MTU), MAXIMUM_PACKET) - headers
}

/** DEL_DAEMON, which reads only the state. */
export function stopDaemon(
  namespace: NetworkNamespace,
  command: CommandAttributes,
  start: number,
  ack: ExtendedAck,
): void {
  read(command, start, ack)
  const state = set.get(fields.state)
  if (state !== IP_VS_STATE_MASTER && state !== IP_VS_STATE_BACKUP) throw new KernelErrno('EINVAL')
  const left = namespace.daemons.filter((daemon) => daemon.state !== state)
  if (left.length === namespace.daemons.length) throw new KernelErrno('ESRCH')
  namespace.daemons = left
}
