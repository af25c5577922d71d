import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import type { Network } from '../../route/network.ts'
import type { Sysctls } from '../../sysctl/sysctls.ts'

/** What roles ask of a host; a `Host` has it. */
export interface RoleHost {
  /** Path of the network namespace; undefined for the process's own. */
  readonly netns: string | undefined
  /** Its links, addresses and routes. */
  readonly network: Pick<
    Network,
    | 'links'
    | 'findLink'
    | 'updateLink'
    | 'ensureLink'
    | 'ensureNoLink'
    | 'addresses'
    | 'ensureAddress'
    | 'ensureNoAddress'
    | 'routes'
    | 'ensureRoute'
    | 'ensureNoRoute'
    | 'announce'
  >
  /** Its sysctls. */
  readonly sysctls: Pick<Sysctls, 'findText' | 'setText'>
  /** Its IPVS, which only a cluster node needs. */
  ipvs(): Promise<
    Pick<IpvsClient, 'service' | 'batch' | 'removeService' | 'daemons' | 'startDaemon' | 'stopDaemon'>
  >
}

/**
 * One kind of thing on a host that can be looked at and put back: a sysctl, an address, a route. Each is known by the text
 * of its subject; what is there is plain data that can be written to a file. To put a value that is there already does nothing, so that a step can be taken twice.
 */
export interface ResourceHandler {
  /** What kind of thing, as messages call it. */
  readonly kind: string
  /** What is there now. */
  find(host: RoleHost, subject: string): Promise<unknown>
  /** Makes it so. `found` is what was there a moment ago. */
  apply(host: RoleHost, subject: string, value: unknown, found: unknown): Promise<void>
  /** Whether two values are the same, as far as this library has a say in it. */
  equals(a: unknown, b: unknown): boolean
  /** A value in words. */
  format(value: unknown): string
  /**
   * Whether it is put back even when it is neither as it was nor as it was made: a value of several parts, of which some may
   * have been put back before a crash, or have been changed in passing.
   */
  readonly alwaysRestored?: boolean
}

/** What {@link defineHandler} makes a {@link ResourceHandler} of: the same with the type of its values. */
interface HandlerDefinition<V> {
  readonly kind: string
  readonly alwaysRestored?: boolean
  find(host: RoleHost, subject: string): Promise<V>
  apply(host: RoleHost, subject: string, value: V, found: V): Promise<void>
  equals(a: V, b: V): boolean
  format(value: V): string
}

/**
 * Makes a register. The values it is given are its own: it has found them, or an item of its kind wants them, or they come
 * back from the state file, where they were put under its kind.
 */
export function defineHandler<V>(definition: HandlerDefinition<V>): ResourceHandler {
  const { kind, alwaysRestored: partial = false } = definition
  return {
    kind,
    alwaysRestored: partial,
    find: (host, subject) => definition.find(host, subject),
    apply: (host, subject, value, found) => definition.apply(host, subject, value as V, found as V),
    equals: (a, b) => definition.equals(a as V, b as V),
    format: (value) => definition.format(value as V),
  }
}
