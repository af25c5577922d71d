import { describe, expect, it } from 'vitest'
import { findDroppingChain } from '../../../../src/host/doctor/model/firewall-verdict.ts'
import { parseIptablesRules } from '../../../../src/host/facts/iptables-rules.ts'
import { parseNftRules } from '../../../../src/host/facts/nft-rules.ts'

const WEB = {
  family: 'ipv4',
  protocol: 'tcp',
  destination: '192.168.79.110',
  destinationPort: 80,
  state: 'new',
} as const

function filter(policy: string, ...rules: readonly string[]): string {
  return ['*filter', `:INPUT ${policy} [0:0]`, ':web - [0:0]', ...rules, 'COMMIT', ''].join('\n')
}

function dropsIptables(text: string): boolean {
  return findDroppingChain({ chains: parseIptablesRules(text, 'iptables-nft') }, 'input', WEB) !== undefined
}

describe('rules of iptables drop a new connection', () => {
  it.each([
    ['by the policy', 'DROP', []],
    ['by a rule', 'ACCEPT', ['-A INPUT -d 192.168.79.0/24 -p tcp -m tcp --dport 80 -j DROP']],
    ['by a rule that rejects', 'ACCEPT', ['-A INPUT -p tcp -j REJECT --reject-with icmp-port-unreachable']],
    [
      'with other ports accepted',
      'DROP',
      ['-A INPUT -p tcp -m multiport --dports 22,443,8000:9000 -j ACCEPT'],
    ],
    ['with another protocol accepted', 'DROP', ['-A INPUT -p udp -j ACCEPT']],
    [
      'with established ones accepted',
      'DROP',
      ['-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'],
    ],
    ['with lo accepted', 'DROP', ['-A INPUT -i lo -m comment --comment "on this host" -j ACCEPT']],
    ['behind a chain that decides nothing', 'DROP', ['-A INPUT -j web', '-A web -p udp -j ACCEPT']],
    ['in a chain', 'ACCEPT', ['-A INPUT -p tcp -j web', '-A web ! -d 10.0.0.0/8 -j DROP']],
  ])('%s', (_, policy, rules) => {
    expect(dropsIptables(filter(policy, ...rules))).toBe(true)
  })

  it.each([
    ['the policy accepts', 'ACCEPT', []],
    ['a rule accepts the port', 'DROP', ['-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT']],
    ['a rule accepts some clients', 'DROP', ['-A INPUT -s 10.0.0.0/8 -j ACCEPT']],
    ['a rule accepts one interface', 'DROP', ['-A INPUT -i eth0 -j ACCEPT']],
    ['a rule is not known', 'DROP', ['-A INPUT -m set --match-set vips dst -j ACCEPT']],
    ['a target is not known', 'DROP', ['-A INPUT -j NFQUEUE --queue-num 1']],
    ['a chain accepts', 'DROP', ['-A INPUT -j web', '-A web -m conntrack --ctstate NEW -j ACCEPT']],
    ['only some are dropped', 'ACCEPT', ['-A INPUT -s 10.0.0.0/8 -j DROP', '-A INPUT -i eth1 -j DROP']],
    ['a log comes first', 'DROP', ['-A INPUT -j LOG --log-prefix "in: "', '-A INPUT -p tcp -j ACCEPT']],
  ])('unless %s', (_, policy, rules) => {
    expect(dropsIptables(filter(policy, ...rules))).toBe(false)
  })
})

const chain = (policy: string) => ({
  chain: { family: 'inet', table: 'f', name: 'in', type: 'filter', hook: 'input', prio: 0, policy },
})
const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } })
const port = { payload: { protocol: 'tcp', field: 'dport' } }
const daddr = { payload: { protocol: 'ip', field: 'daddr' } }

function dropsNft(policy: string, ...rules: readonly object[][]): boolean {
  const nftables = [
    { metainfo: { json_schema_version: 1 } },
    {
      set: {
        family: 'inet',
        table: 'f',
        name: 'vips',
        elem: ['192.168.79.110', { prefix: { addr: '10.0.0.0', len: 8 } }],
      },
    },
    chain(policy),
    ...rules.map((expr) => ({ rule: { family: 'inet', table: 'f', chain: 'in', expr } })),
  ]
  return (
    findDroppingChain({ chains: parseNftRules(JSON.stringify({ nftables })) }, 'input', WEB) !== undefined
  )
}

describe('rules of nftables drop a new connection', () => {
  it.each([
    ['by the policy', true, 'drop', []],
    [
      'by a rule',
      true,
      'accept',
      [[match(port, { set: [22, { range: [80, 90] }] }), { counter: {} }, { drop: null }]],
    ],
    ['by a rule for a named set', true, 'accept', [[match(daddr, '@vips'), { drop: null }]]],
    [
      'with established ones accepted',
      true,
      'drop',
      [[match({ ct: { key: 'state' } }, ['established', 'related'], 'in'), { accept: null }]],
    ],
    ['unless a rule accepts the port', false, 'drop', [[match(port, 80), { accept: null }]]],
    [
      'unless a map decides',
      false,
      'drop',
      [[{ vmap: { key: port, data: { set: [[80, { accept: null }]] } } }]],
    ],
    [
      'unless only some are dropped',
      false,
      'accept',
      [[match({ payload: { protocol: 'ip', field: 'saddr' } }, '10.0.0.1'), { drop: null }]],
    ],
    [
      'unless another address is meant',
      false,
      'accept',
      [[match(daddr, '192.168.79.110', '!='), { drop: null }]],
    ],
  ])('%s', (_, expected, policy, rules) => {
    expect(dropsNft(policy, ...rules)).toBe(expected)
  })
})
