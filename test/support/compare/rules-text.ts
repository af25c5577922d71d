import type { Random } from './random.ts'

/** Random rules of ipvsadm: joined and separate options, long and short ones, names of ports, and values that it refuses. */

const SCHEDULERS = 'rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh'.split(' ')
const PORTS = [
  '80',
  '80',
  '443',
  'http',
  'https',
  '0',
  '65535',
  '65536',
  '080',
  '+80',
  'nosuch',
  '-1',
  '',
  '8080x',
]
const WEIGHTS = ['0', '1', '7', '65535', '100', '-1', '1.5', 'x', '2147483648', '007', ' 3']
const TIMEOUTS = ['600', '1', '2678400', '0', '2678401', '-5', 'x', '010']
const MASKS = ['255.255.255.0', '255.255.255.255', '24', '64', '0', '128', '255.255.0', '0xffffff00', 'x']
const FLAGS = [
  'sh-port',
  'sh-fallback',
  'mh-port',
  'mh-fallback',
  'flag-1',
  'flag-1,flag-2',
  'sh-port,sh-fallback',
  'x',
]
const TUNNELS = [
  ...['--tun-type ipip', '--tun-type gue --tun-port 7000', '--tun-type gue --tun-port 7000 --tun-csum'],
  ...[
    '--tun-type gre --tun-csum',
    '--tun-type gue',
    '--tun-type gre --tun-remcsum',
    '--tun-type x',
    '--tun-csum',
  ],
]

const LONG: Readonly<Record<string, string>> = {
  ...{ A: 'add-service', a: 'add-server', t: 'tcp-service', u: 'udp-service', f: 'fwmark-service' },
  ...{ s: 'scheduler', p: 'persistent', M: 'netmask', b: 'sched-flags', o: 'ops', r: 'real-server' },
  ...{
    g: 'gatewaying',
    i: 'ipip',
    m: 'masquerading',
    w: 'weight',
    x: 'u-threshold',
    y: 'l-threshold',
    6: 'ipv6',
  },
}

/** One service with up to three servers. */
export function randomRules(random: Random): string[] {
  const writer = new RuleWriter(random, random.chance(0.4))
  const service = writer.service()
  const servers = Array.from({ length: random.below(4) }, (_, index) => writer.server(service, index))
  return [writer.rule('A', [service, ...writer.settings()]), ...servers]
}

class RuleWriter {
  readonly #random: Random
  /** Whether values are invalid now and then. */
  readonly #isHostile: boolean
  readonly #isV6: boolean

  constructor(random: Random, isHostile: boolean) {
    this.#random = random
    this.#isHostile = isHostile
    this.#isV6 = random.chance(0.25)
  }

  /** The option that names the service, in one spelling for all rules. */
  service(): string {
    const random = this.#random
    const port = this.#valid(PORTS, 5)
    const address = this.#isV6 ? `[2001:db8::1]:${port}` : `192.0.2.1:${port}`
    if (random.chance(0.15))
      return `${this.#option('f', this.#valid(['7', '1', '4294967295', '0', 'x'], 3))}${this.#isV6 ? ' -6' : ''}`
    if (random.chance(0.1)) return `--sctp-service ${address}`
    return this.#option(random.pick(['t', 'u']), address)
  }

  settings(): string[] {
    const random = this.#random
    const choices: (() => string)[] = [
      () => this.#option('s', this.#valid([...SCHEDULERS], 13)),
      () => `${this.#option('s', 'sh')} ${this.#option('b', this.#valid(FLAGS, 2))}`,
      () => this.#option('p'),
      () => this.#option('p', this.#valid(TIMEOUTS, 3)),
      () => `${this.#option('p')} ${this.#option('M', this.#isV6 ? '64' : this.#valid(MASKS, 2))}`,
      () => this.#option('o'),
      () => '--pe sip -p 60',
    ]
    if (this.#isHostile)
      choices.push(() => random.pick(['-w 1', '-Q', '-n', '-t 192.0.2.9:80', '--foo', 'word']))
    return random.some(choices, 2).map((make) => make())
  }

  server(service: string, index: number): string {
    const random = this.#random
    const port = random.chance(0.3) ? '' : `:${this.#valid(PORTS, 5)}`
    const host = this.#isV6
      ? `[2001:db8::${10 + index}]${port === '' ? ':80' : port}`
      : `198.51.100.${10 + index}${port}`
    const choices: (() => string)[] = [
      () => this.#option(random.pick(['g', 'i', 'm'])),
      () => this.#option('w', this.#valid(WEIGHTS, 5)),
      () => this.#option('x', this.#valid(['10', '0', '-1', 'x'], 2)),
      () => `-x 20 ${this.#option('y', this.#valid(['5', '20', '30', 'x'], 2))}`,
      () => `-i ${this.#valid(TUNNELS, 4)}`,
    ]
    return this.rule(
      'a',
      random
        .shuffle([service, this.#option('r', host)])
        .concat(random.some(choices, 2).map((make) => make())),
    )
  }

  /** A rule, at times with the name of the program before it or its command joined to the first option. */
  rule(command: 'A' | 'a', options: readonly string[]): string {
    const random = this.#random
    const text = options.join(random.pick([' ', ' ', '  ', '\t']))
    const joined = random.chance(0.3) && /^-[a-z]/i.test(text)
    return joined
      ? `-${command}${text.slice(1)}`
      : `${random.chance(0.3) ? `--${LONG[command]}` : `-${command}`} ${text}`
  }

  #option(letter: string, value?: string): string {
    const random = this.#random
    const long = LONG[letter]
    if (value === undefined) return random.chance(0.3) ? `--${long}` : `-${letter}`
    const forms = [
      `-${letter} ${value}`,
      `-${letter} ${value}`,
      `-${letter}${value}`,
      `-${letter}=${value}`,
      `--${long} ${value}`,
      `--${long}=${value}`,
    ]
    return random.pick(forms)
  }

  #valid(choices: readonly string[], count: number): string {
    return this.#random.pick(this.#isHostile ? choices : choices.slice(0, count))
  }
}
