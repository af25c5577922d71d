/** The options of ipvsadm 1.31 that say what a table is, under one spelling each. */

/** Long spellings and the short one that stands for them here. */
export const LONG_OPTIONS: Readonly<Record<string, string>> = {
  '--add-service': '-A',
  '--add-server': '-a',
  '--tcp-service': '-t',
  '--udp-service': '-u',
  '--sctp-service': '--sctp-service',
  '--fwmark-service': '-f',
  '--ipv6': '-6',
  '--scheduler': '-s',
  '--sched-flags': '-b',
  '--persistent': '-p',
  '--netmask': '-M',
  '--ops': '-o',
  '--real-server': '-r',
  '--gatewaying': '-g',
  '--ipip': '-i',
  '--masquerading': '-m',
  '--weight': '-w',
  '--u-threshold': '-x',
  '--l-threshold': '-y',
  '--numeric': '-n',
  '--exact': '--exact',
}

/** Options that stand alone, that must have a word behind them, and that may have one. */
export const ARGUMENTS: Readonly<Record<string, 'none' | 'one' | 'may'>> = {
  '-t': 'one',
  '-u': 'one',
  '--sctp-service': 'one',
  '-f': 'one',
  '-6': 'none',
  '-s': 'one',
  '-b': 'one',
  '-p': 'may',
  '-M': 'one',
  '-o': 'none',
  '--pe': 'one',
  '-r': 'one',
  '-g': 'none',
  '-i': 'none',
  '-m': 'none',
  '-w': 'one',
  '-x': 'one',
  '-y': 'one',
  '-n': 'none',
  '--exact': 'none',
  '--tun-type': 'one',
  '--tun-port': 'one',
  '--tun-nocsum': 'none',
  '--tun-csum': 'none',
  '--tun-remcsum': 'none',
  '--syncid': 'one',
  '--mcast-interface': 'one',
  '--sync-maxlen': 'one',
  '--mcast-group': 'one',
  '--mcast-port': 'one',
  '--mcast-ttl': 'one',
}

/** The options that say which service is meant, with its protocol. */
export const SERVICE_OPTIONS = { '-t': 'tcp', '-u': 'udp', '--sctp-service': 'sctp' } as const

/** Ways of forwarding. */
export const FORWARDING_OPTIONS = { '-g': 'dr', '-m': 'nat', '-i': 'tun' } as const

/** What a tunnel does about checksums. */
export const CHECKSUM_OPTIONS = {
  '--tun-nocsum': 'none',
  '--tun-csum': 'checksum',
  '--tun-remcsum': 'remote',
} as const
