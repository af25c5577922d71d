import { findFallbackFlag } from '../../../ipvs/model/scheduler.ts'
import type { Service } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import { describeRefusals, findRefusingDestinations } from '../../../ipvs/refused-clients.ts'
import { parseIPv4 } from '../../../netlink/wire/address.ts'
import type { Diagnosis } from '../model/finding.ts'
import { loadSchedulerModule, removeDestination, setSysctl, updateService } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** Checks the settings of virtual services. */
export function* checkServices(view: HostView): Generator<Diagnosis> {
  yield* checkModules(view)
  if (view.role === 'real-server') return
  for (const service of view.facts.services) {
    yield* checkScheduler(service)
    yield* checkFallback(service)
    yield* checkPort(service)
    yield* checkMask(service)
    yield* checkQuiescent(view, service)
  }
}

/** Checks whether the schedulers of future services can be loaded. */
function* checkModules({ facts, options }: HostView): Generator<Diagnosis> {
  const { loaded, available } = facts.modules
  if (available === null) return
  const schedulers = new Set((options.services ?? []).map(({ scheduler = 'wlc' }) => scheduler))
  const inUse = facts.services.map(({ scheduler }) => scheduler)
  for (const scheduler of schedulers) {
    const module = `ip_vs_${scheduler}`
    if (scheduler === 'none' || inUse.includes(scheduler)) continue
    if (loaded.includes(module) || available.includes(module)) continue
    yield {
      id: 'scheduler-missing',
      subject: scheduler,
      message: `The kernel ${facts.release} of this host does not have the scheduler ${scheduler}: there is no module ${module}.`,
      symptom:
        'Virtual services with this scheduler cannot be added on this host (ENOENT), for example at a failover.',
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
    symptom: 'Every new connection to it is refused or hangs.',
    steps: [updateService(service, { scheduler: 'wlc' })],
  }
}

/** The schedulers sh, mh and dh keep a destination of weight 0 in their table. */
function* checkFallback(service: Service): Generator<Diagnosis> {
  const message = describeRefusals(service)
  if (message === undefined) return
  const flag = findFallbackFlag(service.scheduler)
  yield {
    id: 'scheduler-fallback',
    subject: formatService(service),
    message: `The virtual service ${message}.`,
    symptom: 'Some clients are always refused, while others are served.',
    ...(flag === undefined
      ? {
          steps: findRefusingDestinations(service).map((each) => removeDestination(service, each)),
          needsDecision: true,
        }
      : { steps: [updateService(service, { schedulerFlags: [flag, ...service.schedulerFlags] })] }),
  }
}

/** Port 0 matches every port only for persistent services (ip_vs_schedule). */
function* checkPort(service: Service): Generator<Diagnosis> {
  if (service.port !== 0 || service.persistence !== null) return
  const name = formatService(service)
  yield {
    id: 'port-zero',
    subject: name,
    message: `The virtual service ${name} is for every port (0), which requires persistence.`,
    symptom:
      'Every connection to a port without its own service is refused or hangs, and the kernel logs "port zero only supported in persistent services".',
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
  const hostMask = family === 'ipv4' ? '255.255.255.255' : 128
  yield {
    id: 'persistence-mask',
    subject: name,
    message:
      groups === 1
        ? `The persistence mask ${persistence.mask} of ${name} puts all clients into one group.`
        : `The persistence mask ${persistence.mask} of ${name} puts all clients into ${groups} groups, fewer than the service has destinations.`,
    symptom:
      groups === 1
        ? 'One real server receives all connections, and the others receive none.'
        : 'Some real servers receive no connections.',
    steps: [updateService(service, { persistence: { mask: hostMask } })],
  }
}

/** Number of bits that distinguish client addresses. All global unicast addresses of IPv6 share the first three (2000::/3). */
function significantBits(mask: string | number): number {
  if (typeof mask === 'number') return Math.max(0, mask - 3)
  let bits = 0
  for (let rest = (parseIPv4(mask) ?? 0) >>> 0; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits
}

/** A persistence template stays valid when the weight of its destination becomes 0 (ip_vs_check_template). */
function* checkQuiescent(view: HostView, service: Service): Generator<Diagnosis> {
  const { persistence, destinations } = service
  if (persistence === null || view.sysctl('net.ipv4.vs.expire_quiescent_template') !== 0) return
  const drained = destinations.filter(({ weight }) => weight === 0)
  if (drained.length === 0 || drained.length === destinations.length) return
  const name = formatService(service)
  yield {
    id: 'expire-quiescent-template',
    subject: name,
    message: `The persistent service ${name} has destinations of weight 0, and IPVS keeps sending their previous clients there (expire_quiescent_template is 0).`,
    symptom: `A drained real server keeps receiving connections as long as its clients return within ${persistence.timeout} s.`,
    steps: [setSysctl('net.ipv4.vs.expire_quiescent_template', 1)],
  }
}
