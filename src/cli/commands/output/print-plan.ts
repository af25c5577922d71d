import type { ApplyResult, StepOutcome, StepResult } from '../../../state/apply/apply-result.ts'
import type { Step, StepKind } from '../../../state/model/step.ts'
import type { PlannedSteps } from '../../../state/plan/compute-plan.ts'
import type { DrainingDestination } from '../../../state/plan/drain.ts'
import type { SkippedStep } from '../../../state/plan/plan-builder.ts'
import { describeFailure } from '../../io/failure.ts'
import { styleText, type TextStyle } from './style-text.ts'

/** What a step does, at a glance: it adds, changes or takes away. */
const SIGNS = {
  addService: '+',
  updateService: '~',
  removeService: '-',
  addDestination: '+',
  updateDestination: '~',
  drainDestination: '-',
  removeDestination: '-',
  setTimeouts: '~',
  startDaemon: '+',
  stopDaemon: '-',
} as const satisfies Record<StepKind, string>

const SIGN_STYLES = { '+': 'green', '~': 'yellow', '-': 'red' } as const satisfies Record<string, TextStyle>

const OUTCOME_STYLES = {
  done: 'green',
  overtaken: 'plain',
  undone: 'plain',
  skipped: 'yellow',
  failed: 'red',
} as const satisfies Record<StepOutcome, TextStyle>
const OUTCOME_WIDTH = Math.max(...Object.keys(OUTCOME_STYLES).map((outcome) => outcome.length))

/** Why a step is left alone, and what would have it taken. */
const REASONS = {
  'not-owned': 'not yours: --set NAME or --whole says what is',
  'not-allowed': 'not allowed',
  'last-destination': 'the service would have no destination left',
} as const satisfies Record<SkippedStep['reason'], string>

/** A plan, a step a line, with what is left alone and what waits. */
export function printPlan({ steps, skipped: left, draining }: PlannedSteps, colours: boolean): string {
  const waiting = draining.filter(({ destination, service }) => !isDrained(steps, service, destination))
  const lines = [
    ...steps.map((step) => printStep(step, colours)),
    ...waiting.map((each) => printDraining(each, colours)),
    ...left.map((each) => printSkipped(each, colours)),
  ]
  if (steps.length + draining.length === 0) lines.push('There is nothing to do.')
  return lines.map((line) => `${line}\n`).join('')
}

/** What became of a plan, a step a line, and the sum of it. */
export function printResult({ steps, skipped: left, draining }: ApplyResult, colours: boolean): string {
  const lines = [
    ...steps.map((each) => printStepResult(each, colours)),
    ...draining.map((each) => printDraining(each, colours)),
    ...left.map((each) => printSkipped(each, colours)),
    summarize(steps),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function printStep(step: Step, colours: boolean): string {
  const sign = SIGNS[step.kind]
  return styleText(`${sign} ${step.text}`, SIGN_STYLES[sign], colours)
}

function printStepResult({ step, outcome, error }: StepResult, colours: boolean): string {
  const state = styleText(outcome.padEnd(OUTCOME_WIDTH), OUTCOME_STYLES[outcome], colours)
  const reason = error === undefined ? '' : `: ${describeFailure(error).message}`
  return `${state}  ${SIGNS[step.kind]} ${step.text}${reason}`
}

function printDraining(
  { service, destination, connections, deadline }: DrainingDestination,
  colours: boolean,
): string {
  const seconds = Math.max(0, Math.ceil((deadline - Date.now()) / 1000))
  const text = `. ${destination} in ${service} waits for the end of ${connections} connections, ${seconds} s at most`
  return styleText(text, 'cyan', colours)
}

function printSkipped({ step, reason }: SkippedStep, colours: boolean): string {
  return styleText(`. left alone (${REASONS[reason]}): ${step.text}`, 'dim', colours)
}

function isDrained(steps: readonly Step[], service: string, destination: string): boolean {
  return steps.some(
    (step) =>
      step.kind === 'drainDestination' && step.service === service && step.destination === destination,
  )
}

function summarize(steps: readonly StepResult[]): string {
  if (steps.length === 0) return 'There was nothing to do.'
  const counts = Object.keys(OUTCOME_STYLES).map((word) => ({
    word,
    count: steps.filter(({ outcome }) => outcome === word).length,
  }))
  const words = counts.filter(({ count }) => count > 0).map(({ word, count }) => `${count} ${word}`)
  return `${words.join(', ')}.`
}
