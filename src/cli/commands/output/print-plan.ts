import { escapeControls } from '../../../control-characters.ts'
import type { ApplyResult, StepOutcome, StepResult } from '../../../state/apply/apply-result.ts'
import type { Step, StepKind } from '../../../state/model/step.ts'
import type { PlannedSteps } from '../../../state/plan/compute-plan.ts'
import type { DrainingDestination } from '../../../state/plan/drain.ts'
import type { SkippedStep } from '../../../state/plan/plan-builder.ts'
import { describeFailure } from '../../io/failure.ts'
import { styleText, type TextStyle } from '../../io/terminal-text.ts'

/** The sign of a step: it adds, changes or removes. */
const SIGNS = {
  addService: '+',
  updateService: '~',
  removeService: '-',
  addDestination: '+',
  updateDestination: '~',
  drainDestination: '-',
  setFallback: '~',
  clearFallback: '~',
  removeDestination: '-',
  setTimeouts: '~',
  startDaemon: '+',
  stopDaemon: '-',
} as const satisfies Record<StepKind, string>

const SIGN_STYLES = { '+': 'green', '~': 'yellow', '-': 'red' } as const satisfies Record<string, TextStyle>

const OUTCOME_STYLES = {
  done: 'green',
  'already-done': 'plain',
  reverted: 'plain',
  'not-attempted': 'yellow',
  failed: 'red',
} as const satisfies Record<StepOutcome, TextStyle>
const OUTCOME_WIDTH = Math.max(...Object.keys(OUTCOME_STYLES).map((outcome) => outcome.length))

/** The reasons for which a step is skipped. */
const REASONS = {
  'not-owned': 'not owned, see --set and --whole',
  'not-allowed': 'not allowed',
  'last-destination': 'last destination of the service',
} as const satisfies Record<SkippedStep['reason'], string>

/** Formats a plan: its steps, draining destinations, skipped steps and warnings, one per line. */
export function printPlan({ steps, skipped, draining, warnings }: PlannedSteps, colours: boolean): string {
  const waiting = draining.filter(({ destination, service }) => !isDrained(steps, service, destination))
  const lines = [
    ...steps.map((step) => printStep(step, colours)),
    ...waiting.map((each) => printDraining(each, colours)),
    ...skipped.map((each) => printSkipped(each, colours)),
    ...warnings.map((warning) => printWarning(warning, colours)),
  ]
  if (steps.length + draining.length === 0) lines.push('Nothing to do.')
  return lines.map((line) => `${line}\n`).join('')
}

/** Formats the outcome of each step, one per line, the warnings, and a summary. */
export function printResult({ steps, skipped, draining, warnings }: ApplyResult, colours: boolean): string {
  const lines = [
    ...steps.map((each) => printStepResult(each, colours)),
    ...draining.map((each) => printDraining(each, colours)),
    ...skipped.map((each) => printSkipped(each, colours)),
    ...warnings.map((warning) => printWarning(warning, colours)),
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
  return `${state}  ${SIGNS[step.kind]} ${escapeControls(`${step.text}${reason}`)}`
}

function printDraining(
  { service, destination, connections, deadline }: DrainingDestination,
  colours: boolean,
): string {
  const seconds = Math.max(0, Math.ceil((deadline - Date.now()) / 1000))
  const text = `. draining ${destination} in ${service}: ${connections} connections left, at most ${seconds} s`
  return styleText(text, 'cyan', colours)
}

function printSkipped({ step, reason }: SkippedStep, colours: boolean): string {
  return styleText(`. skipped (${REASONS[reason]}): ${step.text}`, 'dim', colours)
}

function printWarning(warning: string, colours: boolean): string {
  return styleText(`warning: ${warning}`, 'yellow', colours)
}

function isDrained(steps: readonly Step[], service: string, destination: string): boolean {
  return steps.some(
    (step) =>
      step.kind === 'drainDestination' && step.service === service && step.destination === destination,
  )
}

function summarize(steps: readonly StepResult[]): string {
  if (steps.length === 0) return 'Nothing to do.'
  const counts = Object.keys(OUTCOME_STYLES).map((word) => ({
    word,
    count: steps.filter(({ outcome }) => outcome === word).length,
  }))
  const words = counts.filter(({ count }) => count > 0).map(({ word, count }) => `${count} ${word}`)
  return `${words.join(', ')}.`
}
