import { findFallbackFlag, refusesAtWeightZero } from '../../ipvs/model/scheduler.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { formatEndpoint } from '../../ipvs/model/service-key.ts'
import { diffServiceSettings } from '../model/difference.ts'
import type { ResolvedService } from '../model/resolved-state.ts'
import { fallbackStep, type Step, type StepKind, updateServiceStep } from '../model/step.ts'
import type { PlanBuilder } from './plan-builder.ts'

/** The destinations of a service that the document does not name and that the plan does not remove. */
export interface Leftovers {
  /** The endpoints of those that drain, or that this plan starts to drain. */
  readonly draining: readonly string[]
  /** Whether others have weight 0 and stay, for example because they belong to another program. */
  readonly hasIdle: boolean
}

/**
 * Plans the settings of an existing service. `sh` and `mh` refuse the new clients of a draining destination unless their
 * fallback flag is set, so a drain sets the flag before it lowers the weight, and clears it after the last destination of
 * weight 0 is gone or has its weight back. The plan needs no record for this: a later plan sees flag and destinations.
 */
export function planSettings(
  current: Service,
  desired: ResolvedService,
  { draining, hasIdle }: Leftovers,
  plan: PlanBuilder,
): void {
  const { key, name, settings } = desired
  const flag = findFallbackFlag(settings.scheduler)
  const isDesired = flag === undefined || settings.schedulerFlags.includes(flag)
  const isSet =
    !isDesired && current.scheduler === settings.scheduler && current.schedulerFlags.includes(flag)
  const isDraining = draining.length > 0 && hasActive(current, desired, plan)
  const canSet = isKindAllowed(plan.rules.allow, 'setFallback')
  const isNeeded = !isDesired && (isDraining ? isSet || canSet : isSet && hasIdle)
  if (isDraining && !isNeeded && refusesAtWeightZero(settings)) warnOfDrain(desired, draining, plan)
  const isOver = isSet && !isNeeded && current.destinations.some(({ weight }) => weight === 0)
  if (isDesired || (!isNeeded && !isOver)) {
    pushUpdate(current, desired, plan.additions)
    return
  }
  const withFlag = { ...settings, schedulerFlags: [flag, ...settings.schedulerFlags] }
  if (isNeeded) plan.fallbacks.add(name)
  if (isOver) {
    const isOnlyChange = diffServiceSettings(current, withFlag).length === 0
    if (isOnlyChange) plan.fallbackRemovals.push(fallbackStep('clearFallback', key, withFlag, settings))
    else pushUpdate(current, desired, plan.fallbackRemovals)
    return
  }
  pushUpdate(current, isSet ? { ...desired, settings: withFlag } : desired, plan.additions)
  if (!isSet) plan.additions.push(fallbackStep('setFallback', key, settings, withFlag))
}

function pushUpdate(current: Service, desired: ResolvedService, phase: Step[]): void {
  const changes = diffServiceSettings(current, desired.settings)
  if (changes.length > 0) phase.push(updateServiceStep(desired, changes))
}

/** Whether a kind of step is allowed. Steps with the fallback flag are part of a drain, and change a service. */
export function isKindAllowed(allow: ReadonlySet<StepKind> | undefined, kind: StepKind): boolean {
  if (allow === undefined || allow.has(kind)) return true
  const isFallback = kind === 'setFallback' || kind === 'clearFallback'
  return isFallback && (allow.has('drainDestination') || allow.has('updateService'))
}

/** The weights of the desired destinations after the plan. */
function weightsAfter(
  current: Service | undefined,
  { destinations }: ResolvedService,
  { rules }: PlanBuilder,
): { readonly endpoint: string; readonly weight: number; readonly exists: boolean }[] {
  const existing = new Map(
    current?.destinations.map((each) => [formatEndpoint(each.address, each.port), each.weight]),
  )
  return [...(destinations ?? [])].map(([endpoint, { weight }]) => {
    const found = existing.get(endpoint)
    const isKept = rules.keepWeights && found !== undefined
    return { endpoint, weight: isKept ? found : weight, exists: found !== undefined }
  })
}

function hasActive(current: Service, desired: ResolvedService, plan: PlanBuilder): boolean {
  return weightsAfter(current, desired, plan).some(({ weight }) => weight > 0)
}

function warnOfDrain(
  { name, settings: { scheduler } }: ResolvedService,
  draining: readonly string[],
  plan: PlanBuilder,
): void {
  const remedy =
    scheduler === 'dh'
      ? "it has no fallback flag. To remove such destinations at once, pass dh: 'now'"
      : `the step setFallback, which would prevent this, is not allowed`
  plan.warnings.push(
    `${name}: ${scheduler} refuses new clients that hash to ${draining.join(' and ')} until it is removed; ${remedy}.`,
  )
}

/**
 * Warns of desired destinations whose new clients are refused: those of weight 0 beside active ones under a hashing scheduler
 * without the fallback flag. `mh` has no place for a destination that is new with weight 0.
 */
export function warnOfWeightZero(
  current: Service | undefined,
  desired: ResolvedService,
  plan: PlanBuilder,
): void {
  const { name, settings } = desired
  if (!refusesAtWeightZero(settings)) return
  const weights = weightsAfter(current, desired, plan)
  const idle = weights.filter(({ weight, exists }) => weight === 0 && (exists || settings.scheduler !== 'mh'))
  if (idle.length === 0 || weights.every(({ weight }) => weight === 0)) return
  const flag = findFallbackFlag(settings.scheduler)
  const remedy =
    flag === undefined ? 'remove it, because dh has no fallback flag' : `set the scheduler flag ${flag}`
  const endpoints = idle.map(({ endpoint }) => endpoint).join(' and ')
  plan.warnings.push(
    `${name}: ${settings.scheduler} refuses new clients that hash to ${endpoints}, which has weight 0; ${remedy}.`,
  )
}
