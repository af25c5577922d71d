import {
  checkPersistence,
  type Persistence,
  type PersistenceState,
  readPersistence,
} from '../../ipvs/model/persistence.ts'
import { schedulerFlagBits, schedulerFlagNames } from '../../ipvs/model/scheduler.ts'
import { type ServiceSettings, writeService } from '../../ipvs/model/service.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import type { Family } from '../../netlink/wire/address.ts'
import { WireWriter } from '../../netlink/wire/wire.ts'
import { isSame } from '../model/difference.ts'
import { type ResolvedService, SERVICE_SETTINGS, type ServiceSetting } from '../model/target.ts'

type Settings = ResolvedService['settings']

/** Fills in the settings of services. Of a large table nearly all have the same ones, which are gone into once. */
export class SettingsReader {
  readonly #defaults: ServiceSettings
  readonly #writer = new WireWriter()
  #given: ServiceSettings | undefined
  #family: Family | undefined
  #settings: Settings | undefined

  /** @param defaults What counts where a service says nothing. */
  constructor(defaults: ServiceSettings) {
    this.#defaults = defaults
  }

  /**
   * The settings of a service as the kernel will show them.
   *
   * @throws {ArgumentTypeError | ArgumentRangeError} that names the setting.
   */
  read(key: ResolvedServiceKey, own: ServiceSettings): Settings {
    const given = mergeDefaults(own, this.#defaults)
    if (this.#settings === undefined || this.#family !== key.family || !isGivenAgain(given, this.#given)) {
      this.#settings = this.#check(key, given)
      this.#given = given
      this.#family = key.family
    }
    return this.#settings
  }

  /** Writing them makes every check that a call would make. */
  #check(key: ResolvedServiceKey, given: ServiceSettings): Settings {
    this.#writer.truncate(0)
    writeService(this.#writer, key, given)
    const { scheduler = 'wlc', schedulerFlags = [], onePacket = false, persistenceEngine = null } = given
    return {
      scheduler,
      schedulerFlags: schedulerFlagNames(scheduler, schedulerFlagBits(scheduler, schedulerFlags)),
      onePacket,
      persistence: persistenceOf(given.persistence, key),
      persistenceEngine,
    }
  }
}

function mergeDefaults(own: ServiceSettings, defaults: ServiceSettings): ServiceSettings {
  const pick = <N extends ServiceSetting>(name: N) => (own[name] === undefined ? defaults[name] : own[name])
  const scheduler = pick('scheduler')
  const sameScheduler = scheduler === defaults.scheduler
  return {
    scheduler,
    schedulerFlags: sameScheduler ? pick('schedulerFlags') : own.schedulerFlags,
    onePacket: pick('onePacket'),
    persistence: pick('persistence'),
    persistenceEngine: pick('persistenceEngine'),
  }
}

function isGivenAgain(given: ServiceSettings, before: ServiceSettings | undefined): boolean {
  for (const name of SERVICE_SETTINGS) {
    if (!isSame(given[name], before?.[name])) return false
  }
  return true
}

function persistenceOf(
  persistence: Persistence | null | undefined,
  { family }: ResolvedServiceKey,
): PersistenceState | null {
  if (persistence === null || persistence === undefined) return null
  const { timeout, netmask } = checkPersistence(persistence, family)
  return readPersistence(timeout, netmask, family)
}
