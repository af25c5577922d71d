import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import { resolveDesiredState } from '../../state/document/resolve-desired-state.ts'
import type { DesiredState } from '../../state/model/desired-state.ts'
import type { ResolvedDaemon, ResolvedService } from '../../state/model/resolved-state.ts'
import { MAX_TIMEOUT } from './parse/parsed-options.ts'
import { formatNumeric } from './print/endpoint-format.ts'
import { printServiceRules, type RuleFormat } from './print/print-rules.ts'
import { OPTION_TEXT } from './vocabulary/options.ts'

const DOCUMENT_FORMAT: RuleFormat = {
  endpoint: formatNumeric,
  word: String,
  asSaved: false,
  withoutOption: (kind, value) => {
    throw new RangeError(`ipvsadm has no option for the ${kind} ${value}`)
  },
}

/**
 * Writes a desired state as rules for `ipvsadm -R`: the output of `ipvsadm -S -n` plus the thresholds, timeouts and daemons
 * that it omits. {@link parseRules} reads all of it.
 *
 * @throws {DesiredStateError} if the desired state is invalid.
 * @throws {RangeError} if ipvsadm cannot express the desired state or would change it: a protocol other than TCP, UDP and SCTP,
 * `local`, `bypass`, a tunnel of unknown type, a `dr` or `tun` destination at another port than its service's, persistence of 0
 * seconds or more than 31 days, one-packet scheduling without UDP, port 0 without persistence.
 */
export function formatRules(desired: DesiredState): string {
  const { services, timeouts, daemons } = resolveDesiredState(desired)
  let text = ''
  for (const service of services?.values() ?? []) {
    checkService(service)
    const { key, settings, destinations } = service
    text += printServiceRules({ ...key, ...settings }, [...(destinations?.values() ?? [])], DOCUMENT_FORMAT)
  }
  const lines = [...timeoutRules(timeouts), ...(daemons ?? []).map(daemonRule)]
  return text + lines.map((line) => `${line}\n`).join('')
}

/** Refuses a service that ipvsadm would refuse, or would create with other values. */
function checkService({ key, name, settings, destinations }: ResolvedService): void {
  const { onePacket, persistence } = settings
  if (persistence !== null && (persistence.timeout < 1 || persistence.timeout > MAX_TIMEOUT)) {
    throw new RangeError(
      `ipvsadm accepts a persistence of 1 to ${MAX_TIMEOUT} seconds: ${name} has ${persistence.timeout}`,
    )
  }
  if (key.fwmark !== undefined) return
  if (key.port === 0 && persistence === null) {
    throw new RangeError(`ipvsadm refuses port 0 without persistence: ${name}`)
  }
  if (onePacket && key.protocol !== 'udp') {
    throw new RangeError(`ipvsadm refuses one-packet scheduling without UDP: ${name}`)
  }
  for (const { address, port, forwarding } of destinations?.values() ?? []) {
    if (forwarding !== 'nat' && port !== key.port) {
      throw new RangeError(`ipvsadm would use port ${key.port} for ${address} in ${name} instead of ${port}`)
    }
  }
}

function timeoutRules({ tcp = 0, tcpFin = 0, udp = 0 }: TimeoutChanges): string[] {
  if (tcp + tcpFin + udp === 0) return []
  const longest = Math.max(tcp, tcpFin, udp)
  if (longest > MAX_TIMEOUT) {
    throw new RangeError(`ipvsadm accepts timeouts up to ${MAX_TIMEOUT} seconds, not ${longest}`)
  }
  return [`${OPTION_TEXT.set} ${tcp} ${tcpFin} ${udp}`]
}

function daemonRule(daemon: ResolvedDaemon): string {
  const { role, interface: name, syncId, maximumLength, group, port, ttl } = daemon
  const words = [
    OPTION_TEXT['start-daemon'],
    role,
    OPTION_TEXT['mcast-interface'],
    name,
    OPTION_TEXT.syncid,
    syncId,
  ]
  if (maximumLength !== undefined) words.push(OPTION_TEXT['sync-maxlen'], maximumLength)
  words.push(
    OPTION_TEXT['mcast-group'],
    group,
    OPTION_TEXT['mcast-port'],
    port,
    OPTION_TEXT['mcast-ttl'],
    ttl,
  )
  return words.join(' ')
}
