/** Whether an option requires a value, accepts one, or stands alone. */
export type OptionArgument = 'none' | 'required' | 'optional'

/** The spellings of an option. */
export interface OptionDefinition {
  /** Its long spelling, without hyphens. */
  readonly long: string
  /** Its letter; undefined for an option that has only a long spelling. */
  readonly letter?: string | undefined
  readonly argument: OptionArgument
}

/** Finds an option by any of its spellings. */
export class OptionIndex<O extends OptionDefinition> {
  readonly #spellings = new Map<string, O>()

  constructor(options: readonly O[]) {
    for (const option of options) {
      this.#spellings.set(`--${option.long}`, option)
      if (option.letter !== undefined) this.#spellings.set(option.letter, option)
    }
  }

  /** The option with this letter, or with this long spelling including its hyphens. */
  get(spelling: string): O | undefined {
    return this.#spellings.get(spelling)
  }
}

/** A command of ipvsadm, under the name that its error messages use. */
export type CommandName =
  | 'add-service'
  | 'edit-service'
  | 'delete-service'
  | 'flush'
  | 'list'
  | 'add-server'
  | 'delete-server'
  | 'edit-server'
  | 'set'
  | 'start-daemon'
  | 'stop-daemon'
  | 'restore'
  | 'save'
  | 'zero'
  | 'help'
  | 'version'

/** An option of a command, under the name that the error messages of ipvsadm use. */
export type OptionName =
  | 'numeric'
  | 'connection'
  | 'service-address'
  | 'scheduler'
  | 'persistent'
  | 'netmask'
  | 'real-server'
  | 'forwarding-method'
  | 'weight'
  | 'u-threshold'
  | 'l-threshold'
  | 'mcast-interface'
  | 'timeout'
  | 'daemon'
  | 'stats'
  | 'rate'
  | 'thresholds'
  | 'persistent-conn'
  | 'nosort'
  | 'syncid'
  | 'exact'
  | 'ops'
  | 'pe'
  | 'sched-flags'
  | 'mcast-group'
  | 'mcast-port'
  | 'mcast-ttl'
  | 'sync-maxlen'
  | 'tun-info'
  | 'tun-type'
  | 'tun-port'
  | 'tun-nocsum'
  | 'tun-csum'
  | 'tun-remcsum'

/** An option by its effect: several of these can share one {@link OptionName}. */
export type OptionCode =
  | Exclude<OptionName, 'service-address' | 'forwarding-method'>
  | 'tcp-service'
  | 'udp-service'
  | 'sctp-service'
  | 'fwmark-service'
  | 'masquerading'
  | 'ipip'
  | 'gatewaying'
  | 'sort'
  | 'ipv6'

/** A command or an option with its spellings. */
export interface IpvsadmOption {
  readonly long: string
  readonly letter?: string | undefined
  readonly argument: OptionArgument
  /** The command, if this is the first option of the line. */
  readonly command?: CommandName
  /** The effect in any other position. */
  readonly code?: OptionCode
}

/** A command, spelled like its name unless `long` differs. */
function command(name: CommandName, letter?: string, long: string = name): IpvsadmOption {
  return { long, letter, argument: 'none', command: name }
}

function daemonCommand(name: 'start-daemon' | 'stop-daemon'): IpvsadmOption {
  return { ...command(name), argument: 'required' }
}

/** An option without a value. */
function flag(code: OptionCode, letter?: string): IpvsadmOption {
  return { long: code, letter, argument: 'none', code }
}

/** An option with a value. */
function value(code: OptionCode, letter?: string): IpvsadmOption {
  return { long: code, letter, argument: 'required', code }
}

const DEFINITIONS: readonly IpvsadmOption[] = [
  command('add-service', 'A'),
  command('edit-service', 'E'),
  command('delete-service', 'D'),
  command('add-server', 'a'),
  command('edit-server', 'e'),
  command('delete-server', 'd'),
  command('flush', 'C', 'clear'),
  command('list', 'L'),
  command('list', 'l'),
  command('zero', 'Z'),
  command('restore', 'R'),
  command('save', 'S'),
  command('set'),
  daemonCommand('start-daemon'),
  daemonCommand('stop-daemon'),
  command('help', 'h'),
  command('version', 'v'),
  value('tcp-service', 't'),
  value('udp-service', 'u'),
  value('sctp-service'),
  value('fwmark-service', 'f'),
  flag('ipv6', '6'),
  value('scheduler', 's'),
  value('sched-flags', 'b'),
  { ...value('persistent', 'p'), argument: 'optional' },
  value('netmask', 'M'),
  value('pe'),
  flag('ops', 'o'),
  value('real-server', 'r'),
  flag('gatewaying', 'g'),
  flag('ipip', 'i'),
  flag('masquerading', 'm'),
  value('weight', 'w'),
  value('u-threshold', 'x'),
  value('l-threshold', 'y'),
  value('tun-type'),
  value('tun-port'),
  flag('tun-nocsum'),
  flag('tun-csum'),
  flag('tun-remcsum'),
  flag('numeric', 'n'),
  flag('connection', 'c'),
  flag('timeout'),
  flag('daemon'),
  flag('stats'),
  flag('rate'),
  flag('thresholds'),
  flag('persistent-conn'),
  flag('tun-info'),
  flag('sort'),
  flag('nosort'),
  flag('exact'),
  value('mcast-interface'),
  value('syncid'),
  value('sync-maxlen'),
  value('mcast-group'),
  value('mcast-port'),
  value('mcast-ttl'),
]

/** Every command and option of ipvsadm 1.31, by spelling. */
export const OPTIONS = new OptionIndex(DEFINITIONS)

/** The shortest spelling of each command and option: its letter, or its long form. */
export const OPTION_TEXT = Object.fromEntries(
  DEFINITIONS.map(({ long, letter, command: name, code }) => [
    name ?? code,
    letter === undefined ? `--${long}` : `-${letter}`,
  ]),
) as Readonly<Record<CommandName | OptionCode, string>>
