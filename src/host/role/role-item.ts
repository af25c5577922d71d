import type { RoleHost } from '../facts/host-access.ts'
import type { ResourceHandler } from '../resource/resource-handler.ts'

/** The status of one requirement of a role. */
export interface RoleItemStatus {
  /** The resource: `sysctl net.ipv4.conf.all.arp_ignore`, `address 192.0.2.1/32 on lo`. */
  readonly name: string
  /** The state that the role requires, in text. */
  readonly expected: string
  /** The current state, in text. `none` if the resource does not exist. */
  readonly actual: string
  /** Whether the current state meets the requirement, or the role works without it. */
  readonly ok: boolean
}

/** The status of a role on a host. Plain data. */
export interface RoleStatus {
  /** True if every item is ok. */
  readonly ok: boolean
  /** All requirements of the role, in the order in which `up()` meets them. */
  readonly items: readonly RoleItemStatus[]
}

/** The result of inspecting an item. */
export interface Observation {
  readonly actual: string
  readonly ok: boolean
  /** The current value of the resource. Null for an item that changes nothing. */
  readonly value: unknown
}

/** One requirement of a role. */
export interface RoleItem {
  readonly name: string
  readonly expected: string
  /** The owners of the change, which is undone when its last owner gives it up. */
  readonly owners: readonly string[]
  inspect(host: RoleHost): Promise<Observation>
  /**
   * Whether the role works only if the requirement is met; `status()` reports it as met otherwise. Absent: always. `up()` meets
   * every requirement, as a precaution for later changes of the host.
   */
  isNeeded?(host: RoleHost): Promise<boolean>
  /** The change to make if the requirement is not met. Absent if the role only reports it. */
  readonly change?: { readonly handler: ResourceHandler; readonly subject: string; readonly value: unknown }
}

/** Options of {@link ensure}. */
interface EnsureOptions {
  readonly handler: ResourceHandler
  readonly subject: string
  /** The value to apply if the current value is not accepted. */
  readonly value: unknown
  readonly owners: readonly string[]
  /** Whether a current value meets the requirement. Default: whether it equals `value`. */
  readonly accepts?: (current: unknown) => boolean
  /** The requirement in text. Default: `value`. */
  readonly expected?: string
  readonly isNeeded?: RoleItem['isNeeded']
}

/** An item that the role changes if the requirement is not met. */
export function ensure(options: EnsureOptions): RoleItem {
  const { handler, subject, value, owners, accepts, expected, isNeeded } = options
  const isAccepted = accepts ?? ((current) => handler.equals(current, value))
  return {
    name: itemName(handler, subject),
    expected: expected ?? handler.format(value),
    owners,
    ...(isNeeded === undefined ? {} : { isNeeded }),
    change: { handler, subject, value },
    async inspect(host) {
      const current = await handler.find(host, subject)
      return { actual: handler.format(current), ok: isAccepted(current), value: current }
    },
  }
}

/** An item that the role only reports. */
export function observe(
  name: string,
  expected: string,
  owners: readonly string[],
  inspect: (host: RoleHost) => Promise<{ readonly actual: string; readonly ok: boolean }>,
): RoleItem {
  return { name, expected, owners, inspect: async (host) => ({ ...(await inspect(host)), value: null }) }
}

/** For a requirement that the role works without: a precaution, or a custom. */
export async function notNeeded(): Promise<boolean> {
  return false
}

/** The name of the item for a resource. */
export function itemName({ kind }: ResourceHandler, subject: string): string {
  return `${kind} ${subject}`
}

/** Inspects items and changes nothing. */
export async function inspectItems(host: RoleHost, items: readonly RoleItem[]): Promise<RoleStatus> {
  const statuses = items.map(async (item): Promise<RoleItemStatus> => {
    const { actual, ok } = await item.inspect(host)
    const isMet = ok || (await item.isNeeded?.(host)) === false
    return { name: item.name, expected: item.expected, actual, ok: isMet }
  })
  return statusOf(await Promise.all(statuses))
}

/** The status of a role with these items. */
export function statusOf(items: readonly RoleItemStatus[]): RoleStatus {
  return { ok: items.every(({ ok }) => ok), items }
}
