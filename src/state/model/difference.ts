import type { Daemon } from '../../ipvs/model/daemon.ts'
import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service } from '../../ipvs/model/service.ts'
import {
  DAEMON_SETTINGS,
  DESTINATION_SETTINGS,
  type ResolvedDaemon,
  type ResolvedDestination,
  SERVICE_SETTINGS,
  type ServiceSetting,
} from './target.ts'

/** A setting that differs. */
export interface SettingChange {
  /** Its name, such as `weight`. */
  readonly setting: string
  /** What it is. */
  readonly from: unknown
  /** What it is to be. */
  readonly to: unknown
}

const NONE: readonly SettingChange[] = []

type Settings<N extends string> = Readonly<Record<N, unknown>>

/** How the settings of a service differ. */
export function diffServiceSettings(
  from: Pick<Service, ServiceSetting>,
  to: Settings<ServiceSetting>,
): readonly SettingChange[] {
  return differenceIn(SERVICE_SETTINGS, from, to)
}

/** How the settings of a destination differ. */
export function diffDestinationSettings(
  from: Destination,
  to: Destination | ResolvedDestination,
): readonly SettingChange[] {
  return differenceIn(DESTINATION_SETTINGS, from, to)
}

/** How a daemon differs from what it is to be; a length that is left to the kernel is any. */
export function diffDaemonSettings(from: Daemon, to: Daemon | ResolvedDaemon): readonly SettingChange[] {
  const { maximumLength = from.maximumLength } = to
  return differenceIn(DAEMON_SETTINGS, from, { ...to, maximumLength })
}

function differenceIn<N extends string>(
  names: readonly N[],
  from: Settings<N>,
  to: Settings<N>,
): readonly SettingChange[] {
  let changes: SettingChange[] | undefined
  for (const setting of names) {
    if (isSame(from[setting], to[setting])) continue
    changes ??= []
    changes.push({ setting, from: from[setting], to: to[setting] })
  }
  return changes ?? NONE
}

/** Whether two values of a setting are the same: words, numbers, lists of words, or objects of these. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length) return false
  return names.every((name) =>
    isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
  )
}

/** A value of a setting for people. */
export function formatSetting(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(' ')
  if (typeof value !== 'object') return value === true ? 'on' : value === false ? 'off' : String(value)
  return Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => `${name} ${part}`)
    .join(' ')
}

/** The name of a setting for people: `upper threshold`. */
export function formatSettingName(setting: string): string {
  return setting.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
