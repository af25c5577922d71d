import { bitsOf } from '../../../route/model/prefix.ts'
import { addVip, bringTo, correctPrefix, interfaceFor } from '../model/address-fix-steps.ts'
import type { Diagnosis } from '../model/finding.ts'
import { isOffTheWire, type Patient } from '../model/host-view.ts'

/** Whether packets for the VIPs come to this director at all. */
export function* checkDirectedVips(patient: Patient): Generator<Diagnosis> {
  for (const vip of patient.directedVips) {
    if (!patient.isLocal(vip)) yield missing(patient, vip)
    else if (patient.role === 'director' && patient.wires.length > 0 && patient.hides(vip)) {
      yield silent(patient, vip)
    }
  }
}

/** Whether a VIP off the wire brings its whole network with it. */
export function* checkPrefixes(patient: Patient): Generator<Diagnosis> {
  for (const vip of new Set([...patient.directedVips, ...patient.servedVips])) {
    for (const held of patient.holders(vip)) {
      const { prefixLength, family, interface: name, peer } = held
      if (prefixLength === bitsOf(family) || peer !== undefined) continue
      if (!isOffTheWire(patient.link(name))) continue
      const right = bitsOf(family)
      yield {
        id: 'vip-prefix',
        subject: `${vip}/${prefixLength} on ${name}`,
        message: `The VIP ${vip} is on ${name} with prefix length ${prefixLength} in place of ${right}, so this host looks for its whole network on ${name}.`,
        symptom: `Clients and routers in the network of ${vip} get no answer from this host, while others do.`,
        steps: correctPrefix(patient, held),
      }
    }
  }
}

function missing(patient: Patient, vip: string): Diagnosis {
  const interfaceName = interfaceFor(patient, vip)
  return {
    id: 'vip-missing',
    subject: vip,
    message: `The VIP ${vip} is not an address of this director.`,
    symptom: 'No client gets an answer: packets for the VIP do not come here, or are not taken in.',
    steps: [addVip(vip, interfaceName ?? 'eth0')],
    decide: interfaceName === undefined,
  }
}

/** The director has it, but who asks for it is not told. */
function silent(patient: Patient, vip: string): Diagnosis {
  const name = interfaceFor(patient, vip)
  const link = patient.wires.find((wire) => wire.name === name) ?? patient.wires[0]!
  const isThere = patient.holders(vip).some((held) => held.interface === link.name)
  const refuses = !vip.includes(':') && patient.effective('arp_ignore', link.name) === 8
  return {
    id: 'vip-silent',
    subject: vip,
    message: `This director has the VIP ${vip} and tells nobody who asks for it.`,
    symptom:
      'New clients and routers find no hardware address for the VIP ("No route to host"), while those that still remember it go on working.',
    steps: [
      ...(refuses ? bringTo(patient, 'arp_ignore', link, 1) : []),
      ...(isThere ? [] : [addVip(vip, link.name)]),
    ],
  }
}
