import type { Service } from '../../ipvs/model/service.ts'
import { formatService } from '../../ipvs/model/service-key.ts'
import { daemonDifference } from '../model/difference.ts'
import { Drafts, type LeftAlone, type PlanRules } from './plan-builder.ts'
import type { Draining } from './drain.ts'
import type { Clash } from '../ownership/ownership.ts'
import { planServiceRemoval } from './plan-removal.ts'
import { planService } from './plan-service.ts'
import { addDestination, addService, setTimeouts, startDaemon, stopDaemon } from './plan-steps.ts'
import { protectLast } from './last-destination.ts'
import type { Step, StepKind } from '../model/step.ts'
import type { CurrentTable, TargetTable } from '../model/target.ts'
import { endpointOf } from '../model/target-destinations.ts'

/** What has to be done, and what is not. */
export interface PlannedSteps {
  /** The steps, in the order in which they are to be taken. */
  readonly steps: readonly Step[]
  /** What would bring the table nearer to what is desired and is not done, and why. */
  readonly left: readonly LeftAlone[]
  /** Destinations that wait for the end of their connections, or are going to. */
  readonly draining: readonly Draining[]
}

/** The same with what carrying it out takes. */
export interface Outline extends PlannedSteps {
  /** How many of the steps, the first ones, take nothing away from anybody. */
  readonly raising: number
  readonly clashes: readonly Clash[]
}

/**
 * Finds the smallest list of steps from one table to the other, in an order in which nobody is cut off that need not be:
 * everything is added, and every weight raised, before any is lowered or anything removed. Linear in the size of the tables.
 */
export function outline(current: CurrentTable, target: TargetTable, rules: PlanRules): Outline {
  const drafts = new Drafts()
  planTimeouts(current, target, drafts)
  planServices(current, target, rules, drafts)
  planDaemons(current, target, rules, drafts)
  const raising = [...drafts.first, ...drafts.raising]
  const lowering = [...drafts.lowering, ...drafts.removing, ...drafts.ending, ...drafts.last]
  const { draining, left, clashes } = drafts
  const { allow } = rules
  if (allow === undefined) {
    return { steps: [...raising, ...lowering], raising: raising.length, draining, left, clashes }
  }
  const allowed = withAllowed(raising, allow, left)
  const taken = protectLast(current, target, allowed, withAllowed(lowering, allow, left))
  left.push(...taken.held.map((step) => ({ step, reason: 'last-destination' }) as const))
  return { steps: [...allowed, ...taken.steps], raising: allowed.length, draining, left, clashes }
}

function withAllowed(steps: readonly Step[], allow: ReadonlySet<StepKind>, left: LeftAlone[]): Step[] {
  const missing = new Set<string>()
  return steps.filter((step) => {
    // Nothing can be added to what is not there.
    const allowed = allow.has(step.kind) && !(step.kind === 'addDestination' && missing.has(step.service))
    if (!allowed) left.push({ step, reason: 'not-allowed' })
    if (!allowed && step.kind === 'addService') missing.add(step.service)
    return allowed
  })
}

function planTimeouts(current: CurrentTable, { timeouts }: TargetTable, drafts: Drafts): void {
  const step = setTimeouts(current.timeouts, timeouts)
  if (step !== undefined) drafts.first.push(step)
}

function planServices(
  current: CurrentTable,
  { services }: TargetTable,
  rules: PlanRules,
  drafts: Drafts,
): void {
  if (services === undefined) return
  const { ownership } = rules
  const existing = new Array<Service | undefined>(services.size)
  const others: Service[] = []
  for (const service of current.services) {
    const target = services.get(formatService(service))
    if (target === undefined) others.push(service)
    else existing[target.place] = service
  }
  for (const target of services.values()) {
    const { name } = target
    const service = existing[target.place]
    const claim = ownership.claim(name, target.key, service !== undefined)
    if (service === undefined) {
      if (claim === 'foreign') {
        drafts.clashes.push({ service: name, explanation: ownership.explain(name) })
        continue
      }
      drafts.raising.push(addService(target))
      for (const destination of target.destinations?.list ?? []) {
        drafts.raising.push(addDestination(target, endpointOf(destination), destination))
      }
    } else {
      planService(service, target, claim, rules, drafts)
    }
  }
  for (const service of others) {
    const name = formatService(service)
    if (ownership.owns(name, service)) planServiceRemoval(name, service, rules, drafts)
  }
}

/**
 * Daemons that are to end do so first and those that begin come last: the kernel has no daemon beside a destination of
 * another family than its service's.
 */
function planDaemons(
  current: CurrentTable,
  { daemons }: TargetTable,
  { ownership }: PlanRules,
  drafts: Drafts,
): void {
  if (daemons === undefined) return
  const wanted = new Map<string | number, (typeof daemons)[number]>(
    daemons.map((daemon) => [daemon.role, daemon]),
  )
  for (const daemon of current.daemons) {
    const target = wanted.get(daemon.role)
    wanted.delete(daemon.role)
    if (target === undefined) {
      const step = stopDaemon(daemon)
      if (ownership.ownsDaemon(String(daemon.role))) drafts.first.push(step)
      else drafts.left.push({ step, reason: 'not-owned' })
      continue
    }
    const changes = daemonDifference(daemon, target)
    if (changes.length === 0) continue
    // The kernel cannot change one that runs.
    drafts.last.push(stopDaemon(daemon), startDaemon(target, changes))
  }
  for (const daemon of wanted.values()) drafts.last.push(startDaemon(daemon, []))
}
