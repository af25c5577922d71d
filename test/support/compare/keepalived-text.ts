import type { Random } from './random.ts'

/** Random keepalived.conf files: settings in any order, repeated, misspelled, invalid, and braces and blanks anywhere. */

const SCHEDULERS = 'rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh'.split(' ')
const FLAGS = 'flag-1 flag-2 flag-3 sh-port sh-fallback mh-port mh-fallback'.split(' ')
const METHODS = [
  ...[
    'NAT',
    'DR',
    'TUN',
    'NAT',
    'DR',
    'nat',
    'dr',
    'Tun',
    'ROUTE',
    'TUN type ipip',
    'TUN type gue port 7000',
  ],
  ...['TUN type gue port 7000 csum', 'TUN type gue remcsum port 7001', 'TUN type gue', 'TUN type gre csum'],
  ...['TUN type gre remcsum', 'TUN csum', 'TUN port 70000', 'DR csum', 'TUN type gre', 'TUN type', 'TUN foo'],
]
const WEIGHTS = [
  '0',
  '1',
  '2',
  '7',
  '100',
  '65535',
  '007',
  '+3',
  '3.5',
  'foo',
  '-1',
  '0x10',
  '5x',
  '"4"',
  '2147483648',
]
const PORTS = ['80', '81', '8080', '080', '', '0', 'http', '70000', '80x', '65535', '80 foo']
const NUMBERS = ['1', '2', '3', '10', '0', 'foo', '-2', '1.5']
const PERSISTENCE = ['', '50', '1', '0', 'foo', '2678400', '2678401', '010', '300 60', '-5']
const MASKS = [
  '255.255.255.0',
  '255.255.255.255',
  '255.0.255.0',
  '24',
  '64',
  '128',
  '129',
  '0',
  'foo',
  '255.255.0.0 x',
]
const BOOLEANS = ['', 'on', 'off', 'yes', 'no', 'true', 'false', 'maybe']
const UNKNOWN = ['wieght 3', 'foo', 'nosuch bar', 'lvs_shed rr', 'persistence 3']
const HARMLESS = [
  'delay_loop 6',
  'virtualhost "a ! b # c"',
  'retry 3',
  'omega',
  'ha_suspend',
  "snmp_name 'x y'",
]
const COMMENTS = ['# foo { bar', '! } foo', '!=== foo', '#!x', '!', '#']

/** A file with one to three virtual servers of different addresses, mostly. */
export function randomKeepalived(random: Random): string {
  const isHostile = random.chance(0.5)
  const writer = new TextWriter(random, isHostile)
  const blocks = Array.from({ length: 1 + random.below(3) }, (_, index) => writer.virtualServer(index + 1))
  if (random.chance(0.2)) blocks.unshift(writer.globals())
  if (random.chance(0.2))
    blocks.unshift('vrrp_instance V {\nstate MASTER\nvirtual_ipaddress {\n10.0.0.1/32\n}\n}')
  return writer.layOut(blocks.join('\n').split('\n'))
}

class TextWriter {
  readonly #random: Random
  /** Whether lines are invalid now and then. */
  readonly #isHostile: boolean

  constructor(random: Random, isHostile: boolean) {
    this.#random = random
    this.#isHostile = isHostile
  }

  virtualServer(number: number): string {
    const random = this.#random
    const kind = random.below(10)
    const isV6 = random.chance(0.2)
    const same = random.chance(0.05) ? 1 : number
    const port = this.#valid(PORTS, 3)
    const address = isV6
      ? `2001:db8::${same}`
      : `10.0.0.${same}${this.#isHostile && random.chance(0.1) ? '/24' : ''}`
    const place = kind < 6 ? `${address} ${port}` : kind < 8 ? `fwmark ${number}` : `group G${number}`
    const servers = Array.from({ length: random.chance(0.05) ? 0 : 1 + random.below(3) }, () =>
      this.#realServer(isV6),
    )
    const lines = random.shuffle([...this.#settings(isV6), ...servers])
    const text = `virtual_server ${place} {\n${lines.join('\n')}\n}`
    return kind < 8 ? text : random.shuffle([text, this.#group(number, isV6)]).join('\n')
  }

  globals(): string {
    const random = this.#random
    const words = random.some(
      ['tcp 100', 'tcpfin 20', 'udp 30', ...(this.#isHostile ? ['foo', 'tcp x', 'udp 0'] : [])],
      3,
    )
    return `global_defs {\nrouter_id x\nlvs_timeouts tcp 7 ${words.join(' ')}\n}`
  }

  /** Breaks lines at blanks and glues braces as keepalived allows, and adds comments. */
  layOut(lines: readonly string[]): string {
    const random = this.#random
    let text = ''
    for (const line of lines) {
      const isOpening = line.endsWith('{')
      const blank = random.pick(['', ' ', '  ', '\t'])
      const shown = isOpening ? line.replace(/\s*\{$/, random.pick([' {', '{', '  {', '\n{'])) : line
      text += `${blank}${shown.replaceAll(' ', random.pick([' ', ' ', '\t']))}`
      const isBrace = isOpening || line === '}'
      if (isBrace && random.chance(0.15)) text += random.pick(['', ' '])
      else if (random.chance(0.1)) text += ` ${random.pick(COMMENTS)}\n`
      else text += random.pick(['\n', '\n', '\n\n', ' \n', '\r\n'])
    }
    // A closing brace may follow the last word of a line.
    return random.chance(0.3) ? text.replaceAll(/(\w)[ \t]*\n[ \t]*\}/g, '$1}') : text
  }

  #settings(isV6: boolean): string[] {
    const random = this.#random
    const choices: (() => string)[] = [
      () =>
        `${random.pick(['lvs_sched', 'lb_algo'])} ${this.#valid([...SCHEDULERS, 'hashed', 'RR', 'rr wrr'], 13)}`,
      () => `${random.pick(['lvs_sched', 'lb_algo'])} ${random.pick(['sh', 'mh'])}`,
      () => random.pick(FLAGS),
      () => `${random.pick(['lvs_method', 'lb_kind'])} ${this.#valid(METHODS, 5)}`,
      () => `protocol ${this.#valid(['TCP', 'UDP', 'SCTP', 'tcp', 'Udp', 'IP', 'TCP UDP'], 5)}`,
      () => 'ops',
      () => `weight ${this.#valid(WEIGHTS, 5)}`,
      () => `persistence_timeout ${this.#valid(PERSISTENCE, 3)}`.trim(),
      () =>
        `persistence_granularity ${this.#isHostile ? random.pick(MASKS) : isV6 ? '64' : random.pick(MASKS.slice(0, 3))}`,
      () => 'persistence_engine sip',
      () => `quorum ${this.#valid(NUMBERS, 4)}`,
      () => `hysteresis ${this.#valid(NUMBERS, 4)}`,
      () => 'inhibit_on_failure',
      () => `sorry_server ${isV6 ? '2001:db8::99' : '192.0.2.99'} ${this.#valid(PORTS, 4)}`.trim(),
      () => 'sorry_server_inhibit',
      () => `sorry_server_lvs_method ${this.#valid(METHODS, 5)}`,
      () => `ip_family ${random.pick(['inet', 'inet6', 'foo'])}`,
      () => random.pick(HARMLESS),
      () => random.pick(COMMENTS),
    ]
    if (this.#isHostile)
      choices.push(
        () => random.pick(UNKNOWN),
        () => `${random.pick(UNKNOWN)} {\nbar\n}`,
      )
    return random.some(choices, 7).map((make) => make())
  }

  #realServer(isV6: boolean): string {
    const random = this.#random
    const hasOther = random.chance(0.1)
    const host = 10 + random.below(6)
    const address = isV6 === hasOther ? `192.0.2.${host}` : `2001:db8::${host}`
    const choices: (() => string)[] = [
      () => `weight ${this.#valid(WEIGHTS, 5)}`,
      () => `uthreshold ${this.#valid(['10', '20', '5', 'foo', '-5'], 3)}`,
      () => `uthreshold 30\nlthreshold ${this.#valid(['5', '10', 'foo', '3.5', '40'], 2)}`,
      () => `${this.#isHostile && random.chance(0.2) ? 'lb_kind' : 'lvs_method'} ${this.#valid(METHODS, 5)}`,
      () => `inhibit_on_failure ${this.#valid(BOOLEANS, 7)}`.trim(),
      () => random.pick(['retry 3', 'virtualhost x', 'delay_loop 5', ...COMMENTS]),
    ]
    if (this.#isHostile) choices.push(() => random.pick(UNKNOWN))
    const lines = random.shuffle(random.some(choices, 4).map((make) => make()))
    return `real_server ${address} ${this.#valid(PORTS, 4)} {\n${lines.join('\n')}\n}`.replace('\n\n', '\n')
  }

  #group(number: number, isV6: boolean): string {
    const random = this.#random
    const first = isV6 ? `2001:db8:${number}::` : `10.1.${number}.`
    const choices = [
      ...[`${first}1 80`, `${first}2 81`, `${first}4-6 80`, `fwmark ${100 + number}`, `${first}8/30 82`],
      ...[`${first}20-${first}22 83`, `${first}30`, `fwmark ${110 + number} ${isV6 ? 'inet6' : 'inet'}`],
      ...(this.#isHostile
        ? ['foo 80', `${first}40 http`, `${first}9/30 80`, 'fwmark 9 foo', `${first}7-2 80`]
        : []),
    ]
    const lines = random.shuffle([
      `${first}1 80`,
      ...random.shuffle(choices.slice(1)).slice(0, random.below(4)),
    ])
    return `virtual_server_group G${number} {\n${lines.join('\n')}\n}`
  }

  /** One of the choices; only one of the first `count`, which are valid, unless the file is hostile. */
  #valid(choices: readonly string[], count: number): string {
    return this.#random.pick(this.#isHostile ? choices : choices.slice(0, count))
  }
}
