import { isDeepStrictEqual } from 'node:util'
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
} from './resolved-state.ts'

/** A setting whose value differs. */
export interface SettingChange {
  /** The name of the setting, such as `weight`. */
  readonly setting: string
  /** The old value. */
  readonly from: unknown
  /** The new value. */
  readonly to: unknown
}

const NONE: readonly SettingChange[] = []

type Settings<N extends string> = Readonly<Record<N, unknown>>

/** Compares the settings of two services. */
export function diffServiceSettings(
  from: Pick<Service, ServiceSetting>,
  to: Settings<ServiceSetting>,
): readonly SettingChange[] {
  return diffSettings(SERVICE_SETTINGS, from, to)
}

/** Compares the settings of two destinations. */
export function diffDestinationSettings(
  from: Destination,
  to: Destination | ResolvedDestination,
): readonly SettingChange[] {
  return diffSettings(DESTINATION_SETTINGS, from, to)
}

/** Compares the settings of two daemons; a desired daemon without a maximum length accepts any length. */
export function diffDaemonSettings(from: Daemon, to: Daemon | ResolvedDaemon): readonly SettingChange[] {
  const { maximumLength = from.maximumLength } = to
  return diffSettings(DAEMON_SETTINGS, from, { ...to, maximumLength })
}

function diffSettings<N extends string>(
  names: readonly N[],
  from: Settings<N>,
  to: Settings<N>,
): readonly SettingChange[] {
  let changes: SettingChange[] | undefined
  for (const setting of names) {
    // `===` first: a weight of -0 in a document is the 0 that the kernel reports.
    if (from[setting] === to[setting] || isDeepStrictEqual(from[setting], to[setting])) continue
    changes ??= []
    changes.push({ setting, from: from[setting], to: to[setting] })
  }
  return changes ?? NONE
}

/** Formats the value of a setting for messages. */
export function formatSetting(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(' ')
  if (typeof value !== 'object') return value === true ? 'on' : value === false ? 'off' : String(value)
  return Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => `${name} ${part}`)
    .join(' ')
}

/** Formats the name of a setting for messages: `upper threshold`. */
export function formatSettingName(setting: string): string {
  return setting.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
