import { familyOf, parseIPv4 } from '../../../netlink/wire/address.ts'
import { Complaint } from '../../../cli/ipvsadm/complaint.ts'
import type { Draft } from './draft.ts'
import { readNumber } from './number.ts'
import type { OptionCode, OptionName } from './options.ts'

type Effect = (draft: Draft, value: string | undefined) => void

const MAXIMUM = 2 ** 31 - 1
/** The kernel's names of interfaces and schedulers have at most so many characters; what is longer is cut off. */
const NAME_LENGTH = 15
const ENGINE_LENGTH = 16

/** An option that is only noted. */
function noting(option: OptionName): Effect {
  return (draft) => draft.note(option)
}

/** An option with a text. */
function text(option: OptionName, set: (draft: Draft, value: string) => void): Effect {
  return (draft, value = '') => {
    draft.note(option)
    set(draft, value)
  }
}

/** An option with a number. */
function number(
  option: OptionName,
  [minimum, maximum]: readonly [number, number],
  called: string,
  set: (draft: Draft, value: number) => void,
): Effect {
  return text(option, (draft, value) => {
    const result = readNumber(value, minimum, maximum)
    if (result === undefined) throw new Complaint(`illegal ${called} specified`)
    set(draft, result)
  })
}

/** What each option does to a draft. */
export const EFFECTS: Readonly<Record<OptionCode, Effect>> = {
  'tcp-service': (draft, value = '') => draft.takeService('tcp', value),
  'udp-service': (draft, value = '') => draft.takeService('udp', value),
  'sctp-service': (draft, value = '') => draft.takeService('sctp', value),
  'fwmark-service': (draft, value = '') => draft.takeFwmark(value),
  ipv6: (draft) => draft.takeIPv6(),
  scheduler: text('scheduler', (draft, value) => {
    draft.scheduler = value.slice(0, NAME_LENGTH)
  }),
  'sched-flags': text('sched-flags', (draft, value) => {
    draft.schedulerFlags = value
  }),
  persistent: (draft, value) => draft.takePersistence(value),
  netmask: (draft, value = '') => draft.takeMask(value),
  pe: text('pe', (draft, value) => {
    draft.engine = value.slice(0, ENGINE_LENGTH)
  }),
  ops: noting('ops'),
  'real-server': (draft, value = '') => draft.takeServer(value),
  gatewaying: (draft) => draft.takeForwarding('dr'),
  ipip: (draft) => draft.takeForwarding('tun'),
  masquerading: (draft) => draft.takeForwarding('nat'),
  weight: number('weight', [0, MAXIMUM], 'weight', (draft, value) => {
    draft.weight = value
  }),
  'u-threshold': number('u-threshold', [0, MAXIMUM], 'u_threshold', (draft, value) => {
    draft.upperThreshold = value
  }),
  'l-threshold': number('l-threshold', [0, MAXIMUM], 'l_threshold', (draft, value) => {
    draft.lowerThreshold = value
  }),
  'tun-type': (draft, value = '') => draft.takeTunnel(value),
  'tun-port': number('tun-port', [1, 65535], 'tunnel port', (draft, value) => {
    draft.tunnelPort = value
  }),
  'tun-nocsum': noting('tun-nocsum'),
  'tun-csum': noting('tun-csum'),
  'tun-remcsum': noting('tun-remcsum'),
  numeric: noting('numeric'),
  connection: noting('connection'),
  timeout: noting('timeout'),
  daemon: noting('daemon'),
  stats: noting('stats'),
  rate: noting('rate'),
  thresholds: noting('thresholds'),
  'persistent-conn': noting('persistent-conn'),
  'tun-info': noting('tun-info'),
  exact: noting('exact'),
  nosort: noting('nosort'),
  // It is what happens anyway.
  sort: () => {},
  'mcast-interface': text('mcast-interface', (draft, value) => {
    draft.interface = value.slice(0, NAME_LENGTH)
  }),
  syncid: number('syncid', [0, 255], 'syncid', (draft, value) => {
    draft.syncId = value
  }),
  'sync-maxlen': number('sync-maxlen', [1, 65507], 'sync-maxlen', (draft, value) => {
    draft.maximumLength = value
  }),
  'mcast-group': text('mcast-group', (draft, value) => {
    draft.group = checkGroup(value)
  }),
  'mcast-port': number('mcast-port', [1, 65535], 'mcast-port', (draft, value) => {
    draft.multicastPort = value
  }),
  'mcast-ttl': number('mcast-ttl', [1, 255], 'mcast-ttl', (draft, value) => {
    draft.ttl = value
  }),
}

function checkGroup(group: string): string {
  if (group.includes(':')) {
    if (familyOf(group) === 'ipv6' && /^ff[0-9a-f]{2}:/i.test(group)) return group
    throw new Complaint(`invalid IPv6 mcast-group \`${group}'`)
  }
  const number = parseIPv4(group)
  if (number !== undefined && number >>> 28 === 14) return group
  throw new Complaint(`invalid IPv4 mcast-group \`${group}'`)
}
