import type { ResourceHandler, RoleHost } from '../resource/resource-handler.ts'

/** One thing that a role wants of its host, and how it is. */
export interface RoleItemStatus {
  /** What it is about: `sysctl net.ipv4.conf.all.arp_ignore`, `address 192.0.2.1/32 on lo`. */
  readonly name: string
  /** What it should be, in words. */
  readonly expected: string
  /** What it is, in words; `none` where there is nothing. */
  readonly actual: string
  /** Whether that will do. */
  readonly ok: boolean
}

/** How a host is, seen from a role. Plain data. */
export interface RoleStatus {
  /** Whether every item is. */
  readonly ok: boolean
  /** Everything the role looks after, in the order in which it is brought about. */
  readonly items: readonly RoleItemStatus[]
}

/** What an item saw. */
export interface Observation {
  readonly actual: string
  readonly ok: boolean
  /** What the register holds, where the item has one. */
  readonly value: unknown
}

/** One thing that a role wants of its host. */
export interface RoleItem {
  readonly name: string
  readonly expected: string
  /** On whose behalf; what was changed for it is put back when the last of them is gone. */
  readonly owners: readonly string[]
  inspect(host: RoleHost): Promise<Observation>
  /** What to do where it is not as it should be; without it there is nothing that the role may do. */
  readonly change?: { readonly register: ResourceHandler; readonly subject: string; readonly value: unknown }
}

/** What an item that changes something is made of. */
interface EnsureOptions {
  readonly handler: ResourceHandler
  readonly subject: string
  /** What is put there where it is not right. */
  readonly value: unknown
  readonly owners: readonly string[]
  /** What else will do. Default: only the value. */
  readonly accepts?: (found: unknown) => boolean
  /** What is wanted, in words. Default: the value. */
  readonly expected?: string
}

/** An item that is brought about where it is not so. */
export function ensure({
  handler: register,
  subject,
  value,
  owners: claims,
  accepts,
  expected: wanted,
}: EnsureOptions): RoleItem {
  const isRight = accepts ?? ((found) => register.equals(found, value))
  return {
    name: itemName(register, subject),
    expected: wanted ?? register.format(value),
    owners: claims,
    change: { register, subject, value },
    async inspect(host) {
      const found = await register.find(host, subject)
      return { actual: register.format(found), ok: isRight(found), value: found }
    },
  }
}

/** An item that is only looked at: what to do about it is for others to decide. */
export function observe(
  name: string,
  wanted: string,
  claims: readonly string[],
  look: (host: RoleHost) => Promise<{ readonly actual: string; readonly ok: boolean }>,
): RoleItem {
  return {
    name,
    expected: wanted,
    owners: claims,
    inspect: async (host) => ({ ...(await look(host)), value: null }),
  }
}

/** The name of what a register has under a subject. */
export function itemName({ kind }: ResourceHandler, subject: string): string {
  return `${kind} ${subject}`
}

/** Looks at items. */
export async function inspectItems(host: RoleHost, items: readonly RoleItem[]): Promise<RoleStatus> {
  const seen = items.map(async (item): Promise<RoleItemStatus> => {
    const { actual: found, ok } = await item.inspect(host)
    return { name: item.name, expected: item.expected, actual: found, ok }
  })
  return statusOf(await Promise.all(seen))
}

/** The status that items make together. */
export function statusOf(items: readonly RoleItemStatus[]): RoleStatus {
  return { ok: items.every(({ ok }) => ok), items }
}
