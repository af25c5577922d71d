import type { Statistics } from '../../../ipvs/model/statistics.ts'

/** Rates per second. */
export interface Rates {
  readonly connections: number
  readonly incomingPackets: number
  readonly outgoingPackets: number
  readonly incomingBytes: number
  readonly outgoingBytes: number
}

/** The traffic of a service or a destination. */
export interface RateSample {
  /** The counters at the last read. */
  readonly counters: Rates
  /** Time of the last read, in seconds. */
  readonly readAt: number
  /** Time of the last read that found a change. */
  readonly changedAt: number
  /** Rates in the kernel's last sample. */
  readonly rates: Rates
}

/** Seconds between samples of the kernel. Between samples its counters do not change (ip_vs_est.c). */
const SAMPLE_SECONDS = 2
/** Seconds without a change after which there is no traffic. */
const IDLE_SECONDS = 2.5
/** Maximum seconds between reads. With two reads per sample, each change corresponds to exactly one sample. */
export const MAX_READ_INTERVAL = 1

export const NO_TRAFFIC: Rates = {
  connections: 0,
  incomingPackets: 0,
  outgoingPackets: 0,
  incomingBytes: 0,
  outgoingBytes: 0,
}

/**
 * Updates a sample with new counters. A rate is the increase in the kernel's last sample divided by the two seconds of that
 * sample, so it is exact and available at once. Dividing by the time between two reads would be wrong, since that time may
 * contain zero, one or two samples. Until the first increase the rates are the kernel's own, which lag by about ten seconds.
 */
export function updateSample(
  before: RateSample | undefined,
  statistics: Statistics,
  time: number,
): RateSample {
  // Counters that decrease were zeroed, or the entry was removed and added again.
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

/** The number of samples in a change: one, except after a pause. */
function countSamples(time: number, { readAt: read, changedAt: changed }: RateSample): number {
  if (time - read < SAMPLE_SECONDS) return 1
  const sinceSample = (read - changed) % SAMPLE_SECONDS
  return Math.max(1, Math.round((time - read + sinceSample) / SAMPLE_SECONDS))
}

/** Adds rates. */
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
