import { countOf, OPERATIONS } from '../rules.mjs'
import { medianOf } from '../statistics.mjs'

/**
 * The rows of the result: medians over the rounds, compared with the limit, with the system calls from their separate
 * count. Sorted by size, operation and client; the first row of each client is the main one.
 */
export function rowsOf({ samples, counts, trash }, clients) {
  const rows = [...groupBy(samples, identity).values()].map((group) => rowOf(group, counts))
  if (trash !== undefined) rows.push(trashRow(trash))
  const places = (row) => [row.services, OPERATIONS.indexOf(row.operation), clients.indexOf(row.client)]
  rows.sort((a, b) => compare(places(a), places(b)))
  for (const row of rows) {
    const limit = rows.find(
      ({ client, variant, operation, services }) =>
        client === 'limit' && variant === '' && operation === row.operation && services === row.services,
    )
    row.ratioToLimit ??= row.seconds / limit.seconds
  }
  return rows
}

const identity = ({ client, variant, operation, services }) => `${services} ${operation} ${client} ${variant}`

function groupBy(values, keyOf) {
  const groups = new Map()
  for (const value of values) {
    const key = keyOf(value)
    groups.set(key, [...(groups.get(key) ?? []), value])
  }
  return groups
}

const compare = (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]

function rowOf(samples, counts) {
  const { client, variant, operation, services, destinations, commands, scaled, note } = samples[0]
  const traced = counts.find(
    (count) => count.client === client && count.variant === variant && count.operation === operation,
  )
  const calls = traced === undefined ? medianOf(samples, 'calls') : traced.network
  const perCommand = calls === null ? null : calls / (traced?.commands ?? commands)
  return {
    ...{ client, variant, operation, services, destinationsPerService: destinations, commands },
    seconds: medianOf(samples, 'seconds'),
    ratioToLimit: null,
    syscallsPer1000: perCommand === null ? null : perCommand * 1000,
    ...(operation === 'read' ? { syscallsPerService: perCommand } : {}),
    ...(traced?.all === undefined ? {} : { allSyscallsPer1000: (traced.all / traced.commands) * 1000 }),
    rssBytes: medianOf(samples, 'rssBytes'),
    loopDelayMs: medianOf(samples, 'loopDelayMs'),
    loopDelayP99Ms: medianOf(samples, 'loopDelayP99Ms'),
    rounds: samples.length,
    ...(scaled ? { scaled } : {}),
    ...(note === undefined ? {} : { note }),
  }
}

function trashRow({ services, destinations, rounds, againSeconds, ratio, calls, rssBytes }) {
  const commands = countOf('program', { services, destinations })
  return {
    ...{ client: 'limit', variant: 'after a flush', operation: 'program', services },
    ...{ destinationsPerService: destinations, commands, seconds: againSeconds, ratioToLimit: ratio },
    ...{
      syscallsPer1000: (calls / commands) * 1000,
      rssBytes,
      loopDelayMs: null,
      loopDelayP99Ms: null,
      rounds,
    },
  }
}
