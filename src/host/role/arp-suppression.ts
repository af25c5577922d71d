import type { RoleHost } from '../resource/resource-handler.ts'
import { SYSCTL } from '../resource/sysctl.ts'
import { interfaceSysctl } from '../../sysctl/sysctl-name.ts'
import { expect, type Item, settle } from './role-item.ts'

/** A sysctl that keeps a host silent about addresses that are not those of the interface it is asked on. */
interface Silence {
  readonly setting: 'arp_ignore' | 'arp_announce'
  /** What is set where it is too little. */
  readonly value: number
  /** What an outcome has to be. 3 and what has no meaning let a hidden address be answered for (arp_ignore(), net/ipv4/arp.c). */
  readonly silent: readonly number[]
  /** What the other one of `all` and the interface may say beside it: the larger of the two counts. */
  readonly harmless: (other: number) => boolean
  /** The same in words. */
  readonly words: string
}

const SILENCES: readonly Silence[] = [
  {
    setting: 'arp_ignore',
    value: 1,
    silent: [1, 2, 8],
    harmless: (other) => other <= 2 || other === 8,
    words: 'at most 2, or 8',
  },
  {
    setting: 'arp_announce',
    value: 2,
    silent: [2],
    harmless: (other) => other <= 2,
    words: 'at most 2',
  },
]

/**
 * What keeps a host from answering ARP requests for addresses on `lo`, and from naming them in its own: `arp_ignore` 1 and
 * `arp_announce` 2. Set for `all`, and for interfaces whose own value would outdo it; or, where interfaces are named, for
 * those alone.
 */
export async function suppressArp(
  host: RoleHost,
  interfaces: readonly string[] | undefined,
  claims: readonly string[],
): Promise<Item[]> {
  if (interfaces !== undefined) {
    return SILENCES.flatMap((silence) => [
      ...interfaces.map((name) => silent(name, silence, claims)),
      outdone(silence, claims),
    ])
  }
  const links = (await host.network.links()).filter(({ type }) => type !== 'loopback')
  return SILENCES.flatMap((silence) => [
    silent('all', silence, claims),
    ...links.map(({ name }) => harmless(name, silence, claims)),
  ])
}

function silent(owner: string, { setting, value, silent }: Silence, claims: readonly string[]): Item {
  return settle({
    register: SYSCTL,
    subject: interfaceSysctl('ipv4', owner, setting),
    value: String(value),
    wanted: silent.join(' or '),
    accepts: (found) => silent.includes(Number(found)),
    claims,
  })
}

function harmless(
  owner: string,
  { setting, value, harmless, words }: Silence,
  claims: readonly string[],
): Item {
  return settle({
    register: SYSCTL,
    subject: interfaceSysctl('ipv4', owner, setting),
    value: String(value),
    wanted: words,
    accepts: (found) => harmless(Number(found)),
    claims,
  })
}

/** Where `all` is not to be touched, it is only shown. */
function outdone({ setting, harmless, words }: Silence, claims: readonly string[]): Item {
  const all = interfaceSysctl('ipv4', 'all', setting)
  return expect(`${SYSCTL.kind} ${all}`, words, claims, async ({ sysctls }) => {
    const found = (await sysctls.findText(all)) ?? 'none'
    return { found, ok: harmless(Number(found)) }
  })
}
