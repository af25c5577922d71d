import { fixed, grouped } from '../report/columns.mjs'
import { markdown } from '../report/markdown.mjs'

const WORK = {
  batch: '100,000 commands in one batch',
  calls: '100,000 calls awaited together',
  whole: '100,000 destinations read and kept',
  stream: '100,000 destinations read as a stream',
}

const perSecond = (bytes) => `${grouped(Math.round(bytes / 1e6))} MB/s`

function each(name, { nanoseconds, bytesEach, bytesPerSecond, heapBytesEach }) {
  const heap = Number.isNaN(heapBytesEach ?? Number.NaN) ? '' : grouped(Math.round(heapBytesEach))
  return [name, fixed(nanoseconds, 0), fixed(bytesEach, 0), perSecond(bytesPerSecond), heap]
}

/** The result as Markdown, for the console and the guide. */
export function microText({ commands, decode, large, exchange }) {
  const records = [
    ...Object.entries(commands.batch).map(([operation, figures]) => each(`${operation}, batch`, figures)),
    ...Object.entries(commands.calls).map(([operation, figures]) => each(`${operation}, calls`, figures)),
    each('read a service', decode.services),
    each('read a destination', decode.destinations),
  ]
  const works = Object.entries(large).map(([way, figures]) => [
    WORK[way],
    fixed(figures.seconds, 3),
    fixed(figures.rssBytes / 2 ** 20, 0),
    fixed(figures.loopDelayMs, 1),
    fixed(figures.loopDelayP99Ms, 1),
    fixed(figures.warmSeconds, 3),
    fixed(figures.warmLoopDelayMs, 1),
    fixed(figures.warmLoopDelayP99Ms, 1),
  ])
  const left = ['left']
  return [
    markdown(['operation', 'ns', 'bytes on the wire', 'throughput', 'bytes of heap'], records, left),
    markdown(
      [
        ...['in a new process', 'seconds', 'peak MiB', 'loop ms, max', 'p99'],
        ...['warm: seconds', 'loop ms, max', 'p99'],
      ],
      works,
      left,
    ),
    `One awaited exchange with generic netlink's controller takes ${fixed(exchange.nanoseconds / 1000, 1)} µs, in C ${fixed(exchange.rawNanoseconds / 1000, 1)} µs: ${fixed(exchange.ratio, 1)} times as long.`,
  ].join('\n\n')
}
