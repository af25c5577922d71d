import { readFileSync } from 'node:fs'
import { type KnownNames, ServiceNames } from './known-names.ts'

/** The names of hosts and ports on this machine, cached after the first lookup. */
export class SystemNames implements KnownNames {
  readonly #addresses = new Map<string, string | null>()
  readonly #hosts = new Map<string, Promise<string | undefined>>()
  #ports: ServiceNames | undefined

  addressOf(host: string): string | null | undefined {
    return this.#addresses.get(host)
  }

  /** Looks up the address of a host, for {@link addressOf}. */
  async lookUpAddress(host: string): Promise<void> {
    const { lookup } = await import('node:dns/promises')
    // As in ipvsadm, names resolve to IPv4 addresses only.
    const found = await lookup(host, { family: 4 }).catch(() => null)
    this.#addresses.set(host, found === null ? null : found.address)
  }

  portOf(name: string, protocol: string): number | undefined {
    return this.#services().portOf(name, protocol)
  }

  /** The name of a port under a protocol. */
  nameOfPort(port: number, protocol: string): string | undefined {
    return this.#services().nameOf(port, protocol)
  }

  /** The name of the host with this address. */
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

/** A machine without this file has no names of ports. */
function readServices(): string {
  try {
    return readFileSync('/etc/services', 'utf8')
  } catch {
    return ''
  }
}
