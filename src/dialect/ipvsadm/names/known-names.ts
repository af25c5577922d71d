/** The names of hosts and ports that a parser can use. */
export interface KnownNames {
  /** The IPv4 address of a host; `null` if it has none; undefined if it has not been looked up yet. */
  addressOf(host: string): string | null | undefined
  /** The port with this name under a protocol; undefined if there is none. */
  portOf(name: string, protocol: string): number | undefined
}

/** The address of a host has to be looked up before its line can be parsed. */
export class UnknownHost extends Error {
  /** The class, for messages. */
  override readonly name = 'UnknownHost'
  readonly host: string

  constructor(host: string) {
    super(`the address of ${host} has not been looked up`)
    this.host = host
  }
}
