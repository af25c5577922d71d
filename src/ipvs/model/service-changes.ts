import { checkPersistenceFields, type Persistence, type PersistenceState } from './persistence.ts'
import type { ServiceSettings, ServiceState } from './service.ts'
import { SETTINGS } from './service-fields.ts'

/** Whether changes contain all settings, so that the service can be set without reading it first. */
export function isCompleteService(settings: ServiceSettings): boolean {
  const { persistence } = settings
  const open = persistence !== null && (persistence?.timeout === undefined || persistence.mask === undefined)
  return !open && SETTINGS.every((name) => settings[name] !== undefined)
}

/**
 * Removes scheduler flags without a scheduler, so that the changes can be checked on their own: flags can be checked only if
 * the scheduler is known.
 */
export function withPlaceholders(changes: ServiceSettings): ServiceSettings {
  if (changes.scheduler !== undefined || !Array.isArray(changes.schedulerFlags)) return changes
  return { ...changes, schedulerFlags: [] }
}

/** Applies changes to a service; omitted settings keep their values. */
export function mergeService(current: ServiceState, changes: ServiceSettings): ServiceSettings {
  const scheduler = changes.scheduler === undefined ? current.scheduler : changes.scheduler
  return {
    scheduler,
    schedulerFlags: changes.schedulerFlags ?? (scheduler === current.scheduler ? current.schedulerFlags : []),
    onePacket: changes.onePacket ?? current.onePacket,
    persistence: mergePersistence(current.persistence, changes.persistence),
    persistenceEngine:
      changes.persistenceEngine === undefined ? current.persistenceEngine : changes.persistenceEngine,
  }
}

function mergePersistence(
  current: PersistenceState | null,
  changes: Persistence | null | undefined,
): Persistence | null {
  if (changes === undefined) return current
  if (changes === null || current === null) return changes
  checkPersistenceFields(changes)
  return { timeout: changes.timeout ?? current.timeout, mask: changes.mask ?? current.mask }
}
