import { type Link, resolvesAddresses } from '../../route/model/link.ts'

/** The interfaces on which other hosts resolve addresses of this host at present, by ARP or neighbour discovery. */
export function findArpInterfaces(links: readonly Link[]): Link[] {
  const kinds = new Map(links.map(({ name, kind }) => [name, kind]))
  return links.filter((link) => {
    // A port of a bridge or bond does not receive packets itself. An interface of a VRF does.
    const isPort = link.master !== undefined && kinds.get(link.master) !== 'vrf'
    return link.up && resolvesAddresses(link) && !isPort
  })
}
