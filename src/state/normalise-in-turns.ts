import { setImmediate } from 'node:timers/promises'
import { Turn } from '../netlink/turn.ts'
import type { DesiredState } from './desired-state.ts'
import { normalising } from './normalise.ts'
import type { TargetTable } from './target.ts'

/**
 * Checks a desired state and fills in what it leaves open, as `normalise` does, and lets the event loop go round where that
 * takes long: while the kernel tells its table there is time for it. What takes no longer than a turn is done at once, so that a
 * caller with a small document may change it again as soon as the call has returned.
 *
 * @throws {DesiredStateError} at once or by the promise, with everything that is wrong.
 */
export function normaliseInTurns(desired: DesiredState): TargetTable | Promise<TargetTable> {
  const work = normalising(desired)
  const target = takeTurn(work)
  if (target !== undefined) return target
  const rest = takeTurns(work)
  // Nobody waits for it yet, or ever, where the table cannot be read.
  rest.catch(() => undefined)
  return rest
}

async function takeTurns(work: Generator<void, TargetTable, void>): Promise<TargetTable> {
  for (;;) {
    await setImmediate()
    const target = takeTurn(work)
    if (target !== undefined) return target
  }
}

/** Does as much as may be done in one turn; gives the target when that was the rest. */
function takeTurn(work: Generator<void, TargetTable, void>): TargetTable | undefined {
  const turn = new Turn()
  turn.begin()
  while (!turn.isOver) {
    const { done, value } = work.next()
    if (done === true) return value
  }
  return undefined
}
