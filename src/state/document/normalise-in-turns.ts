import { setImmediate } from 'node:timers/promises'
import { TimeSlice } from '../../netlink/connection/time-slice.ts'
import type { DesiredState } from '../model/desired-state.ts'
import type { ResolvedState } from '../model/target.ts'
import { normalising } from './normalise.ts'

/** So many services are always done at once: by the clock alone it would be chance which document may be changed again. */
const AT_ONCE = 256

/**
 * Checks a desired state and fills in what it leaves open, as `normalise` does, and lets the event loop go round where that
 * takes long: while the kernel tells its table there is time for it. One of up to 256 services is done at once,
 * so that its owner may change it again as soon as the call has returned.
 *
 * @throws {DesiredStateError} at once or by the promise, with everything that is wrong.
 */
export function normaliseInTurns(desired: DesiredState): ResolvedState | Promise<ResolvedState> {
  const work = normalising(desired)
  const target = takeTurn(work, AT_ONCE)
  if (target !== undefined) return target
  const rest = takeTurns(work)
  // Nobody waits for it yet, or ever, where the table cannot be read.
  rest.catch(() => undefined)
  return rest
}

async function takeTurns(work: Generator<void, ResolvedState, void>): Promise<ResolvedState> {
  for (;;) {
    await setImmediate()
    const target = takeTurn(work, 1)
    if (target !== undefined) return target
  }
}

/** Does as much as may be done in one turn, and `least` services in any case; gives the target when that was the rest. */
function takeTurn(work: Generator<void, ResolvedState, void>, least: number): ResolvedState | undefined {
  const turn = new TimeSlice()
  turn.begin()
  for (let count = 0; count < least || !turn.isOver; count++) {
    const { done, value } = work.next()
    if (done === true) return value
  }
  return undefined
}
