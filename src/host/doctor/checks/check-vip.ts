import { ADDRESS_BITS } from '../../../netlink/wire/ip-prefix.ts'
import { addVip, chooseInterface, correctPrefix, setEffectiveSysctl } from '../model/address-fix-steps.ts'
import type { Diagnosis } from '../model/finding.ts'
import { type HostView, isWithoutArp } from '../model/host-view.ts'

/** Whether packets for the VIPs come to this director at all. */
export function* checkDirectedVips(patient: HostView): Generator<Diagnosis> {
  for (const vip of patient.directedVips) {
    if (!patient.isLocal(vip)) yield vipMissing(patient, vip)
    else if (patient.role === 'director' && patient.arpInterfaces.length > 0 && patient.isHidden(vip)) {
      yield vipSilent(patient, vip)
    }
  }
}

/** Whether a VIP off the wire brings its whole network with it. */
export function* checkPrefixes(patient: HostView): Generator<Diagnosis> {
  for (const vip of new Set([...patient.directedVips, ...patient.servedVips])) {
    for (const held of patient.addressEntries(vip)) {
      const { prefixLength, family, interface: name, peer } = held
      if (prefixLength === ADDRESS_BITS[family] || peer !== undefined) continue
      if (!isWithoutArp(patient.link(name))) continue
      const right = ADDRESS_BITS[family]
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

function vipMissing(patient: HostView, vip: string): Diagnosis {
  const interfaceName = chooseInterface(patient, vip)
  return {
    id: 'vip-missing',
    subject: vip,
    message: `The VIP ${vip} is not an address of this director.`,
    symptom: 'No client gets an answer: packets for the VIP do not come here, or are not taken in.',
    steps: [addVip(vip, interfaceName ?? 'eth0')],
    needsDecision: interfaceName === undefined,
  }
}

/** The director has it, but who asks for it is not told. */
function vipSilent(patient: HostView, vip: string): Diagnosis {
  const name = chooseInterface(patient, vip)
  const link = patient.arpInterfaces.find((wire) => wire.name === name) ?? patient.arpInterfaces[0]!
  const isThere = patient.addressEntries(vip).some((held) => held.interface === link.name)
  const refuses = !vip.includes(':') && patient.effectiveSysctl('arp_ignore', link.name) === 8
  return {
    id: 'vip-silent',
    subject: vip,
    message: `This director has the VIP ${vip} and tells nobody who asks for it.`,
    symptom:
      'New clients and routers find no hardware address for the VIP ("No route to host"), while those that still remember it go on working.',
    steps: [
      ...(refuses ? setEffectiveSysctl(patient, 'arp_ignore', link, 1) : []),
      ...(isThere ? [] : [addVip(vip, link.name)]),
    ],
  }
}
