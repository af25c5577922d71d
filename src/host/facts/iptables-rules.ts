import type { FirewallChain, FirewallField, FirewallHook, FirewallMatch, FirewallRule } from './firewall.ts'

const HOOKS: Readonly<Record<string, FirewallHook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
}
/** The place of a table in each hook (NF_IP_PRI_* of <linux/netfilter_ipv4.h>); that of nat is the one of `input`. */
const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  filter: 0,
  security: 50,
  nat: 100,
}

const OPTIONS: Readonly<Record<string, FirewallField>> = {
  '-p': 'protocol',
  '-s': 'source',
  '-d': 'destination',
  '-i': 'inputInterface',
  '-o': 'outputInterface',
  '--sport': 'sourcePort',
  '--sports': 'sourcePort',
  '--dport': 'destinationPort',
  '--dports': 'destinationPort',
  '--ctstate': 'state',
  '--state': 'state',
}

const VERDICTS: Readonly<Record<string, FirewallRule['verdict']>> = {
  ACCEPT: 'accept',
  DROP: 'drop',
  REJECT: 'drop',
  RETURN: 'return',
  MASQUERADE: 'masquerade',
  SNAT: 'masquerade',
}
/** Targets after which the packet goes on to the next rule. */
const PASSING = new Set([
  'LOG',
  'NFLOG',
  'MARK',
  'CONNMARK',
  'CT',
  'TCPMSS',
  'DSCP',
  'TOS',
  'CLASSIFY',
  'TRACE',
  'AUDIT',
])

/** Reads the output of iptables-save(8). Rules in a form that is not known keep a condition or verdict `unknown`. */
export function parseIptablesRules(text: string, program: string): FirewallChain[] {
  const family = program.startsWith('ip6') ? 'ip6' : 'ip'
  const chains: (FirewallChain & { rules: FirewallRule[] })[] = []
  let table = ''
  const find = (name: string) => chains.find((chain) => chain.table === table && chain.name === name)
  for (const line of text.split('\n')) {
    const [first = '', second = ''] = line.split(' ')
    if (first.startsWith('*')) table = first.slice(1)
    else if (first.startsWith(':')) {
      const name = first.slice(1)
      const hook = second === '-' ? undefined : HOOKS[name]
      const policy = second === 'DROP' ? 'drop' : 'accept'
      const priority = PRIORITIES[table] ?? 0
      chains.push({
        program,
        family,
        table,
        name,
        rules: [],
        ...(hook === undefined ? {} : { hook, policy, priority }),
      })
    } else if (first === '-A') {
      const isChain = (name: string) => find(name) !== undefined
      find(second)?.rules.push(parseRule(splitWords(line).slice(2), isChain))
    }
  }
  return chains
}

function parseRule(words: readonly string[], isChain: (name: string) => boolean): FirewallRule {
  const matches: FirewallMatch[] = []
  let negated = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (word === '!') {
      negated = true
      continue
    }
    if (word === '-j' || word === '-g') return { matches, ...toVerdict(word, words[at + 1] ?? '', isChain) }
    const field = OPTIONS[word]
    if (field !== undefined) matches.push({ field, negated, values: toValues(field, words[++at] ?? '') })
    // The module only makes its options available. A comment matches everything.
    else if (word === '-m' || word === '--comment') at++
    else {
      matches.push({ field: 'unknown', negated, values: [] })
      while (at + 1 < words.length && !/^(-|!$)/.test(words[at + 1]!)) at++
    }
    negated = false
  }
  return { matches, verdict: 'continue' }
}

function toVerdict(
  option: string,
  target: string,
  isChain: (name: string) => boolean,
): Pick<FirewallRule, 'verdict' | 'target'> {
  if (isChain(target)) return { verdict: option === '-g' ? 'goto' : 'jump', target }
  return { verdict: PASSING.has(target) ? 'continue' : (VERDICTS[target] ?? 'unknown') }
}

function toValues(field: FirewallField, text: string): string[] {
  const values = text.split(',')
  if (field === 'state') return values.map((value) => value.toLowerCase())
  return field === 'sourcePort' || field === 'destinationPort'
    ? values.map((value) => value.replace(':', '-'))
    : values
}

/** Splits a line as iptables-save(8) quotes it: a word with spaces is in double quotes. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '',
  )
}
