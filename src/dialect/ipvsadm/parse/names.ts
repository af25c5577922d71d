import { readFileSync } from 'node:fs'
import { ServiceNames } from '../print/service-names.ts'

/** What a parser asks about names. */
export interface KnownNames {
  /** The IPv4 address of a host; `null` when it has none; undefined while that is not known. */
  addressOf(host: string): string | null | undefined
  /** The port of a name. */
  portOf(name: string, protocol: string): number | undefined
}

/** A host that has to be looked up before the line that names it can be read. */
export class UnknownHost extends Error {
  /** The class, for messages. */
  override readonly name = 'UnknownHost'
  readonly host: string

  constructor(host: string) {
    super(`${host} has to be looked up`)
    this.host = host
  }
}

/** Names of hosts and ports as this machine knows them. What is looked up once is kept. */
export class SystemNames implements KnownNames {
  readonly #addresses = new Map<string, string | null>()
  readonly #hosts = new Map<string, Promise<string | undefined>>()
  #ports: ServiceNames | undefined

  addressOf(host: string): string | null | undefined {
    return this.#addresses.get(host)
  }

  /** Looks up the address of a host. */
  async lookUpAddress(host: string): Promise<void> {
    const { lookup } = await import('node:dns/promises')
    // IPv6 addresses have to be written out, as in ipvsadm.
    const found = await lookup(host, { family: 4 }).catch(() => null)
    this.#addresses.set(host, found === null ? null : found.address)
  }

  portOf(name: string, protocol: string): number | undefined {
    return this.#services().portOf(name, protocol)
  }

  /** The name of a port. */
  nameOfPort(port: number, protocol: string): string | undefined {
    return this.#services().nameOf(port, protocol)
  }

  /** The name of the host that has an address. */
  hostOf(address: string): Promise<string | undefined> {
    let host = this.#hosts.get(address)
    if (host === undefined) {
      host = findHost(address)
      this.#hosts.set(address, host)
    }
    return host
  }

  #services(): ServiceNames {
    this.#ports ??= new ServiceNames(readServices())
    return this.#ports
  }
}

async function findHost(address: string): Promise<string | undefined> {
  const { lookupService } = await import('node:dns/promises')
  const found = await lookupService(address, 0).catch(() => undefined)
  return found?.hostname
}

/** A machine without the file knows no names. */
function readServices(): string {
  try {
    return readFileSync('/etc/services', 'utf8')
  } catch {
    return ''
  }
}
