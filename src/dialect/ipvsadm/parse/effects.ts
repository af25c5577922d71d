import { IpvsadmError } from '../../../cli/ipvsadm/complaint.ts'
import { familyOf, parseIPv4 } from '../../../netlink/wire/address.ts'
import type { ParsedOptions } from './draft.ts'
import { readNumber } from './number.ts'
import type { OptionCode, OptionName } from './options.ts'

type OptionHandler = (draft: ParsedOptions, value: string | undefined) => void

const MAXIMUM = 2 ** 31 - 1
/** The kernel's names of interfaces and schedulers have at most so many characters; what is longer is cut off. */
const NAME_LENGTH = 15
const ENGINE_LENGTH = 16

/** An option that is only noted. */
function flagOption(option: OptionName): OptionHandler {
  return (draft) => draft.markGiven(option)
}

/** An option with a text. */
function textOption(option: OptionName, set: (draft: ParsedOptions, value: string) => void): OptionHandler {
  return (draft, value = '') => {
    draft.markGiven(option)
    set(draft, value)
  }
}

/** An option with a number. */
function numberOption(
  option: OptionName,
  [minimum, maximum]: readonly [number, number],
  called: string,
  set: (draft: ParsedOptions, value: number) => void,
): OptionHandler {
  return textOption(option, (draft, value) => {
    const result = readNumber(value, minimum, maximum)
    if (result === undefined) throw new IpvsadmError(`illegal ${called} specified`)
    set(draft, result)
  })
}

/** What each option does to a draft. */
export const OPTION_HANDLERS: Readonly<Record<OptionCode, OptionHandler>> = {
  'tcp-service': (draft, value = '') => draft.setService('tcp', value),
  'udp-service': (draft, value = '') => draft.setService('udp', value),
  'sctp-service': (draft, value = '') => draft.setService('sctp', value),
  'fwmark-service': (draft, value = '') => draft.setFwmark(value),
  ipv6: (draft) => draft.setIPv6(),
  scheduler: textOption('scheduler', (draft, value) => {
    draft.scheduler = value.slice(0, NAME_LENGTH)
  }),
  'sched-flags': textOption('sched-flags', (draft, value) => {
    draft.schedulerFlags = value
  }),
  persistent: (draft, value) => draft.setPersistence(value),
  netmask: (draft, value = '') => draft.setMask(value),
  pe: textOption('pe', (draft, value) => {
    draft.persistenceEngine = value.slice(0, ENGINE_LENGTH)
  }),
  ops: flagOption('ops'),
  'real-server': (draft, value = '') => draft.setServer(value),
  gatewaying: (draft) => draft.setForwarding('dr'),
  ipip: (draft) => draft.setForwarding('tun'),
  masquerading: (draft) => draft.setForwarding('nat'),
  weight: numberOption('weight', [0, MAXIMUM], 'weight', (draft, value) => {
    draft.weight = value
  }),
  'u-threshold': numberOption('u-threshold', [0, MAXIMUM], 'u_threshold', (draft, value) => {
    draft.upperThreshold = value
  }),
  'l-threshold': numberOption('l-threshold', [0, MAXIMUM], 'l_threshold', (draft, value) => {
    draft.lowerThreshold = value
  }),
  'tun-type': (draft, value = '') => draft.setTunnelType(value),
  'tun-port': numberOption('tun-port', [1, 65535], 'tunnel port', (draft, value) => {
    draft.tunnelPort = value
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
  // It is what happens anyway.
  sort: () => {},
  'mcast-interface': textOption('mcast-interface', (draft, value) => {
    draft.interface = value.slice(0, NAME_LENGTH)
  }),
  syncid: numberOption('syncid', [0, 255], 'syncid', (draft, value) => {
    draft.syncId = value
  }),
  'sync-maxlen': numberOption('sync-maxlen', [1, 65507], 'sync-maxlen', (draft, value) => {
    draft.maximumLength = value
  }),
  'mcast-group': textOption('mcast-group', (draft, value) => {
    draft.group = checkMulticastGroup(value)
  }),
  'mcast-port': numberOption('mcast-port', [1, 65535], 'mcast-port', (draft, value) => {
    draft.multicastPort = value
  }),
  'mcast-ttl': numberOption('mcast-ttl', [1, 255], 'mcast-ttl', (draft, value) => {
    draft.ttl = value
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
