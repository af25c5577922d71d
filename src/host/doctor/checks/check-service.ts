import type { Service } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import { parseIPv4 } from '../../../netlink/wire/address.ts'
import type { Diagnosis } from '../model/finding.ts'
import { loadSchedulerModule, setSysctl, updateService } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** Whether virtual services are set up so that they can work. */
export function* checkServices(patient: HostView): Generator<Diagnosis> {
  yield* checkModules(patient)
  if (patient.role === 'real-server') return
  for (const service of patient.facts.services) {
    yield* checkScheduler(service)
    yield* checkPort(service)
    yield* checkMask(service)
    yield* checkQuiescent(patient, service)
  }
}

/** Whether the schedulers that will be asked for can be loaded. */
function* checkModules({ facts, options }: HostView): Generator<Diagnosis> {
  const { loaded, available } = facts.modules
  if (available === null) return
  const wanted = new Set((options.services ?? []).map(({ scheduler = 'wlc' }) => scheduler))
  const inUse = facts.services.map(({ scheduler }) => scheduler)
  for (const scheduler of wanted) {
    const module = `ip_vs_${scheduler}`
    if (scheduler === 'none' || inUse.includes(scheduler)) continue
    if (loaded.includes(module) || available.includes(module)) continue
    yield {
      id: 'scheduler-missing',
      subject: scheduler,
      message: `The kernel ${facts.release} of this host has no scheduler ${scheduler}: there is no module ${module}.`,
      symptom: 'The virtual services that want it cannot be made here (ENOENT), at a failover of all times.',
      steps: [loadSchedulerModule(module)],
      needsDecision: true,
    }
  }
}

function* checkScheduler(service: Service): Generator<Diagnosis> {
  if (service.scheduler !== 'none' && service.scheduler !== '') return
  const name = formatService(service)
  yield {
    id: 'scheduler-none',
    subject: name,
    message: `The virtual service ${name} has no scheduler.`,
    symptom: 'No new connection gets a destination; each is refused or hangs.',
    steps: [updateService(service, { scheduler: 'wlc' })],
  }
}

/** ip_vs_schedule() takes port 0 for every port only where a template says what belongs together. */
function* checkPort(service: Service): Generator<Diagnosis> {
  if (service.port !== 0 || service.persistence !== null) return
  const name = formatService(service)
  yield {
    id: 'port-zero',
    subject: name,
    message: `The virtual service ${name} is for every port (0), which works with persistence only.`,
    symptom:
      'Every connection to a port without a service of its own is refused or hangs; the kernel logs "port zero only supported in persistent services".',
    steps: [updateService(service, { persistence: { timeout: 300 } })],
  }
}

function* checkMask(service: Service): Generator<Diagnosis> {
  const { persistence, family, destinations } = service
  if (persistence === null) return
  const groups = 2 ** significantBits(persistence.mask)
  const servers = destinations.filter(({ weight }) => weight > 0).length
  if (groups > 1 && groups >= servers) return
  const name = formatService(service)
  const whole = family === 'ipv4' ? '255.255.255.255' : 128
  yield {
    id: 'persistence-mask',
    subject: name,
    message:
      groups === 1
        ? `The persistence mask ${persistence.mask} of ${name} makes one of all clients.`
        : `The persistence mask ${persistence.mask} of ${name} makes ${groups} of all clients, fewer than it has destinations.`,
    symptom:
      groups === 1
        ? 'One real server gets all connections, the others none.'
        : 'Some real servers get no connections at all.',
    steps: [updateService(service, { persistence: { mask: whole } })],
  }
}

/** How many bits of a client's address count. All unicast addresses of IPv6 have the first three in common (2000::/3). */
function significantBits(mask: string | number): number {
  if (typeof mask === 'number') return Math.max(0, mask - 3)
  let bits = 0
  for (let rest = (parseIPv4(mask) ?? 0) >>> 0; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits
}

/** A template outlives the decision to send a destination nobody new (ip_vs_check_template). */
function* checkQuiescent(patient: HostView, service: Service): Generator<Diagnosis> {
  const { persistence, destinations } = service
  if (persistence === null || patient.sysctl('net.ipv4.vs.expire_quiescent_template') !== 0) return
  const drained = destinations.filter(({ weight }) => weight === 0)
  if (drained.length === 0 || drained.length === destinations.length) return
  const name = formatService(service)
  yield {
    id: 'expire-quiescent-template',
    subject: name,
    message: `The persistent service ${name} has destinations of weight 0, and the clients that know them go on being sent there (expire_quiescent_template is 0).`,
    symptom: `A drained real server goes on getting connections as long as its clients come back within ${persistence.timeout} s.`,
    steps: [setSysctl('net.ipv4.vs.expire_quiescent_template', 1)],
  }
}
