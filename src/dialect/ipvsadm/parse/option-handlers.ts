import { familyOf, parseIPv4 } from '../../../netlink/wire/address.ts'
import { FORWARDING_OPTIONS, PROTOCOL_OPTIONS } from '../vocabulary/choices.ts'
import type { OptionCode, OptionName } from '../vocabulary/options.ts'
import { IpvsadmError } from './ipvsadm-error.ts'
import { readNumber } from './numbers.ts'
import type { ParsedOptions } from './parsed-options.ts'

type OptionHandler = (options: ParsedOptions, value: string | undefined) => void

const MAX_INT = 2 ** 31 - 1
/** The kernel limits the names of interfaces and schedulers to this many characters. ipvsadm truncates longer ones. */
const NAME_LENGTH = 15
const ENGINE_LENGTH = 16

/** An option whose presence alone matters. */
function flagOption(option: OptionName): OptionHandler {
  return (options) => options.markGiven(option)
}

function textOption(option: OptionName, set: (options: ParsedOptions, value: string) => void): OptionHandler {
  return (options, value = '') => {
    options.markGiven(option)
    set(options, value)
  }
}

/** @param label The name of the value in error messages of ipvsadm. */
function numberOption(
  option: OptionName,
  [minimum, maximum]: readonly [number, number],
  label: string,
  set: (options: ParsedOptions, value: number) => void,
): OptionHandler {
  return textOption(option, (options, value) => {
    const result = readNumber(value, minimum, maximum)
    if (result === undefined) throw new IpvsadmError(`illegal ${label} specified`)
    set(options, result)
  })
}

/** One handler for several options, each of which stands for a choice. */
function choiceOptions<Choice extends string, Code extends OptionCode>(
  choices: Readonly<Record<Choice, Code>>,
  set: (options: ParsedOptions, choice: Choice, value: string) => void,
): Record<Code, OptionHandler> {
  const handlers = (Object.keys(choices) as Choice[]).map((choice): [Code, OptionHandler] => [
    choices[choice],
    (options, value = '') => set(options, choice, value),
  ])
  return Object.fromEntries(handlers) as Record<Code, OptionHandler>
}

/** How each option changes the parsed options. */
export const OPTION_HANDLERS: Readonly<Record<OptionCode, OptionHandler>> = {
  ...choiceOptions(PROTOCOL_OPTIONS, (options, protocol, value) => options.setService(protocol, value)),
  ...choiceOptions(FORWARDING_OPTIONS, (options, forwarding) => options.setForwarding(forwarding)),
  'fwmark-service': (options, value = '') => options.setFwmark(value),
  ipv6: (options) => options.setIPv6(),
  scheduler: textOption('scheduler', (options, value) => {
    options.scheduler = value.slice(0, NAME_LENGTH)
  }),
  'sched-flags': textOption('sched-flags', (options, value) => {
    options.schedulerFlags = value
  }),
  persistent: (options, value) => options.setPersistence(value),
  netmask: (options, value = '') => options.setMask(value),
  pe: textOption('pe', (options, value) => {
    options.persistenceEngine = value.slice(0, ENGINE_LENGTH)
  }),
  ops: flagOption('ops'),
  'real-server': (options, value = '') => options.setServer(value),
  weight: numberOption('weight', [0, MAX_INT], 'weight', (options, value) => {
    options.weight = value
  }),
  'u-threshold': numberOption('u-threshold', [0, MAX_INT], 'u_threshold', (options, value) => {
    options.upperThreshold = value
  }),
  'l-threshold': numberOption('l-threshold', [0, MAX_INT], 'l_threshold', (options, value) => {
    options.lowerThreshold = value
  }),
  'tun-type': (options, value = '') => options.setTunnelType(value),
  'tun-port': numberOption('tun-port', [1, 65535], 'tunnel port', (options, value) => {
    options.tunnelPort = value
  }),
  'tun-nocsum': flagOption('tun-nocsum'),
  'tun-csum': flagOption('tun-csum'),
  'tun-remcsum': flagOption('tun-remcsum'),
  numeric: flagOption('numeric'),
  connection: flagOption('connection'),
  timeout: flagOption('timeout'),
  daemon: flagOption('daemon'),
  stats: flagOption('stats'),
  rate: flagOption('rate'),
  thresholds: flagOption('thresholds'),
  'persistent-conn': flagOption('persistent-conn'),
  'tun-info': flagOption('tun-info'),
  exact: flagOption('exact'),
  nosort: flagOption('nosort'),
  // Sorting is the default, and this option does not revoke `--nosort`.
  sort: () => {},
  'mcast-interface': textOption('mcast-interface', (options, value) => {
    options.interface = value.slice(0, NAME_LENGTH)
  }),
  syncid: numberOption('syncid', [0, 255], 'syncid', (options, value) => {
    options.syncId = value
  }),
  'sync-maxlen': numberOption('sync-maxlen', [1, 65507], 'sync-maxlen', (options, value) => {
    options.maximumLength = value
  }),
  'mcast-group': textOption('mcast-group', (options, value) => {
    options.group = checkMulticastGroup(value)
  }),
  'mcast-port': numberOption('mcast-port', [1, 65535], 'mcast-port', (options, value) => {
    options.multicastPort = value
  }),
  'mcast-ttl': numberOption('mcast-ttl', [1, 255], 'mcast-ttl', (options, value) => {
    options.ttl = value
  }),
}

function checkMulticastGroup(group: string): string {
  if (group.includes(':')) {
    if (familyOf(group) === 'ipv6' && /^ff[0-9a-f]{2}:/i.test(group)) return group
    throw new IpvsadmError(`invalid IPv6 mcast-group \`${group}'`)
  }
  const number = parseIPv4(group)
  if (number !== undefined && number >>> 28 === 14) return group
  throw new IpvsadmError(`invalid IPv4 mcast-group \`${group}'`)
}
