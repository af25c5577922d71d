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
