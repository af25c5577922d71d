import type { RoleHost } from '../facts/host-access.ts'

/**
 * Reads, applies and restores one kind of resource of a host: a sysctl, an address, a route. A subject identifies the resource;
 * its value is plain data that can be written to a file. Applying the current value does nothing, so a step can be repeated.
 */
export interface ResourceHandler {
  /** Kind of resource, as messages call it. */
  readonly kind: string
  /** Reads the current value. */
  find(host: RoleHost, subject: string): Promise<unknown>
  /** Applies a value. `current` is the value that was read before. */
  apply(host: RoleHost, subject: string, value: unknown, current: unknown): Promise<void>
  /** Whether two values are equal in everything that this library sets. */
  equals(a: unknown, b: unknown): boolean
  /** Formats a value for messages. */
  format(value: unknown): string
  /**
   * Whether the value is restored even if it is neither the value before nor an applied one. Values that consist of several
   * parts need it: some parts may have been restored before a crash, or changed independently.
   */
  readonly alwaysRestored?: boolean
}

/** The same with the type of its values. */
interface HandlerDefinition<V> {
  readonly kind: string
  readonly alwaysRestored?: boolean
  find(host: RoleHost, subject: string): Promise<V>
  apply(host: RoleHost, subject: string, value: V, current: V): Promise<void>
  equals(a: V, b: V): boolean
  format(value: V): string
}

/**
 * Creates a handler. All values that it receives have its type: they come from its own `find`, from an item of its kind, or
 * from records of its kind in the state file.
 */
export function defineHandler<V>(definition: HandlerDefinition<V>): ResourceHandler {
  const { kind, alwaysRestored = false } = definition
  return {
    kind,
    alwaysRestored,
    find: (host, subject) => definition.find(host, subject),
    apply: (host, subject, value, current) => definition.apply(host, subject, value as V, current as V),
    equals: (a, b) => definition.equals(a as V, b as V),
    format: (value) => definition.format(value as V),
  }
}
