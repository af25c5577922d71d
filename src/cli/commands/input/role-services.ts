import type { RoleService } from '../../../host/resource/service.ts'
import { resolveDesiredState } from '../../../state/document/normalise.ts'
import type { DesiredState } from '../../../state/model/desired-state.ts'
import { UsageError } from '../../io/failure.ts'

/** The services that a file names, with their destinations and nothing left open. */
export function toRoleServices(desired: DesiredState, file: string): RoleService[] {
  const { services } = resolveDesiredState(desired)
  if (services === undefined) throw new UsageError(`${file} names no services`)
  return [...services.values()].map(
    ({ key, settings, destinations }) =>
      ({ ...key, ...settings, destinations: destinations?.list ?? [] }) as RoleService,
  )
}
