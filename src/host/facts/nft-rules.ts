import type { FirewallChain, FirewallField, FirewallHook, FirewallMatch, FirewallRule } from './firewall.ts'

/** Parts of the output of `nft -j`: libnftables-json(5). */
type Json = Readonly<Record<string, unknown>>

const FIELDS: Readonly<Record<string, FirewallField>> = {
  'meta l4proto': 'protocol',
  'ip protocol': 'protocol',
  'ip6 nexthdr': 'protocol',
  'ip saddr': 'source',
  'ip6 saddr': 'source',
  'ip daddr': 'destination',
  'ip6 daddr': 'destination',
  'meta iifname': 'inputInterface',
  'meta iif': 'inputInterface',
  'meta oifname': 'outputInterface',
  'meta oif': 'outputInterface',
  'ct state': 'state',
}
const PORTS: Readonly<Record<string, FirewallField>> = { dport: 'destinationPort', sport: 'sourcePort' }
/** Statements that neither match nor end the evaluation. */
const PASSING = new Set(['counter', 'log', 'comment', 'mangle', 'ct helper', 'notrack', 'quota'])

/** Reads the output of `nft -j list ruleset`. Rules in a form that is not known keep a condition or verdict `unknown`. */
export function parseNftRules(text: string): FirewallChain[] {
  const { nftables } = JSON.parse(text) as { nftables: readonly Json[] }
  const sets = new Map<string, unknown>()
  const chains = new Map<string, FirewallChain & { rules: FirewallRule[] }>()
  const keyOf = ({ family, table }: Json, name: unknown) => [family, table, name].join(' ')
  for (const object of nftables) {
    if (isJson(object['set'])) sets.set(keyOf(object['set'], object['set']['name']), object['set']['elem'])
    if (!isJson(object['chain'])) continue
    const { family, table, name, hook, prio, policy } = object['chain']
    chains.set(keyOf(object['chain'], name), {
      program: 'nft',
      ...{ family: String(family), table: String(table), name: String(name), rules: [] },
      ...(hook === undefined
        ? {}
        : {
            hook: hook as FirewallHook,
            priority: Number(prio),
            policy: policy === 'drop' ? 'drop' : 'accept',
          }),
    })
  }
  for (const { rule } of nftables) {
    if (!isJson(rule)) continue
    const setOf = (name: string) => sets.get(keyOf(rule, name))
    chains.get(keyOf(rule, rule['chain']))?.rules.push(parseRule(rule['expr'] as readonly Json[], setOf))
  }
  return [...chains.values()]
}

function parseRule(statements: readonly Json[], setOf: (name: string) => unknown): FirewallRule {
  const matches: FirewallMatch[] = []
  for (const statement of statements) {
    const [name = '', content] = Object.entries(statement)[0] ?? []
    if (name === 'match' && isJson(content)) matches.push(...parseMatch(content, setOf))
    else if (name === 'accept' || name === 'drop' || name === 'return') return { matches, verdict: name }
    else if (name === 'reject') return { matches, verdict: 'drop' }
    else if (name === 'masquerade' || name === 'snat') return { matches, verdict: 'masquerade' }
    else if ((name === 'jump' || name === 'goto') && isJson(content)) {
      return { matches, verdict: name, target: String(content['target']) }
    } else if (name === 'limit') matches.push({ field: 'unknown', negated: false, values: [] })
    else if (!PASSING.has(name)) return { matches, verdict: 'unknown' }
  }
  return { matches, verdict: 'continue' }
}

function parseMatch({ op, left, right }: Json, setOf: (name: string) => unknown): FirewallMatch[] {
  const unknown: FirewallMatch = { field: 'unknown', negated: false, values: [] }
  const key = nameOf(left)
  const port = PORTS[key.split(' ')[1] ?? '']
  const field = FIELDS[key] ?? port
  const values = field === undefined ? undefined : toValues(right, setOf)
  if (field === undefined || values === undefined || !['==', '!=', 'in'].includes(String(op)))
    return [unknown]
  const [protocol = ''] = key.split(' ')
  const isPortOfProtocol = port !== undefined && protocol !== 'th'
  return [
    ...(isPortOfProtocol ? [{ field: 'protocol', negated: false, values: [protocol] } as const] : []),
    { field, negated: op === '!=', values },
  ]
}

/** `ip daddr`, `tcp dport`, `meta iifname`, `ct state`; empty for anything else. */
function nameOf(left: unknown): string {
  if (!isJson(left)) return ''
  const [kind = '', content] = Object.entries(left)[0] ?? []
  if (!isJson(content)) return ''
  return kind === 'payload' ? `${content['protocol']} ${content['field']}` : `${kind} ${content['key']}`
}

/** The values of a condition. Undefined if one of them has a form that is not known. */
function toValues(right: unknown, setOf: (name: string) => unknown): string[] | undefined {
  if (typeof right === 'string' && right.startsWith('@')) return toValues(setOf(right.slice(1)), setOf)
  if (typeof right === 'string' || typeof right === 'number') return [String(right)]
  if (Array.isArray(right)) {
    const lists = right.map((value) => toValues(value, setOf))
    return lists.every((list) => list !== undefined) ? lists.flat() : undefined
  }
  if (!isJson(right)) return undefined
  const { set, range, prefix, elem } = right
  if (set !== undefined) return toValues(set, setOf)
  if (isJson(elem)) return toValues(elem['val'], setOf)
  if (isJson(prefix)) return [`${prefix['addr']}/${prefix['len']}`]
  return Array.isArray(range) && range.every((end) => typeof end === 'number') ? [range.join('-')] : undefined
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
