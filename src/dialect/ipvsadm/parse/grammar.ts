import { IpvsadmError } from '../../../cli/ipvsadm/complaint.ts'
import type { CommandName, OptionName } from './options.ts'

/** Options in the order in which they are looked at: the first mistake is the one that is told. */
const CHECK_ORDER: readonly OptionName[] = [
  ...(['numeric', 'connection', 'service-address', 'scheduler', 'persistent', 'netmask'] as const),
  ...(['real-server', 'forwarding-method', 'weight', 'u-threshold', 'l-threshold'] as const),
  ...(['mcast-interface', 'timeout', 'daemon', 'stats', 'rate', 'thresholds', 'persistent-conn'] as const),
  ...(['nosort', 'syncid', 'exact', 'ops', 'pe', 'sched-flags'] as const),
  ...(['mcast-group', 'mcast-port', 'mcast-ttl', 'sync-maxlen'] as const),
  ...(['tun-info', 'tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'] as const),
]

/** What a command, or a kind of tunnel, can be told. */
interface OptionRules {
  /** What has to be given. */
  readonly required: readonly OptionName[]
  /** All that may be given. */
  readonly allowed: ReadonlySet<OptionName>
  /** That of which only one can be given. */
  readonly exclusive: readonly OptionName[]
}

function defineRules(
  needs: readonly OptionName[],
  takes: readonly OptionName[] = [],
  oneOf: readonly OptionName[] = [],
): OptionRules {
  return { required: needs, allowed: new Set([...needs, ...takes, ...oneOf]), exclusive: oneOf }
}

const CHECKSUMS = ['tun-nocsum', 'tun-csum', 'tun-remcsum'] as const
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
  gre: defineRules([], ['tun-type'], ['tun-nocsum', 'tun-csum']),
} as const

/** Checks that a command was given what it needs and nothing else. */
export function checkOptions(command: CommandName, given: ReadonlySet<OptionName>): void {
  check(COMMANDS[command], CHECK_ORDER, given, `'${command}' command`)
}

/** The same for a kind of tunnel. */
export function checkTunnelOptions(type: keyof typeof TUNNELS, given: ReadonlySet<OptionName>): void {
  check(TUNNELS[type], TUNNEL, given, `'${type}' tunnel type`)
}

/** Whether an option about tunnels was given. */
export function hasTunnelOption(given: ReadonlySet<OptionName>): boolean {
  return TUNNEL.some((option) => given.has(option))
}

function check(
  rules: OptionRules,
  order: readonly OptionName[],
  given: ReadonlySet<OptionName>,
  subject: string,
): void {
  // Of a hundred thousand rules to be restored most are right: these few options are looked at, not all there are.
  if (isPlainlyValid(rules, given)) return
  const { required: needs, allowed: takes, exclusive: oneOf } = rules
  let chosen: OptionName | undefined
  for (const option of order) {
    if (!given.has(option)) {
      if (needs.includes(option)) {
        throw new IpvsadmError(`You need to supply the '${option}' option for the ${subject}`)
      }
    } else if (!takes.has(option)) {
      throw new IpvsadmError(`Illegal '${option}' option with the ${subject}`)
    } else if (oneOf.includes(option)) {
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
  { required: needs, allowed: takes, exclusive: oneOf }: OptionRules,
  given: ReadonlySet<OptionName>,
): boolean {
  if (oneOf.length > 0) return false
  for (const option of needs) if (!given.has(option)) return false
  for (const option of given) if (!takes.has(option)) return false
  return true
}
