import { readFileSync } from 'node:fs'
import { runForJson } from './run.mjs'

/** The system calls of sockets. */
const NETWORK = new Set(
  ['socket', 'socketpair', 'bind', 'connect', 'listen', 'accept', 'accept4', 'shutdown'].concat(
    ['getsockname', 'getpeername', 'setsockopt', 'getsockopt'],
    ['sendto', 'sendmsg', 'sendmmsg', 'recvfrom', 'recvmsg', 'recvmmsg'],
  ),
)

const counting = (report) => ['strace', '-f', '-c', '-U', 'calls,name', '-o', report]

/** Words that run a program with all its system calls, and those of its children, counted into a file. */
export const traced = (report, ...words) => [...counting(report), ...words]

/** The same for calls of sockets alone, which spares a Node.js program the cost of all its others. */
export const tracedNetwork = (report, ...words) => [
  ...counting(report),
  ...['--seccomp-bpf', '-e', `trace=${[...NETWORK].join(',')}`],
  ...words,
]

/**
 * Runs such words and gives the numbers of system calls: those of sockets, and all that were looked at. Also the number of
 * commands, where the program says it.
 */
export async function countCalls(report, words) {
  const { commands } = await runForJson(words)
  const count = { network: 0, all: 0, commands }
  for (const line of readFileSync(report, 'utf8').split('\n')) {
    const [, calls, name] = /^\s*(\d+)\s+(\w+)$/.exec(line) ?? []
    if (name === undefined || name === 'total') continue
    count.all += Number(calls)
    if (NETWORK.has(name)) count.network += Number(calls)
  }
  return count
}
