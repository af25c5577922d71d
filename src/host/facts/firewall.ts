/** The rules of a packet filter as plain data, with only the conditions that the doctor judges. */

/** All chains of the packet filters of a host: nftables, and both kinds of iptables. */
export interface FirewallFacts {
  /** The chains of all programs; empty if no packet filter is loaded. */
  readonly chains: readonly FirewallChain[]
}

/** A point in the path of a packet where a chain is called: NF_INET_* of <linux/netfilter.h>. */
export type FirewallHook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'

/** A chain. A chain without a hook is called by rules of other chains of its table. */
export interface FirewallChain {
  /** The program whose rules these are: `nft`, `iptables-nft`, `iptables-legacy`, and the same for `ip6tables`. */
  readonly program: string
  /** `ip`, `ip6` or `inet`. */
  readonly family: string
  /** Name of its table, such as `filter`. */
  readonly table: string
  /** Name, unique within the table. */
  readonly name: string
  /** Where the kernel calls it; absent for a chain that only rules call. */
  readonly hook?: FirewallHook
  /** Order among the chains of a hook. IPVS takes packets for its services at 98 and 99 of `input`. */
  readonly priority?: number
  /** The verdict at the end of a chain with a hook. */
  readonly policy?: 'accept' | 'drop'
  /** The rules, in the order in which the kernel tests them. */
  readonly rules: readonly FirewallRule[]
}

/** A rule: a verdict for the packets that match all of its conditions. */
export interface FirewallRule {
  /** The conditions; a rule without any applies to every packet. */
  readonly matches: readonly FirewallMatch[]
  /** `unknown`: the effect of the rule is not known to this library, so any verdict is possible. */
  readonly verdict: 'accept' | 'drop' | 'return' | 'continue' | 'jump' | 'goto' | 'masquerade' | 'unknown'
  /** The chain of `jump` and `goto`. */
  readonly target?: string
}

/** The properties of a packet that conditions compare. `unknown`: any other one. */
export type FirewallField =
  | 'protocol'
  | 'source'
  | 'destination'
  | 'sourcePort'
  | 'destinationPort'
  | 'inputInterface'
  | 'outputInterface'
  | 'state'
  | 'unknown'

/** A condition: whether a property of the packet is one of these values. */
export interface FirewallMatch {
  /** The property. */
  readonly field: FirewallField
  /** Whether the property must be none of the values. */
  readonly negated: boolean
  /** Addresses with or without a prefix length, ports and ranges of ports (`80-90`), names of interfaces, states. */
  readonly values: readonly string[]
}
