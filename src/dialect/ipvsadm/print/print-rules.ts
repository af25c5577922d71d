import type { Destination } from '../../../ipvs/model/destination.ts'
import type { Service } from '../../../ipvs/model/service.ts'
import { printSchedulerFlags } from '../parse/scheduler-flags.ts'
import type { EndpointFormatter } from './labels.ts'
import { portNameProtocol, printedMask, printMark } from './service-text.ts'

const SERVICE_OPTION: Readonly<Record<string, string>> = { tcp: '-t', udp: '-u', sctp: '--sctp-service' }
/** ipvsadm has no option for `local` and saves it as `dr`. */
const FORWARDING_OPTION: Readonly<Record<string, string>> = { dr: '-g', local: '-g', nat: '-m', tun: '-i' }
const CHECKSUM_OPTION: Readonly<Record<string, string>> = {
  none: '--tun-nocsum',
  checksum: '--tun-csum',
  remote: '--tun-remcsum',
}
/** What ipvsadm prints where it has no option. */
const NO_OPTION = '(null)'

/** What `ipvsadm -S` prints: the rules that make these services. Thresholds are not among them. */
export function printRules(services: readonly Service[], label: EndpointFormatter): string {
  return services.map((service) => printService(service, label)).join('')
}

function printService(service: Service, label: EndpointFormatter): string {
  const option = serviceOption(service, label)
  const protocol = portNameProtocol(service)
  const head = `-A ${option} -s ${service.scheduler}${settings(service)}\n`
  return service.destinations.reduce((text, destination) => {
    const { address, port, forwarding, weight } = destination
    const words = `-r ${label(address, port, protocol)} ${FORWARDING_OPTION[forwarding] ?? NO_OPTION} -w ${weight}`
    return `${text}-a ${option} ${words}${tunnelOptions(destination)}\n`
  }, head)
}

function serviceOption(service: Service, label: EndpointFormatter): string {
  if (service.fwmark !== undefined) {
    return `-f ${printMark(service.fwmark)}${service.family === 'ipv6' ? ' -6' : ''}`
  }
  const { protocol, address, port } = service
  return `${SERVICE_OPTION[protocol] ?? NO_OPTION} ${label(address, port, String(protocol))}`
}

function settings({ scheduler, schedulerFlags, onePacket, persistence, persistenceEngine }: Service): string {
  let text = ''
  if (persistence !== null) {
    const mask = printedMask(persistence.mask)
    text += ` -p ${persistence.timeout}${mask === undefined ? '' : ` -M ${mask}`}`
  }
  if (persistenceEngine !== null) text += ` --pe ${persistenceEngine}`
  if (onePacket) text += ' -o'
  const flags = printSchedulerFlags(scheduler, schedulerFlags)
  return flags === undefined ? text : `${text} -b ${flags}`
}

function tunnelOptions({ tunnel }: Destination): string {
  if (tunnel === null) return ''
  const type = ` --tun-type ${tunnel.type}`
  if (tunnel.type === 'ipip') return type
  const checksum = CHECKSUM_OPTION[tunnel.checksum ?? 'none'] ?? NO_OPTION
  return tunnel.type === 'gue' ? `${type} --tun-port ${tunnel.port} ${checksum}` : `${type} ${checksum}`
}
