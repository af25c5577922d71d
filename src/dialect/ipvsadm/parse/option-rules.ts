import { CHECKSUM_OPTIONS } from '../vocabulary/choices.ts'
import type { CommandName, OptionName } from '../vocabulary/options.ts'
import { IpvsadmError } from './ipvsadm-error.ts'

/** The order in which ipvsadm checks options, and so which of several mistakes it reports. */
const CHECK_ORDER: readonly OptionName[] = [
  ...(['numeric', 'connection', 'service-address', 'scheduler', 'persistent', 'netmask'] as const),
  ...(['real-server', 'forwarding-method', 'weight', 'u-threshold', 'l-threshold'] as const),
  ...(['mcast-interface', 'timeout', 'daemon', 'stats', 'rate', 'thresholds', 'persistent-conn'] as const),
  ...(['nosort', 'syncid', 'exact', 'ops', 'pe', 'sched-flags'] as const),
  ...(['mcast-group', 'mcast-port', 'mcast-ttl', 'sync-maxlen'] as const),
  ...(['tun-info', 'tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'] as const),
]

/** The options of a command or a tunnel type. */
interface OptionRules {
  readonly required: readonly OptionName[]
  /** Includes `required` and `exclusive`. */
  readonly allowed: ReadonlySet<OptionName>
  /** At most one of these may be given. */
  readonly exclusive: readonly OptionName[]
}

function defineRules(
  required: readonly OptionName[],
  optional: readonly OptionName[] = [],
  exclusive: readonly OptionName[] = [],
): OptionRules {
  return { required, allowed: new Set([...required, ...optional, ...exclusive]), exclusive }
}

const { none, checksum, remote } = CHECKSUM_OPTIONS
const CHECKSUMS = [none, checksum, remote] as const
const TUNNEL = ['tun-type', 'tun-port', ...CHECKSUMS] as const

const SERVICE = defineRules(
  ['service-address'],
  ['scheduler', 'persistent', 'netmask', 'ops', 'pe', 'sched-flags'],
)
const SERVER = defineRules(
  ['service-address', 'real-server'],
  ['forwarding-method', 'weight', 'u-threshold', 'l-threshold', ...TUNNEL],
)
const NOTHING = defineRules([])

const COMMANDS: Readonly<Record<CommandName, OptionRules>> = {
  'add-service': SERVICE,
  'edit-service': SERVICE,
  'delete-service': defineRules(['service-address']),
  'add-server': SERVER,
  'edit-server': SERVER,
  'delete-server': defineRules(['service-address', 'real-server']),
  flush: NOTHING,
  list: defineRules(
    [],
    ['numeric', 'stats', 'rate', 'thresholds', 'persistent-conn', 'nosort', 'syncid', 'exact', 'tun-info'],
    ['connection', 'service-address', 'timeout', 'daemon'],
  ),
  save: defineRules([], ['numeric']),
  zero: defineRules([], ['service-address']),
  set: NOTHING,
  'start-daemon': defineRules(
    [],
    ['mcast-interface', 'syncid', 'mcast-group', 'mcast-port', 'mcast-ttl', 'sync-maxlen'],
  ),
  'stop-daemon': defineRules([], ['syncid']),
  restore: NOTHING,
  help: NOTHING,
  version: NOTHING,
}

const TUNNELS = {
  ipip: defineRules([], ['tun-type']),
  gue: defineRules(['tun-port'], ['tun-type'], CHECKSUMS),
  gre: defineRules([], ['tun-type'], [none, checksum]),
} as const

/** Checks that a command has the options that it requires and none that it does not accept. */
export function checkOptions(command: CommandName, given: ReadonlySet<OptionName>): void {
  check(COMMANDS[command], CHECK_ORDER, given, `'${command}' command`)
}

/** Checks the options about tunnels against the tunnel type. */
export function checkTunnelOptions(type: keyof typeof TUNNELS, given: ReadonlySet<OptionName>): void {
  check(TUNNELS[type], TUNNEL, given, `'${type}' tunnel type`)
}

/** Whether any option about tunnels is given. */
export function hasTunnelOption(given: ReadonlySet<OptionName>): boolean {
  return TUNNEL.some((option) => given.has(option))
}

function check(
  rules: OptionRules,
  order: readonly OptionName[],
  given: ReadonlySet<OptionName>,
  subject: string,
): void {
  // Files of a hundred thousand rules are mostly valid: this checks the given options only, the loop below checks all options.
  if (isPlainlyValid(rules, given)) return
  const { required, allowed, exclusive } = rules
  let chosen: OptionName | undefined
  for (const option of order) {
    if (!given.has(option)) {
      if (required.includes(option)) {
        throw new IpvsadmError(`You need to supply the '${option}' option for the ${subject}`)
      }
    } else if (!allowed.has(option)) {
      throw new IpvsadmError(`Illegal '${option}' option with the ${subject}`)
    } else if (exclusive.includes(option)) {
      if (chosen !== undefined) {
        throw new IpvsadmError(
          `The option '${option}' conflicts with the '${chosen}' option in the ${subject}`,
        )
      }
      chosen = option
    }
  }
}

function isPlainlyValid(
  { required, allowed, exclusive }: OptionRules,
  given: ReadonlySet<OptionName>,
): boolean {
  if (exclusive.length > 0) return false
  for (const option of required) if (!given.has(option)) return false
  for (const option of given) if (!allowed.has(option)) return false
  return true
}
