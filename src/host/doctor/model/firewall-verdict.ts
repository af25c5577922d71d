import { familyOf } from '../../../netlink/wire/address.ts'
import { ADDRESS_BITS, containsAddress, parsePrefix } from '../../../netlink/wire/ip-prefix.ts'
import type {
  FirewallChain,
  FirewallFacts,
  FirewallHook,
  FirewallMatch,
  FirewallRule,
} from '../../facts/firewall.ts'

/** The packets that are judged: new connections from any client. Omitted properties are not known. */
export interface JudgedPacket {
  readonly family: 'ipv4' | 'ipv6'
  readonly protocol?: string
  readonly source?: string
  readonly destination?: string
  readonly destinationPort?: number
  readonly state?: 'new'
}

type Verdict = 'accept' | 'drop' | 'continue'

/** More calls of chains than this are not followed. The kernel refuses loops. */
const MAX_DEPTH = 16

/** A chain that drops every one of these packets, whatever their other properties. Undefined if there is none. */
export function findDroppingChain(
  { chains }: FirewallFacts,
  hook: FirewallHook,
  packet: JudgedPacket,
  beforePriority = Number.POSITIVE_INFINITY,
): FirewallChain | undefined {
  const families = packet.family === 'ipv4' ? ['ip', 'inet'] : ['ip6', 'inet']
  return chains.find((chain) => {
    if (chain.hook !== hook || !families.includes(chain.family)) return false
    if ((chain.priority ?? 0) >= beforePriority) return false
    const verdicts = verdictsOf(chain, chains, packet, 0)
    if (verdicts.delete('continue')) verdicts.add(chain.policy ?? 'accept')
    return verdicts.has('drop') && verdicts.size === 1
  })
}

/** Every verdict that a chain can have for the packets. */
function verdictsOf(
  chain: FirewallChain,
  chains: readonly FirewallChain[],
  packet: JudgedPacket,
  depth: number,
): Set<Verdict> {
  const possible = new Set<Verdict>()
  for (const rule of chain.rules) {
    const matches = rule.matches.map((match) => isMatch(match, packet))
    if (matches.includes(false)) continue
    const outcomes = outcomesOf(rule, chain, chains, packet, depth)
    const goesOn = outcomes.delete('next') || matches.includes(undefined)
    for (const outcome of outcomes) possible.add(outcome as Verdict)
    if (!goesOn) return possible
  }
  return possible.add('continue')
}

/** The possible outcomes of a rule that matches. `next`: the next rule decides. */
function outcomesOf(
  { verdict, target }: FirewallRule,
  chain: FirewallChain,
  chains: readonly FirewallChain[],
  packet: JudgedPacket,
  depth: number,
): Set<Verdict | 'next'> {
  switch (verdict) {
    case 'accept':
    case 'drop':
      return new Set([verdict])
    case 'masquerade':
      return new Set(['accept'])
    case 'return':
      return new Set(['continue'])
    case 'continue':
      return new Set(['next'])
    case 'unknown':
      return new Set(['accept', 'drop', 'next'])
    case 'jump':
    case 'goto': {
      const called = chains.find(
        ({ name, table, family, program }) =>
          name === target && table === chain.table && family === chain.family && program === chain.program,
      )
      if (called === undefined || depth === MAX_DEPTH) return new Set(['accept', 'drop', 'next'])
      const outcomes: Set<Verdict | 'next'> = verdictsOf(called, chains, packet, depth + 1)
      // The end of a called chain goes on behind the call, that of `goto` behind the call of this chain.
      if (verdict === 'jump' && outcomes.delete('continue')) outcomes.add('next')
      return outcomes
    }
  }
}

/** Whether the packets match: all, none, or undefined if it depends on what is not known of them. */
function isMatch({ field, negated, values }: FirewallMatch, packet: JudgedPacket): boolean | undefined {
  const results = values.map((value) => isValue(field, value, packet))
  const result = results.includes(true)
    ? true
    : results.includes(undefined) || results.length === 0
      ? undefined
      : false
  return result === undefined ? undefined : result !== negated
}

function isValue(field: FirewallMatch['field'], value: string, packet: JudgedPacket): boolean | undefined {
  switch (field) {
    case 'protocol':
      if (value === 'all') return true
      return packet.protocol === undefined || /^\d+$/.test(value) ? undefined : value === packet.protocol
    case 'source':
      return isIn(value, packet.source)
    case 'destination':
      return isIn(value, packet.destination)
    case 'destinationPort':
      return isPort(value, packet.destinationPort)
    case 'inputInterface':
    case 'outputInterface':
      // Packets of other hosts do not arrive on lo, and are not sent there.
      return value === 'lo' ? false : undefined
    case 'state':
      return packet.state === undefined ? undefined : value === packet.state
    default:
      return undefined
  }
}

function isIn(prefix: string, address: string | undefined): boolean | undefined {
  const parsed = parsePrefix(prefix)
  if (parsed === undefined) return undefined
  const { family, prefixLength = ADDRESS_BITS[family] } = parsed
  if (prefixLength === 0) return true
  if (address === undefined || familyOf(address) !== family) return address === undefined ? undefined : false
  return containsAddress({ address: parsed.address, prefixLength }, address)
}

function isPort(range: string, port: number | undefined): boolean | undefined {
  const [first, last = first] = range.split('-').map(Number)
  if (port === undefined || Number.isNaN(first) || Number.isNaN(last)) return undefined
  return port >= first! && port <= last!
}
