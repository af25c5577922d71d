import { COMMAND, INFO } from '../../../ipvs/protocol/attributes.ts'
import { IPVS_CMD, IPVS_GENL_VERSION } from '../../../ipvs/protocol/uapi.ts'
import { type AttributeSet, writeAttribute } from '../../../netlink/wire/attributes.ts'
import type { WireWriter } from '../../../netlink/wire/wire.ts'
import type { NetworkNamespace } from '../../ipvs/namespace.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'

type CommandAttributes = AttributeSet<(typeof COMMAND)['fields']>

/** 1.2.1, unchanged since IPVS has had a netlink interface. */
const VERSION = 0x010201
const INT_MAX = 0x7fff_ffff

const { fields } = COMMAND
const FIELDS = { tcp: fields.tcpTimeout, tcpFin: fields.tcpFinTimeout, udp: fields.udpTimeout } as const

/** SET_CONFIG (ip_vs_set_timeout): sets all timeouts or none; 0 keeps a timeout. */
export function setTimeouts(namespace: NetworkNamespace, command: CommandAttributes): void {
  const { timeouts, profile } = namespace
  const wanted = {
    tcp: command.u32(FIELDS.tcp) ?? timeouts.tcp,
    tcpFin: command.u32(FIELDS.tcpFin) ?? timeouts.tcpFin,
    udp: command.u32(FIELDS.udp) ?? timeouts.udp,
  }
  const most = Math.floor(INT_MAX / profile.ticksPerSecond)
  if (Object.values(wanted).some((seconds) => seconds > most)) throw new KernelErrno('EINVAL')
  namespace.timeouts = {
    tcp: wanted.tcp || timeouts.tcp,
    tcpFin: wanted.tcpFin || timeouts.tcpFin,
    udp: wanted.udp || timeouts.udp,
  }
}

/** Writes the reply to GET_CONFIG. */
export function writeTimeouts(writer: WireWriter, { timeouts }: NetworkNamespace): void {
  writer.genericHeader(IPVS_CMD.SET_CONFIG, IPVS_GENL_VERSION)
  writeAttribute(writer, FIELDS.tcp, timeouts.tcp)
  writeAttribute(writer, FIELDS.tcpFin, timeouts.tcpFin)
  writeAttribute(writer, FIELDS.udp, timeouts.udp)
}

/** Writes the reply to GET_INFO. */
export function writeInfo(writer: WireWriter, namespace: NetworkNamespace): void {
  writer.genericHeader(IPVS_CMD.SET_INFO, IPVS_GENL_VERSION)
  writeAttribute(writer, INFO.fields.version, VERSION)
  writeAttribute(writer, INFO.fields.connectionTableSize, namespace.connectionTableSize)
}
