/** The profile of the running kernel. Properties that differ between builds of one version are determined by experiment. */

import { Ipvs } from '../../../../src/index.ts'
import { formatService } from '../../../../src/ipvs/model/service-key.ts'
import { IPVS_CMD } from '../../../../src/ipvs/protocol/uapi.ts'
import { KernelTransport } from '../../../../src/netlink/transport/kernel-transport.ts'
import { type KernelProfile, PROFILES, type ProfileName } from '../../../../src/testing/ipvs/profile.ts'
import { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'
import { isSince, kernelVersion } from '../kernel.ts'
import type { Namespace } from '../namespace.ts'
import { type Attribute, encodeMessage } from './raw-message.ts'
import { ConformanceSocket } from './raw-socket.ts'

/** The offsets that the address of a namespace, a multiple of 2048, can add to the hash of services (ip_vs_svc_hashkey). */
const OFFSETS = Array.from({ length: 32 }, (_, index) => index * 8)
const REQUEST_ACK = 5

export async function runningProfile(host: Namespace): Promise<KernelProfile> {
  const name: ProfileName = isSince('7.1') ? '7.2' : isSince('6.2') ? '6.12' : '6.1'
  const userMode = process.env['LVS_LAB'] === 'uml'
  const profile: KernelProfile = {
    ...PROFILES[name],
    release: kernelVersion(),
    ticksPerSecond: userMode ? 100 : PROFILES[name].ticksPerSecond,
    alignsCounters: userMode,
    answerCost: userMode && isSince('6.2') ? 896 : PROFILES[name].answerCost,
    limitsThresholds: await limitsThresholds(host),
  }
  if (profile.tables !== 'fixed') return profile
  const order = await orderOfServices(host.ipvs)
  for (const bucketOffset of OFFSETS) {
    const kernel = new SimulatedKernel({ profile: { ...profile, bucketOffset } })
    await using ipvs = await Ipvs.open({ transport: kernel })
    const ours = await orderOfServices(ipvs)
    if (ours.join() === order.join()) return { ...profile, bucketOffset }
  }
  throw new Error(`No offset explains the order of services: ${order}`)
}

/** Whether the kernel refuses an upper threshold above INT_MAX, as late builds of each series do. */
export async function limitsThresholds(host: Namespace): Promise<boolean> {
  const { ipvs } = host
  const service = { protocol: 'tcp', address: '192.0.2.10', port: 80 } as const
  await ipvs.addService({ ...service, scheduler: 'rr' })
  await ipvs.addDestination(service, { address: '192.0.2.20', forwarding: 'dr' })
  const wire = await ConformanceSocket.open(new KernelTransport({ netns: host.path }))
  const identity = [number(1, 2, 2), number(2, 6, 2), bytes(3, 192, 0, 2, 10), bytes(4, 0, 80)]
  const settings = [number(3, 3), number(4, 1), number(5, 0x8000_0000), number(6, 0)]
  const destination = [bytes(1, 192, 0, 2, 20), bytes(2, 0, 80), ...settings]
  const { messages } = await wire.send(
    encodeMessage(
      {
        ...{ type: wire.familyId, flags: REQUEST_ACK, command: IPVS_CMD.SET_DEST },
        attributes: [
          { type: 1, payload: identity },
          { type: 2, payload: destination },
        ],
      },
      2,
    ),
  )
  wire.close()
  await ipvs.flush()
  return Buffer.from(messages[0]!, 'hex').readInt32LE(16) !== 0
}

/** Adds services and returns the order in which the kernel lists them. */
async function orderOfServices(ipvs: Ipvs): Promise<string[]> {
  for (let port = 1; port <= 40; port++) {
    await ipvs.addService({ protocol: 'tcp', address: '192.0.2.10', port: port * 7, scheduler: 'rr' })
  }
  const services = await ipvs.services()
  await ipvs.flush()
  return services.map(formatService)
}

function number(type: number, value: number, size = 4): Attribute {
  return {
    type,
    payload: [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24].slice(0, size),
  }
}

function bytes(type: number, ...payload: number[]): Attribute {
  return { type, payload }
}
