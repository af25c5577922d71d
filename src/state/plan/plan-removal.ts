import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { formatEndpoint } from '../../ipvs/model/service-key.ts'
import { drainKey, nextDrainAction } from './drain.ts'
import type { PlanBuilder, PlanRules } from './plan-builder.ts'
import { drainDestinationStep, removeDestinationStep, removeServiceStep } from './plan-steps.ts'

/** Finds the next step for a destination that is to go. */
export function planRemoval(
  name: string,
  service: Service,
  endpoint: string,
  destination: Destination,
  rules: PlanRules,
  drafts: PlanBuilder,
): void {
  if (isDrained(name, service, endpoint, destination, rules, drafts)) {
    drafts.destinationRemovals.push(removeDestinationStep(name, service, endpoint, destination))
  }
}

/** Finds the next steps for a service that is to go: its destinations first, when they are to go with care. */
export function planServiceRemoval(
  name: string,
  service: Service,
  rules: PlanRules,
  drafts: PlanBuilder,
): void {
  let drained = true
  for (const destination of rules.drain === undefined ? [] : service.destinations) {
    const endpoint = formatEndpoint(destination.address, destination.port)
    // All of them are looked at: each loses its weight.
    if (!isDrained(name, service, endpoint, destination, rules, drafts)) drained = false
  }
  if (drained) drafts.serviceRemovals.push(removeServiceStep(name, service))
}

function isDrained(
  name: string,
  service: Service,
  endpoint: string,
  destination: Destination,
  { drain, deadlines, now }: PlanRules,
  drafts: PlanBuilder,
): boolean {
  if (drain === undefined) return true
  const state = nextDrainAction(drain, service, destination, deadlines.get(drainKey(name, endpoint)), now)
  if (state.action === 'remove') return true
  if (state.action === 'drain')
    drafts.weightReductions.push(drainDestinationStep(name, service, endpoint, destination))
  const { connections, deadline } = state
  drafts.draining.push({ service: name, destination: endpoint, connections, deadline })
  return false
}
