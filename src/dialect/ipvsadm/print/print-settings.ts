import type { Daemon } from '../../../ipvs/model/daemon.ts'
import type { Timeouts } from '../../../ipvs/model/settings.ts'

/** What `ipvsadm -L --timeout` prints. */
export function printTimeouts({ tcp, tcpFin, udp }: Timeouts): string {
  return `Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`
}

/** What `ipvsadm -L --daemon` prints: a line for each daemon that runs. */
export function printDaemons(daemons: readonly Daemon[]): string {
  return daemons.map(printDaemon).join('')
}

function printDaemon({ role, interface: name, syncId, maximumLength, group, port, ttl }: Daemon): string {
  return `${role} sync daemon (mcast=${name}, syncid=${syncId}, maxlen=${maximumLength}, group=${group}, port=${port}, ttl=${ttl})\n`
}
