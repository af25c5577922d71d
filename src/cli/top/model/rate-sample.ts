import type { Statistics } from '../../../ipvs/model/statistics.ts'

/** What is counted, each per second. */
export interface Rates {
  readonly connections: number
  readonly incomingPackets: number
  readonly outgoingPackets: number
  readonly incomingBytes: number
  readonly outgoingBytes: number
}

/** What is known of the traffic of a service or a destination. */
export interface RateSample {
  /** Counters as they were last read. */
  readonly counters: Rates
  /** When they were last read, in seconds. */
  readonly readAt: number
  /** When they were last found to have changed. */
  readonly changedAt: number
  /** Per second, in the kernel's last sample. */
  readonly rates: Rates
}

/** Seconds from one sample of the kernel to the next: between them its counters stand still (ip_vs_est.c). */
const SAMPLE_SECONDS = 2
/** Seconds after which counters that stand still mean that there is no traffic. */
const IDLE_SECONDS = 2.5
/** Seconds between readings, at most: with two of them in each sample, every change that is seen is one sample. */
export const MAX_READ_INTERVAL = 1

export const NO_TRAFFIC: Rates = {
  connections: 0,
  incomingPackets: 0,
  outgoingPackets: 0,
  incomingBytes: 0,
  outgoingBytes: 0,
}

/**
 * Follows counters from one reading to the next. A rate is what the kernel's last sample added, divided by the two seconds
 * that it took: exact, and there as soon as the kernel knows it. What passed between two readings would be divided by the
 * wrong time: one sample may lie between them, or none, or two. The kernel's own rates, which lag by some ten seconds,
 * are shown until there is a first difference.
 */
export function updateSample(
  before: RateSample | undefined,
  statistics: Statistics,
  time: number,
): RateSample {
  // Counters that go back were zeroed, or belong to another of the same name.
  if (before === undefined || isAnyLess(statistics, before.counters)) {
    return { counters: statistics, readAt: time, changedAt: time, rates: kernelRates(statistics) }
  }
  if (!isAnyLess(before.counters, statistics)) {
    const isSilent = time - before.changedAt > IDLE_SECONDS
    return { ...before, readAt: time, rates: isSilent ? NO_TRAFFIC : before.rates }
  }
  const rates = perSecond(before.counters, statistics, countSamples(time, before) * SAMPLE_SECONDS)
  return { counters: statistics, readAt: time, changedAt: time, rates }
}

/** How many samples a change is made of: one, but after a pause. They come in step with those before. */
function countSamples(time: number, { readAt: read, changedAt: changed }: RateSample): number {
  if (time - read < SAMPLE_SECONDS) return 1
  const sinceSample = (read - changed) % SAMPLE_SECONDS
  return Math.max(1, Math.round((time - read + sinceSample) / SAMPLE_SECONDS))
}

/** The sum of rates. */
export function addRates(all: readonly Rates[]): Rates {
  const sum = { ...NO_TRAFFIC }
  for (const rates of all) {
    sum.connections += rates.connections
    sum.incomingPackets += rates.incomingPackets
    sum.outgoingPackets += rates.outgoingPackets
    sum.incomingBytes += rates.incomingBytes
    sum.outgoingBytes += rates.outgoingBytes
  }
  return sum
}

function isAnyLess(one: Rates, other: Rates): boolean {
  return (
    one.connections < other.connections ||
    one.incomingPackets < other.incomingPackets ||
    one.outgoingPackets < other.outgoingPackets ||
    one.incomingBytes < other.incomingBytes ||
    one.outgoingBytes < other.outgoingBytes
  )
}

function perSecond(before: Rates, after: Rates, seconds: number): Rates {
  return {
    connections: (after.connections - before.connections) / seconds,
    incomingPackets: (after.incomingPackets - before.incomingPackets) / seconds,
    outgoingPackets: (after.outgoingPackets - before.outgoingPackets) / seconds,
    incomingBytes: (after.incomingBytes - before.incomingBytes) / seconds,
    outgoingBytes: (after.outgoingBytes - before.outgoingBytes) / seconds,
  }
}

function kernelRates(statistics: Statistics): Rates {
  return {
    connections: statistics.connectionsPerSecond,
    incomingPackets: statistics.incomingPacketsPerSecond,
    outgoingPackets: statistics.outgoingPacketsPerSecond,
    incomingBytes: statistics.incomingBytesPerSecond,
    outgoingBytes: statistics.outgoingBytesPerSecond,
  }
}
