import type { DirectedService } from '../../../host/resource/service.ts'
import type { DesiredState } from '../../../state/model/desired-state.ts'
import { normalise } from '../../../state/document/normalise.ts'
import { Mistake } from '../../io/failure.ts'

/** The services that a file names, with their destinations and nothing left open. */
export function directedServices(desired: DesiredState, file: string): DirectedService[] {
  const { services } = normalise(desired)
  if (services === undefined) throw new Mistake(`${file} names no services`)
  return [...services.values()].map(
    ({ key, settings, destinations }) =>
      ({ ...key, ...settings, destinations: destinations?.list ?? [] }) as DirectedService,
  )
}
