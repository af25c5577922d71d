import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyState } from '../../../../src/state/apply/apply.ts'
import { planTable } from '../../../../src/state/apply/plan.ts'
import { toDesiredState } from '../../../../src/state/document/format-state.ts'
import { resolveDesiredState } from '../../../../src/state/document/resolve-desired-state.ts'
import { checkOptions } from '../../../../src/state/plan/options.ts'
import { twoStates } from '../../../support/state/arbitrary-states.ts'
import { countDifferences, sortedTable } from '../../../support/state/compare-tables.ts'
import { ModelTable } from '../../../support/state/model-table.ts'
import { OrderRules } from '../../../support/state/order-rules.ts'

const EVERYTHING = checkOptions({ owns: () => true })

describe('applying a desired state', () => {
  it('makes any table from any other with the fewest steps and without an interruption (10,000 cases)', async () => {
    await fc.assert(
      fc.asyncProperty(twoStates, async ([from, to]) => {
        const table = ModelTable.of(from)
        const wanted = ModelTable.of(to).current
        const rules = new OrderRules(table.current, wanted)
        table.after = (command) => rules.check(command, table.current)
        const differences = countDifferences(table.current, wanted)
        const planned = planTable(table.current, to).steps.map(({ text }) => text)

        const result = await applyState(table.context, resolveDesiredState(to), EVERYTHING)

        expect(planned).toHaveLength(differences)
        expect(rules.violations).toEqual([])
        expect(sortedTable(table.current)).toEqual(sortedTable(wanted))
        expect(result.steps.map(({ step }) => step.text)).toEqual(planned)
        expect(new Set(result.steps.map(({ outcome }) => outcome)).size).toBeLessThanOrEqual(1)
        expect(planTable(table.current, to).steps).toEqual([])
        expect(result.rounds).toBe(1)
        expect(table.readings).toBe(1)
      }),
      { numRuns: 10_000 },
    )
  }, 300_000)

  it('makes the same table again from an export (2,000 cases)', async () => {
    await fc.assert(
      fc.asyncProperty(twoStates, async ([state]) => {
        const table = ModelTable.of(state)
        const exported = toDesiredState(table.current)
        expect(planTable(table.current, exported).steps).toEqual([])
        expect(toDesiredState(ModelTable.of(exported).current)).toEqual(exported)
      }),
      { numRuns: 2000 },
    )
  }, 120_000)
})
