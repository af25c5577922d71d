import type { Daemon } from '../../ipvs/model/daemon.ts'
import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { formatEndpoint, formatService } from '../../ipvs/model/service-key.ts'
import type { Timeouts } from '../../ipvs/model/settings.ts'
import type { Statistics } from '../../ipvs/model/statistics.ts'
import {
  diffDaemonSettings,
  diffDestinationSettings,
  diffServiceSettings,
  type SettingChange,
} from '../model/difference.ts'
import type { CurrentTable } from '../model/table.ts'

/** The fields that all changes have. */
interface ResourceChange<W extends string, T> {
  /** The kind of resource that changed. */
  readonly resource: W
  /** How it changed. */
  readonly type: 'added' | 'removed' | 'changed'
  /** The settings that changed; empty if it was added or removed. */
  readonly changes: readonly SettingChange[]
  /** The old state; undefined if it was added. */
  readonly before: T | undefined
  /** The new state; undefined if it was removed. */
  readonly after: T | undefined
}

/** A virtual service was added, removed or changed. Its destinations are added and removed with it. */
export interface ServiceChange extends ResourceChange<'service', Service> {
  /** The service as text. */
  readonly service: string
}

/** A destination was added, removed or changed, while its service stayed. */
export interface DestinationChange extends ResourceChange<'destination', Destination> {
  /** Its virtual service as text. */
  readonly service: string
  /** The destination, as `192.0.2.10:80`. */
  readonly destination: string
}

/** A synchronisation daemon was started (`added`), stopped or restarted with other settings. */
export type DaemonChange = ResourceChange<'daemon', Daemon>

/** The connection timeouts changed. */
export type TimeoutsChange = ResourceChange<'timeouts', Timeouts>

/** The counters or rates of a service or a destination changed. */
export interface RatesChange {
  /** The kind of change. */
  readonly resource: 'rates'
  /** Always `changed`. */
  readonly type: 'changed'
  /** The virtual service as text. */
  readonly service: string
  /** The destination; empty for the counters of the service. */
  readonly destination: string
  /** The old values. */
  readonly before: Statistics
  /** The new values. */
  readonly after: Statistics
}

/** A difference between two reads of the table. */
export type TableChange = ServiceChange | DestinationChange | DaemonChange | TimeoutsChange | RatesChange

/** Compares two reads. Services and their destinations come first, in the order of the newer read. */
export function* diffTables(
  before: CurrentTable,
  after: CurrentTable,
  options: { readonly rates: boolean },
): Generator<TableChange, void, undefined> {
  const old = new Map(before.services.map((service) => [formatService(service), service]))
  for (const service of after.services) {
    const name = formatService(service)
    const was = old.get(name)
    old.delete(name)
    if (was === undefined)
      yield { resource: 'service', type: 'added', service: name, changes: [], before: was, after: service }
    else yield* diffServices(name, was, service, options)
  }
  for (const [name, service] of old) {
    yield {
      resource: 'service',
      type: 'removed',
      service: name,
      changes: [],
      before: service,
      after: undefined,
    }
  }
  yield* diffTimeouts(before.timeouts, after.timeouts)
  yield* diffDaemons(before.daemons, after.daemons)
}

function* diffServices(
  name: string,
  before: Service,
  after: Service,
  options: { readonly rates: boolean },
): Generator<TableChange, void, undefined> {
  const changes = diffServiceSettings(before, after)
  if (changes.length > 0)
    yield { resource: 'service', type: 'changed', service: name, changes, before, after }
  if (options.rates) yield* diffRates(name, '', before.statistics, after.statistics)
  const subject = { resource: 'destination', service: name } as const
  const old = new Map(before.destinations.map((each) => [formatEndpoint(each.address, each.port), each]))
  for (const each of after.destinations) {
    const destination = formatEndpoint(each.address, each.port)
    const was = old.get(destination)
    old.delete(destination)
    if (was === undefined) {
      yield { ...subject, type: 'added', destination, changes: [], before: undefined, after: each }
      continue
    }
    const differing = diffDestinationSettings(was, each)
    if (differing.length > 0) {
      yield { ...subject, type: 'changed', destination, changes: differing, before: was, after: each }
    }
    if (options.rates) yield* diffRates(name, destination, was.statistics, each.statistics)
  }
  for (const [destination, was] of old) {
    yield { ...subject, type: 'removed', destination, changes: [], before: was, after: undefined }
  }
}

function* diffRates(
  service: string,
  destination: string,
  before: Statistics,
  after: Statistics,
): Generator<RatesChange, void, undefined> {
  const names = Object.keys(after) as (keyof Statistics)[]
  if (names.every((name) => before[name] === after[name])) return
  yield { resource: 'rates', type: 'changed', service, destination, before, after }
}

function* diffTimeouts(before: Timeouts, after: Timeouts): Generator<TimeoutsChange, void, undefined> {
  const names = (Object.keys(after) as (keyof Timeouts)[]).filter((name) => before[name] !== after[name])
  if (names.length === 0) return
  const changes = names.map((setting) => ({ setting, from: before[setting], to: after[setting] }))
  yield { resource: 'timeouts', type: 'changed', changes, before, after }
}

function* diffDaemons(
  before: readonly Daemon[],
  after: readonly Daemon[],
): Generator<DaemonChange, void, undefined> {
  const old = new Map(before.map((daemon) => [daemon.role, daemon]))
  for (const daemon of after) {
    const was = old.get(daemon.role)
    old.delete(daemon.role)
    const changes = was === undefined ? [] : diffDaemonSettings(was, daemon)
    if (was === undefined) yield { resource: 'daemon', type: 'added', changes, before: was, after: daemon }
    else if (changes.length > 0)
      yield { resource: 'daemon', type: 'changed', changes, before: was, after: daemon }
  }
  for (const daemon of old.values()) {
    yield { resource: 'daemon', type: 'removed', changes: [], before: daemon, after: undefined }
  }
}
