import type { SchedulerFactory } from '../ipvs/scheduler.ts'
import { DestinationHashing, SourceHashing } from './hashing.ts'
import {
  failover,
  leastConnection,
  neverQueue,
  overflow,
  shortestExpectedDelay,
  weightedLeastConnection,
} from './least-connection.ts'
import { Locality, ReplicatedLocality } from './locality.ts'
import { Maglev } from './maglev.ts'
import { RoundRobin } from './round-robin.ts'
import { WeightedRoundRobin } from './weighted-round-robin.ts'

/** The schedulers by name; a service with another name, including `none`, receives no connections. */
export const SCHEDULER_FACTORIES: ReadonlyMap<string, SchedulerFactory> = new Map<string, SchedulerFactory>([
  ['rr', (service) => new RoundRobin(service)],
  ['wrr', (service) => new WeightedRoundRobin(service)],
  ['lc', leastConnection],
  ['wlc', weightedLeastConnection],
  ['lblc', (service) => new Locality(service)],
  ['lblcr', (service) => new ReplicatedLocality(service)],
  ['dh', (service) => new DestinationHashing(service)],
  ['sh', (service) => new SourceHashing(service)],
  ['sed', shortestExpectedDelay],
  ['nq', neverQueue],
  ['fo', failover],
  ['ovf', overflow],
  ['mh', (service) => new Maglev(service)],
])
