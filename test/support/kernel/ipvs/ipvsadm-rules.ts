/** How ipvsadm 1.31 prints a service, including its bugs, and which settings it can restore. */

import { type Destination, formatEndpoint, type Service } from '../../../../src/index.ts'

const SERVICE_OPTION: Readonly<Record<string, string>> = { tcp: '-t', udp: '-u', sctp: '--sctp-service' }
/** It has no option for `local` and prints that of `dr`; it has no name for `bypass`. */
const FORWARDING_OPTION: Readonly<Record<string, string>> = { dr: '-g', local: '-g', nat: '-m', tun: '-i' }
const FORWARDING_NAME: Readonly<Record<string, string>> = {
  dr: 'Route',
  local: 'Local',
  nat: 'Masq',
  tun: 'Tunnel',
}
const CHECKSUM_OPTION: Readonly<Record<string, string>> = {
  none: '--tun-nocsum',
  checksum: '--tun-csum',
  remote: '--tun-remcsum',
}
const CHECKSUM_SIGN: Readonly<Record<string, string>> = { none: '-c', checksum: '+c', remote: 'r+c' }
/** What it prints for a value without a name. */
const NO_WORD = '(null)'

/** The lines that `ipvsadm -S -n` prints for a service. It does not save thresholds. */
export function savedRules(service: Service): string[] {
  return [
    `-A ${serviceOption(service, service.fwmark! | 0)}${settingsOptions(service, printedFlags(service))}`,
    ...service.destinations.map((destination) => destinationRule(service, destination, service.fwmark! | 0)),
  ]
}

/** The lines that make `ipvsadm -R` build a service. */
export function restorableRules(service: Service): string[] {
  return [
    `-A ${serviceOption(service, service.fwmark)}${settingsOptions(service, service.schedulerFlags)}`,
    ...service.destinations
      .toReversed()
      .map(
        (destination) =>
          `${destinationRule(service, destination, service.fwmark)} -x ${destination.upperThreshold} -y ${destination.lowerThreshold}`,
      ),
  ]
}

/** The restorable part of a service: the service with its restorable destinations; empty if it is not restorable itself. */
export function restorable(service: Service): Service[] {
  const { protocol, onePacket, persistence } = service
  if (onePacket && protocol !== undefined && protocol !== 'udp') return []
  if (persistence !== null && (persistence.timeout < 1 || persistence.timeout > 31 * 86_400)) return []
  return [{ ...service, destinations: service.destinations.filter((each) => isRestorable(service, each)) }]
}

function isRestorable(service: Service, { forwarding, weight, port }: Destination): boolean {
  if (forwarding === 'local' || forwarding === 'bypass') return false
  // Only nat destinations may have another port than their service.
  if (service.port !== undefined && port !== service.port && forwarding !== 'nat') return false
  return weight <= 65_535
}

/** The lines that `ipvsadm -L -n` prints for a service, with single spaces, by its option. */
export const LISTINGS: Readonly<Record<string, (service: Service) => string[]>> = {
  '': (service) => listed(service, ({ forwarding, weight }) => [forwardingName(forwarding), weight]),
  '--tun-info': (service) =>
    listed(service, (each) => [forwardingName(each.forwarding), tunnelInfo(each), each.weight]),
  '--thresholds': (service) =>
    listed(service, ({ upperThreshold, lowerThreshold }) => [upperThreshold, lowerThreshold]),
  '--persistent-conn': (service) =>
    listed(service, ({ weight, persistentConnections }) => [weight, persistentConnections]),
}

function listed(service: Service, columns: (destination: Destination) => (string | number)[]): string[] {
  return [
    `${listedName(service)} ${service.scheduler}${listedSettings(service)}`,
    ...service.destinations.map((destination) =>
      [
        ...['->', formatEndpoint(destination.address, destination.port), ...columns(destination)],
        ...[destination.activeConnections, destination.inactiveConnections],
      ].join(' '),
    ),
  ]
}

/** The name of a service in a listing. A mark is printed as a signed number. */
export function listedName(service: Service): string {
  if (service.fwmark !== undefined) {
    return `FWM ${service.fwmark | 0}${service.family === 'ipv6' ? ' IPv6' : ''}`
  }
  return `${String(service.protocol).toUpperCase()} ${formatEndpoint(service.address, service.port)}`
}

function listedSettings(service: Service): string {
  const { persistence, persistenceEngine, onePacket } = service
  const flags = printedFlags(service)
  const words = service.schedulerFlags.length === 0 ? [] : [`(${flags.join(',')})`]
  if (persistence !== null) {
    words.push(`persistent ${persistence.timeout}`)
    if (!coversAll(persistence.mask)) words.push(`mask ${persistence.mask}`)
    // The engine is only shown with persistence.
    if (persistenceEngine !== null) words.push(`pe ${persistenceEngine}`)
  }
  if (onePacket) words.push('ops')
  return words.map((word) => ` ${word}`).join('')
}

function serviceOption(service: Service, fwmark: number | undefined): string {
  if (service.fwmark !== undefined) return `-f ${fwmark}${service.family === 'ipv6' ? ' -6' : ''}`
  return `${SERVICE_OPTION[service.protocol]} ${formatEndpoint(service.address, service.port)}`
}

function settingsOptions(service: Service, flags: readonly string[]): string {
  const { scheduler, persistence, persistenceEngine, onePacket, schedulerFlags } = service
  const words = [`-s ${scheduler}`]
  if (persistence !== null) {
    words.push(`-p ${persistence.timeout}`)
    if (!coversAll(persistence.mask)) words.push(`-M ${persistence.mask}`)
  }
  if (persistenceEngine !== null) words.push(`--pe ${persistenceEngine}`)
  if (onePacket) words.push('-o')
  if (schedulerFlags.length > 0) words.push(`-b ${flags.join(',')}`.trim())
  return words.map((word) => ` ${word}`).join('')
}

function destinationRule(service: Service, destination: Destination, fwmark: number | undefined): string {
  const { address, port, forwarding, weight, tunnel } = destination
  const endpoint = formatEndpoint(address, port)
  const words = ['-a', serviceOption(service, fwmark), '-r', endpoint]
  words.push(FORWARDING_OPTION[forwarding] ?? NO_WORD, '-w', String(weight))
  if (tunnel !== null) {
    words.push('--tun-type', String(tunnel.type))
    if (tunnel.type === 'gue') words.push('--tun-port', String(tunnel.port))
    if (tunnel.type !== 'ipip') words.push(CHECKSUM_OPTION[tunnel.checksum ?? 'none'] ?? NO_WORD)
  }
  return words.join(' ')
}

/** It does not print the third flag of sh and mh. */
function printedFlags({ scheduler, schedulerFlags }: Service): readonly string[] {
  const named = scheduler === 'sh' || scheduler === 'mh'
  return schedulerFlags.filter((flag) => !named || flag !== 'flag-3')
}

function forwardingName(forwarding: string | number): string {
  return FORWARDING_NAME[forwarding] ?? NO_WORD
}

function tunnelInfo({ tunnel }: Destination): string {
  if (tunnel === null) return 'n/a'
  const sign = CHECKSUM_SIGN[tunnel.checksum ?? 'none']
  if (tunnel.type === 'gue') return `gue:${tunnel.port}:${sign}`
  return tunnel.type === 'gre' ? `gre:${sign}` : 'ipip'
}

function coversAll(mask: string | number): boolean {
  return mask === '255.255.255.255' || mask === 128
}
