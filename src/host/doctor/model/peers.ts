import { familyOf } from '../../../netlink/wire/address.ts'
import type { HostFacts } from '../../facts/host-facts.ts'
import { Patient } from './host-view.ts'

/** What the other hosts of a cluster are to this one, each with what is known of it from here. */
export interface Peers {
  /** Other nodes with services for the same VIPs. */
  readonly nodes: readonly Patient[]
  /** Real servers of this director, once for each method by which it reaches them. */
  readonly realServers: readonly Patient[]
}

const METHODS = ['dr', 'tun', 'nat'] as const

export function meetPeers(patient: Patient): Peers {
  const { peers = [], interface: name } = patient.options
  const nodes = peers.filter((facts) => sharesService(patient, facts))
  const others = peers.filter((facts) => !nodes.includes(facts))
  return {
    nodes: nodes.map((facts) => new Patient(facts, { interface: name })),
    realServers: others.flatMap((facts) => METHODS.flatMap((method) => asRealServer(patient, facts, method))),
  }
}

/** Whether another host has virtual services for a VIP of this one. */
function sharesService({ facts }: Patient, other: HostFacts): boolean {
  const vips = new Set(facts.services.flatMap(({ address }) => address ?? []))
  return other.services.some(({ address }) => address !== undefined && vips.has(address))
}

/** A host as this director needs it for one method; none if it is sent nothing by that. */
function asRealServer(patient: Patient, facts: HostFacts, method: (typeof METHODS)[number]): Patient[] {
  const isIts = (address: string) => facts.addresses.some((held) => held.address === address)
  const found = patient.remoteDestinations(method).filter(({ destination }) => isIts(destination.address))
  if (found.length === 0) return []
  const vips = [...new Set(found.flatMap(({ service }) => service.address ?? []))]
  const families = new Set(found.map(({ destination }) => destination.family))
  const directors = patient.facts.addresses
    .filter(({ scope }) => scope === 'global')
    .map(({ address }) => address)
    .filter((address) => families.has(familyOf(address)!))
  return [
    new Patient(
      facts,
      { role: 'real-server', vips, method, interface: patient.options.interface },
      directors,
    ),
  ]
}
