import type { SystemNames } from '../names/system-names.ts'

/** Formats an address with its port. The protocol is undefined under a firewall mark. */
export type EndpointFormatter = (address: string, port: number, protocol: string | undefined) => string

/** Formats addresses and ports as numbers. */
export const formatNumeric: EndpointFormatter = (address, port) => join(address, address, port)

/** Looks up the names of these addresses. The result formats each address and port that has a name by that name. */
export async function createNameFormatter(
  addresses: Iterable<string>,
  names: SystemNames,
): Promise<EndpointFormatter> {
  const hosts = new Map<string, string | undefined>()
  const lookUp = async (address: string) => {
    hosts.set(address, await names.hostOf(address))
  }
  await Promise.all([...new Set(addresses)].map(lookUp))
  return (address, port, protocol) => {
    const name = protocol === undefined ? undefined : names.nameOfPort(port, protocol)
    return join(address, hosts.get(address) ?? address, name ?? port)
  }
}

function join(address: string, host: string, port: string | number): string {
  return address.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
