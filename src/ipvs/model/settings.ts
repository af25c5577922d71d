import { checkInteger, KnownFields } from '../../netlink/arguments/check.ts'
import { type AttributeSet, writeAttribute } from '../../netlink/wire/attributes.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { COMMAND, INFO } from '../protocol/attributes.ts'

/** How long idle connections are kept, in seconds. ipvsadm `--set`, `-L --timeout`; IPVS_CMD_ATTR_TIMEOUT_*. */
export interface Timeouts {
  /** TCP connections that are established. The kernel's default is 900. */
  readonly tcp: number
  /** TCP connections after a FIN. The kernel's default is 120. */
  readonly tcpFin: number
  /** UDP connections, since the last packet. The kernel's default is 300. */
  readonly udp: number
}

/** Timeouts to set; omitted ones are kept. */
export type TimeoutChanges = { readonly [Name in keyof Timeouts]?: number | undefined }

/** Properties of the kernel's IPVS. */
export interface Info {
  /** Version of IPVS, such as `1.2.1`. IPVS_INFO_ATTR_VERSION. */
  readonly version: string
  /**
   * Buckets of the connection table. Constant before Linux 7.1; since then its current size, which is 0 until there is a
   * service. IPVS_INFO_ATTR_CONN_TAB_SIZE.
   */
  readonly connectionTableSize: number
}

const NAMES = ['tcp', 'tcpFin', 'udp'] as const
const KNOWN_FIELDS = new KnownFields(NAMES)
const FIELDS = {
  tcp: COMMAND.fields.tcpTimeout,
  tcpFin: COMMAND.fields.tcpFinTimeout,
  udp: COMMAND.fields.udpTimeout,
}
/**
 * INT_MAX ticks at 100 per second. A kernel with 250 or 1000 ticks per second accepts less and returns EINVAL beyond that. 0
 * means unchanged to the kernel (ip_vs_set_timeout).
 */
const MAXIMUM_TIMEOUT = 21_474_836

/** Checks the timeouts to be set. */
export function checkTimeouts(timeouts: TimeoutChanges): TimeoutChanges {
  KNOWN_FIELDS.check('timeouts', timeouts)
  for (const name of NAMES) {
    const seconds = timeouts[name]
    if (seconds !== undefined) checkInteger(`timeouts.${name}`, seconds, 1, MAXIMUM_TIMEOUT)
  }
  return timeouts
}

/** Checks and writes the timeouts to be set. */
export function writeTimeouts(writer: WireWriter, timeouts: TimeoutChanges): void {
  checkTimeouts(timeouts)
  for (const name of NAMES) {
    const seconds = timeouts[name]
    if (seconds !== undefined) writeAttribute(writer, FIELDS[name], seconds)
  }
}

/** Reads the timeouts; 0 for a protocol that the kernel does not contain. */
export function readTimeouts(command: AttributeSet<(typeof COMMAND)['fields']>): Timeouts {
  return {
    tcp: command.get(FIELDS.tcp) ?? 0,
    tcpFin: command.get(FIELDS.tcpFin) ?? 0,
    udp: command.get(FIELDS.udp) ?? 0,
  }
}

export function readInfo(info: AttributeSet<(typeof INFO)['fields']>): Info {
  const version = info.require(INFO.fields.version)
  return {
    version: `${(version >>> 16) & 255}.${(version >>> 8) & 255}.${version & 255}`,
    connectionTableSize: info.get(INFO.fields.connectionTableSize) ?? 0,
  }
}
