/** The names of hosts and ports that a parser can use. */
export interface KnownNames {
  /** The IPv4 address of a host; `null` if it has none; undefined if it has not been looked up yet. */
  addressOf(host: string): string | null | undefined
  /** The port with this name under a protocol; undefined if the name is unknown. */
  portOf(name: string, protocol: string): number | undefined
}

/** The address of a host must be looked up before its line can be parsed. */
export class UnknownHost extends Error {
  /** The class, for messages. */
  override readonly name = 'UnknownHost'
  readonly host: string

  constructor(host: string) {
    super(`the address of ${host} has not been looked up`)
    this.host = host
  }
}

/** The names of ports in a file of the format services(5). */
export class ServiceNames {
  readonly #numbers = new Map<string, number>()
  readonly #names = new Map<string, string>()

  /** @param text The content of the file. */
  constructor(text: string) {
    for (const line of text.split('\n')) {
      const [name, entry = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/)
      const [, port, protocol] = /^(\d+)\/(\S+)$/.exec(entry) ?? []
      if (name === undefined || port === undefined) continue
      for (const each of [name, ...aliases]) setFirst(this.#numbers, `${each}/${protocol}`, Number(port))
      setFirst(this.#names, `${Number(port)}/${protocol}`, name)
    }
  }

  /** The port with this name or alias. */
  portOf(name: string, protocol: string): number | undefined {
    return this.#numbers.get(`${name}/${protocol}`)
  }

  /** The name of a port. */
  nameOf(port: number, protocol: string): string | undefined {
    return this.#names.get(`${port}/${protocol}`)
  }
}

/** The first of several entries wins, as in getservbyname(3). */
function setFirst<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (!map.has(key)) map.set(key, value)
}
