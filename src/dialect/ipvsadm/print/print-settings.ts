import type { Daemon } from '../../../ipvs/model/daemon.ts'
import type { Timeouts } from '../../../ipvs/model/settings.ts'

/** The output of `ipvsadm -L --timeout`. */
export function printTimeouts({ tcp, tcpFin, udp }: Timeouts): string {
  return `Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`
}

/** The output of `ipvsadm -L --daemon`: one line for each running daemon. */
export function printDaemons(daemons: readonly Daemon[]): string {
  return daemons.map(printDaemon).join('')
}

function printDaemon({ role, interface: name, syncId, maximumLength, group, port, ttl }: Daemon): string {
  return `${role} sync daemon (mcast=${name}, syncid=${syncId}, maxlen=${maximumLength}, group=${group}, port=${port}, ttl=${ttl})\n`
}
