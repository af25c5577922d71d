/** Something on an interface, such as an address with its prefix length. */
export interface Place {
  /** What. */
  readonly what: string
  /** Name of the network interface. */
  readonly interface: string
}

const SEPARATOR = ' on '

/** The text of a place: `192.0.2.1/32 on lo`. No address and no name of an interface holds a space. */
export function formatPlace({ what, interface: name }: Place): string {
  return `${what}${SEPARATOR}${name}`
}

/** The inverse of {@link formatPlace}. */
export function splitPlace(text: string): Place {
  const at = text.indexOf(SEPARATOR)
  return { what: text.slice(0, at), interface: text.slice(at + SEPARATOR.length) }
}
