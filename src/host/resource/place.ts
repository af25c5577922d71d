/** Something on an interface, such as an address with its prefix length. */
export interface PrefixOnInterface {
  /** What. */
  readonly prefix: string
  /** Name of the network interface. */
  readonly interface: string
}

const SEPARATOR = ' on '

/** The text of a place: `192.0.2.1/32 on lo`. No address and no name of an interface holds a space. */
export function formatPrefixOnInterface({ prefix: what, interface: name }: PrefixOnInterface): string {
  return `${what}${SEPARATOR}${name}`
}

/** The inverse of {@link formatPrefixOnInterface}. */
export function parsePrefixOnInterface(text: string): PrefixOnInterface {
  const at = text.indexOf(SEPARATOR)
  return { prefix: text.slice(0, at), interface: text.slice(at + SEPARATOR.length) }
}
