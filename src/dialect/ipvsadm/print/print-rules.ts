import type { DestinationKey, DestinationLimits } from '../../../ipvs/model/destination.ts'
import { DEFAULT_PERSISTENCE_TIMEOUT, isWholeMask } from '../../../ipvs/model/persistence.ts'
import type { Service, ServiceInput } from '../../../ipvs/model/service.ts'
import type { ServiceKey } from '../../../ipvs/model/service-key.ts'
import type { Tunnel } from '../../../ipvs/model/tunnel.ts'
import { quoteShellWord } from '../../../shell-text.ts'
import { CHECKSUM_OPTIONS, FORWARDING_OPTIONS, PROTOCOL_OPTIONS } from '../vocabulary/choices.ts'
import { OPTION_TEXT, type OptionCode } from '../vocabulary/options.ts'
import { type EndpointFormatter, formatNumeric } from './endpoint-format.ts'
import { printMark, printSchedulerFlags, protocolOfPorts } from './service-text.ts'

/** The format of rules. */
export interface RuleFormat {
  readonly endpoint: EndpointFormatter
  /** Spells a value as one word: quoted for a shell, unchanged for rules. */
  readonly word: (value: string) => string
  /**
   * Whether to write rules exactly as `ipvsadm -S` does: `local` as `dr`, marks as signed numbers, without thresholds and
   * without the third flag of sh and mh.
   */
  readonly asSaved: boolean
  /** Returns the text for a value that ipvsadm has no option for, or throws. */
  readonly withoutOption: (kind: string, value: string | number) => string
}

/** A destination from the table or from a document. */
export interface PrintableDestination extends DestinationKey, DestinationLimits {
  readonly forwarding: string | number
  readonly tunnel?: Tunnel | null | undefined
}

/** The text that ipvsadm prints for a value without a name. */
const NO_WORD = '(null)'

/** Every setting, for a command line of a shell. A value that ipvsadm has no option for makes it refuse the line. */
const COMMAND_LINE_FORMAT: RuleFormat = {
  endpoint: (...endpoint) => quoteShellWord(formatNumeric(...endpoint)),
  word: quoteShellWord,
  asSaved: false,
  withoutOption: () => quoteShellWord(NO_WORD),
}

const { 'add-service': ADD_SERVICE, 'add-server': ADD_SERVER } = OPTION_TEXT

/** The output of `ipvsadm -S`: the rules that create these services. */
export function printRules(services: readonly Service[], endpoint: EndpointFormatter): string {
  const format: RuleFormat = { endpoint, word: String, asSaved: true, withoutOption: () => NO_WORD }
  return services.map((service) => printServiceRules(service, service.destinations, format)).join('')
}

/** The rule that creates a service, and one for each destination. */
export function printServiceRules(
  service: ServiceInput,
  destinations: readonly PrintableDestination[],
  format: RuleFormat,
): string {
  const reference = formatServiceOption(service, format)
  return destinations.reduce(
    (text, destination) =>
      `${text}${ADD_SERVER} ${reference} ${formatDestinationOptions(service, destination, format)}\n`,
    `${ADD_SERVICE} ${reference}${formatSettings(service, format)}\n`,
  )
}

/** The option that names a service: `-t 192.0.2.1:80`, `-f 7 -6`. */
export function formatServiceOption(key: ServiceKey, format = COMMAND_LINE_FORMAT): string {
  const { endpoint, word, asSaved, withoutOption } = format
  if (key.fwmark !== undefined) {
    const mark = asSaved ? printMark(key.fwmark) : key.fwmark
    return `${OPTION_TEXT['fwmark-service']} ${word(String(mark))}${key.family === 'ipv6' ? ` ${OPTION_TEXT.ipv6}` : ''}`
  }
  const { protocol, address, port } = key
  const option = spell(PROTOCOL_OPTIONS, protocol) ?? withoutOption('protocol', protocol)
  return `${option} ${endpoint(address, port, protocolOfPorts(key))}`
}

/** A service with every setting, because `ipvsadm -E` resets omitted settings. */
export function formatServiceOptions(service: ServiceInput, format = COMMAND_LINE_FORMAT): string {
  return formatServiceOption(service, format) + formatSettings(service, format)
}

/** The option that names a destination of a service. */
export function formatDestinationOption(
  service: ServiceKey,
  { address, port }: DestinationKey,
  format = COMMAND_LINE_FORMAT,
): string {
  const text = format.endpoint(address, port ?? service.port ?? 0, protocolOfPorts(service))
  return `${OPTION_TEXT['real-server']} ${text}`
}

/** A destination with every setting, because `ipvsadm -e` resets omitted settings. */
export function formatDestinationOptions(
  service: ServiceKey,
  destination: PrintableDestination,
  format = COMMAND_LINE_FORMAT,
): string {
  const { forwarding, weight = 1, upperThreshold = 0, lowerThreshold = 0, tunnel } = destination
  let text = `${formatDestinationOption(service, destination, format)} ${formatForwarding(forwarding, format)}`
  const add = (option: 'weight' | 'u-threshold' | 'l-threshold', value: number) => {
    text += ` ${OPTION_TEXT[option]} ${format.word(String(value))}`
  }
  add('weight', weight)
  if (!format.asSaved) {
    if (upperThreshold > 0) add('u-threshold', upperThreshold)
    if (lowerThreshold > 0) add('l-threshold', lowerThreshold)
  }
  return tunnel === undefined || tunnel === null ? text : text + formatTunnel(tunnel, format)
}

function formatSettings(service: ServiceInput, { asSaved, word }: RuleFormat): string {
  const { scheduler = 'wlc', schedulerFlags = [], onePacket, persistence, persistenceEngine } = service
  let text = ` ${OPTION_TEXT.scheduler} ${word(scheduler)}`
  if (persistence) {
    const { timeout = DEFAULT_PERSISTENCE_TIMEOUT, mask } = persistence
    text += ` ${OPTION_TEXT.persistent} ${word(String(timeout))}`
    if (mask !== undefined && !isWholeMask(mask)) text += ` ${OPTION_TEXT.netmask} ${word(String(mask))}`
  }
  if (persistenceEngine) text += ` ${OPTION_TEXT.pe} ${word(persistenceEngine)}`
  if (onePacket) text += ` ${OPTION_TEXT.ops}`
  if (schedulerFlags.length === 0) return text
  const flags = asSaved ? printSchedulerFlags(scheduler, schedulerFlags) : schedulerFlags.join(',')
  return `${text} ${OPTION_TEXT['sched-flags']} ${word(String(flags))}`
}

function formatForwarding(
  forwarding: PrintableDestination['forwarding'],
  { asSaved, withoutOption }: RuleFormat,
): string {
  const method = asSaved && forwarding === 'local' ? 'dr' : forwarding
  return spell(FORWARDING_OPTIONS, method) ?? withoutOption('forwarding method', method)
}

function formatTunnel(
  { type, port, checksum = 'none' }: Tunnel,
  { withoutOption, word }: RuleFormat,
): string {
  const name = typeof type === 'number' ? withoutOption('tunnel type', type) : word(type)
  let text = ` ${OPTION_TEXT['tun-type']} ${name}`
  if (type === 'ipip') return text
  if (type === 'gue') text += ` ${OPTION_TEXT['tun-port']} ${word(String(port))}`
  return `${text} ${spell(CHECKSUM_OPTIONS, checksum) ?? withoutOption('tunnel checksum', checksum)}`
}

function spell(options: Readonly<Record<string, OptionCode>>, value: string | number): string | undefined {
  const code = options[value]
  return code === undefined ? undefined : OPTION_TEXT[code]
}
