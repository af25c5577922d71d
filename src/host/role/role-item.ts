import type { Register, RoleHost } from '../resource/resource-handler.ts'

/** One thing that a role wants of its host, and how it is. */
export interface RoleItem {
  /** What it is about: `sysctl net.ipv4.conf.all.arp_ignore`, `address 192.0.2.1/32 on lo`. */
  readonly name: string
  /** What it should be, in words. */
  readonly wanted: string
  /** What it is, in words; `none` where there is nothing. */
  readonly found: string
  /** Whether that will do. */
  readonly ok: boolean
}

/** How a host is, seen from a role. Plain data. */
export interface RoleStatus {
  /** Whether every item is. */
  readonly ok: boolean
  /** Everything the role looks after, in the order in which it is brought about. */
  readonly items: readonly RoleItem[]
}

/** What an item saw. */
export interface Sight {
  readonly found: string
  readonly ok: boolean
  /** What the register holds, where the item has one. */
  readonly value: unknown
}

/** One thing that a role wants of its host. */
export interface Item {
  readonly name: string
  readonly wanted: string
  /** On whose behalf; what was changed for it is put back when the last of them is gone. */
  readonly claims: readonly string[]
  look(host: RoleHost): Promise<Sight>
  /** What to do where it is not as it should be; without it there is nothing that the role may do. */
  readonly change?: { readonly register: Register; readonly subject: string; readonly value: unknown }
}

/** What an item that changes something is made of. */
interface Settlement {
  readonly register: Register
  readonly subject: string
  /** What is put there where it is not right. */
  readonly value: unknown
  readonly claims: readonly string[]
  /** What else will do. Default: only the value. */
  readonly accepts?: (found: unknown) => boolean
  /** What is wanted, in words. Default: the value. */
  readonly wanted?: string
}

/** An item that is brought about where it is not so. */
export function settle({ register, subject, value, claims, accepts, wanted }: Settlement): Item {
  const isRight = accepts ?? ((found) => register.same(found, value))
  return {
    name: nameOf(register, subject),
    wanted: wanted ?? register.show(value),
    claims,
    change: { register, subject, value },
    async look(host) {
      const found = await register.find(host, subject)
      return { found: register.show(found), ok: isRight(found), value: found }
    },
  }
}

/** An item that is only looked at: what to do about it is for others to decide. */
export function expect(
  name: string,
  wanted: string,
  claims: readonly string[],
  look: (host: RoleHost) => Promise<{ readonly found: string; readonly ok: boolean }>,
): Item {
  return { name, wanted, claims, look: async (host) => ({ ...(await look(host)), value: null }) }
}

/** The name of what a register has under a subject. */
export function nameOf({ kind }: Register, subject: string): string {
  return `${kind} ${subject}`
}

/** Looks at items. */
export async function lookAt(host: RoleHost, items: readonly Item[]): Promise<RoleStatus> {
  const seen = items.map(async (item): Promise<RoleItem> => {
    const { found, ok } = await item.look(host)
    return { name: item.name, wanted: item.wanted, found, ok }
  })
  return statusOf(await Promise.all(seen))
}

/** The status that items make together. */
export function statusOf(items: readonly RoleItem[]): RoleStatus {
  return { ok: items.every(({ ok }) => ok), items }
}
