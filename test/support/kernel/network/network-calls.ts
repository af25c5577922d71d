import type { Network } from '../../../../src/route/network.ts'

const address = { address: '192.0.2.10/32', interface: 'eth0' } as const
const route = { destination: '198.51.100.0/24', interface: 'eth0' } as const
const link = { name: 'dummy9', kind: 'dummy' } as const

/** A call of every reading method of a network. */
export const READS: Readonly<Record<string, (network: Network) => Promise<unknown>>> = {
  links: (network) => network.links(),
  findLink: (network) => network.findLink('eth0'),
  addresses: (network) => network.addresses(),
  routes: (network) => network.routes(),
  routeTo: (network) => network.routeTo('192.0.2.1'),
  neighbours: (network) => network.neighbours(),
}

/** A call of every method that changes something. */
export const CHANGES: Readonly<Record<string, (network: Network) => Promise<unknown>>> = {
  addLink: (network) => network.addLink(link),
  ensureLink: (network) => network.ensureLink(link),
  removeLink: (network) => network.removeLink('eth0'),
  ensureNoLink: (network) => network.ensureNoLink('eth0'),
  updateLink: (network) => network.updateLink('eth0', { up: false }),
  addAddress: (network) => network.addAddress(address),
  ensureAddress: (network) => network.ensureAddress(address),
  removeAddress: (network) => network.removeAddress(address),
  ensureNoAddress: (network) => network.ensureNoAddress(address),
  addRoute: (network) => network.addRoute(route),
  ensureRoute: (network) => network.ensureRoute(route),
  removeRoute: (network) => network.removeRoute(route),
  ensureNoRoute: (network) => network.ensureNoRoute(route),
  announce: (network) => network.announce('192.0.2.10', 'eth0'),
}
