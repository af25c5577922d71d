import type { SystemNames } from '../parse/names.ts'

/** How an address with its port is shown. What is under a firewall mark has no protocol. */
export type EndpointFormatter = (address: string, port: number, protocol: string | undefined) => string

/** In numbers. */
export const formatNumeric: EndpointFormatter = (address, port) => show(address, address, port)

/** By the names of ports and of these hosts, as far as they have any. */
export async function createNameFormatter(
  addresses: Iterable<string>,
  names: SystemNames,
): Promise<EndpointFormatter> {
  const hosts = new Map<string, string | undefined>()
  const look = async (address: string) => {
    hosts.set(address, await names.hostOf(address))
  }
  await Promise.all([...new Set(addresses)].map(look))
  return (address, port, protocol) => {
    const name = protocol === undefined ? undefined : names.nameOfPort(port, protocol)
    return show(address, hosts.get(address) ?? address, name ?? port)
  }
}

function show(address: string, host: string, port: string | number): string {
  return address.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
