/** Configurations of keepalived with every setting that a table can show. */

const REAL = 'real_server 192.0.2.10 80 {\n}'

/** A virtual server with some lines, and a real server unless they have one. */
function server(place: string, lines: string, real = REAL): string {
  return `virtual_server ${place} {\n${lines}\n${lines.includes('real_server') ? '' : real}\n}\n`
}

const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq', 'fo', 'ovf', 'mh']
const METHODS = [
  'NAT',
  'DR',
  'TUN',
  'TUN type ipip',
  'TUN type gue port 7000',
  'TUN type gue port 7000 csum',
  'TUN type gue port 7000 remcsum',
  'TUN type gre',
  'TUN type gre csum',
]

/** A configuration that only a group can express: under NAT, its real servers without a port have port 0. */
export const NAT_GROUP = 'a group with a real server without a port'

export const CONFIGURATIONS: Readonly<Record<string, string>> = {
  'next to nothing': server('10.0.0.1 80', ''),
  schedulers: SCHEDULERS.map((name, index) => server(`10.0.0.1 ${index + 1}`, `lvs_sched ${name}`)).join(''),
  'older words': server('10.0.0.1 80', 'lb_algo rr\nlb_kind DR\nnat_mask 255.255.255.0'),
  'flags of schedulers': [
    ['sh', 'sh-port'],
    ['sh', 'sh-fallback'],
    ['sh', 'sh-port\nsh-fallback'],
    ['mh', 'mh-port\nmh-fallback'],
    ['rr', 'flag-1\nflag-2\nflag-3'],
  ]
    .map(([name, flags], index) => server(`10.0.0.1 ${index + 1}`, `lvs_sched ${name}\n${flags}`))
    .join(''),
  protocols: ['TCP', 'UDP', 'SCTP'].map((name) => server('10.0.0.1 80', `protocol ${name}`)).join(''),
  'one packet': server('10.0.0.1 53', 'protocol UDP\nops'),
  'ways of forwarding': METHODS.map((method, index) =>
    server(
      `10.0.0.1 ${index + 1}`,
      `protocol TCP\nlvs_method ${method}\nreal_server 192.0.2.10 ${index + 1} {\n}`,
    ),
  ).join(''),
  'a way of forwarding for each real server': server(
    '10.0.0.1 80',
    `protocol TCP\nlvs_method DR\n${METHODS.map((method, index) => `real_server 192.0.2.${index + 10} 80 {\nlvs_method ${method}\n}`).join('\n')}\nreal_server 192.0.2.99 80 {\n}`,
  ),
  'ports of real servers': ['NAT', 'DR', 'TUN']
    .map((method, index) =>
      server(
        `10.0.0.1 ${index + 81}`,
        `protocol TCP\nlvs_method ${method}\nreal_server 192.0.2.10 8080 {\n}\nreal_server 192.0.2.11 {\n}`,
      ),
    )
    .join(''),
  'ports of real servers under a mark': ['NAT', 'DR', 'TUN']
    .map((method, index) =>
      server(
        `fwmark ${index + 1}`,
        `lvs_method ${method}\nreal_server 192.0.2.10 8080 {\n}\nreal_server 192.0.2.11 {\n}`,
      ),
    )
    .join(''),
  persistence: [
    'persistence_timeout',
    'persistence_timeout 60',
    'persistence_granularity 255.255.255.0',
    'persistence_timeout 60\npersistence_granularity 255.255.0.0',
    'persistence_engine sip',
    'persistence_timeout 60\npersistence_engine sip',
  ]
    .map((lines, index) => server(`10.0.0.1 ${index + 1}`, `protocol UDP\n${lines}`))
    .join(''),
  'persistence of IPv6': server(
    '2001:db8::80 80',
    'persistence_granularity 64',
    'real_server 2001:db8::10 80 {\n}',
  ),
  'no port':
    server('10.0.0.1', 'protocol TCP') + server('10.0.0.2 0', 'protocol TCP\npersistence_timeout 60'),
  weights: server(
    '10.0.0.1 80',
    'weight 7\nreal_server 192.0.2.10 80 {\n}\nreal_server 192.0.2.11 80 {\nweight 0\n}\nreal_server 192.0.2.12 80 {\nweight 65536\n}',
  ),
  thresholds: server('10.0.0.1 80', 'real_server 192.0.2.10 80 {\nuthreshold 100\nlthreshold 50\n}'),
  quorums: [
    'quorum 2\nreal_server 192.0.2.10 80 {\n}',
    'quorum 2\nhysteresis 1\nreal_server 192.0.2.10 80 {\nweight 2\n}',
    'quorum 2\nhysteresis 1\nreal_server 192.0.2.10 80 {\nweight 3\n}',
    'real_server 192.0.2.10 80 {\nweight 0\n}',
    'sorry_server 192.0.2.99 80\nsorry_server_lvs_method DR\nreal_server 192.0.2.10 80 {\nweight 0\n}',
    'sorry_server_inhibit\ninhibit_on_failure\nreal_server 192.0.2.10 80 {\ninhibit_on_failure no\n}',
  ]
    .map((lines, index) =>
      server(`10.0.0.1 ${index + 1}`, `protocol TCP\nsorry_server 192.0.2.99 80\n${lines}`),
    )
    .join(''),
  'no real servers':
    'virtual_server 10.0.0.1 80 {\nprotocol TCP\nsorry_server 192.0.2.99 80\n}\n' +
    server('10.0.0.2 80', 'protocol TCP'),
  marks:
    server('fwmark 1', '') +
    server('fwmark 2', '', 'real_server 2001:db8::10 80 {\n}') +
    server('fwmark 3', 'ip_family inet6\nlvs_method TUN', 'real_server 192.0.2.10 80 {\n}'),
  'both families behind tunnels': server(
    '2001:db8::80 80',
    'protocol TCP\nlvs_method TUN\nreal_server 192.0.2.10 80 {\n}\nreal_server 2001:db8::10 80 {\n}',
  ),
  'a group': `virtual_server_group G {
    10.0.0.1 80
    10.0.0.4-6 81
    10.0.0.254-10.0.0.255 82
    10.0.2.8/30 83
    fwmark 9
  }
  ${server('group G', 'protocol TCP\nlvs_sched wrr\npersistence_timeout 60\nreal_server 192.0.2.10 8080 {\nweight 3\n}\nreal_server 192.0.2.11 80 {\n}')}`,
  [NAT_GROUP]: `virtual_server_group G {
    10.0.0.1 80
    10.0.0.4-6 81
    10.0.0.254-10.0.0.255 82
    10.0.2.8/30 83
    fwmark 9
  }
  ${server('group G', 'protocol TCP\nlvs_sched wrr\npersistence_timeout 60\nreal_server 192.0.2.10 8080 {\nweight 3\n}\nreal_server 192.0.2.11 {\n}')}`,
  'a group of IPv6': `virtual_server_group G {
    2001:db8::100-103 80
    2001:db8::2f0-2001:db8::301 81
    2001:db8::400/126 82
  }
  ${server('group G', 'protocol TCP\nlvs_method DR', 'real_server 2001:db8::10 80 {\n}')}`,
  'a group of both families': `virtual_server_group G {
    10.0.0.1 80
    2001:db8::80 80
    fwmark 1 inet
    fwmark 2 inet6
  }
  ${server('group G', 'protocol TCP\nlvs_method TUN\nreal_server 192.0.2.10 80 {\n}\nreal_server 2001:db8::10 80 {\n}')}`,
  timeouts: `global_defs {\nlvs_timeouts tcp 1000 udp 77\n}\n${server('10.0.0.1 80', '')}`,
  'definitions and repetitions': `
    $RS= \\
    real_server 192.0.2.\${N} 80 { \\
      weight \${N} \\
    }
    @nobody virtual_server 10.9.9.9 80 {
    @nobody }
    $VS= \\
    virtual_server 10.0.\${NET}.1 \${P} { \\
      lvs_sched \${W} \\
      real_server 192.0.2.10 80 { \\
      } \\
    }
    ~SEQ(P, 1, 3) ~LST({NET, W}, {1, rr}, {2, wrr}) $VS
    virtual_server 10.0.5.1 80 {
      @^nobody lvs_sched rr   # for everybody else
      protocol TCP ! a remark
      $N=20
      $RS
      $N=21
      $RS
    }`,
}
