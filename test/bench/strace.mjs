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

/** The words of a command line that runs a program and counts its system calls, and those of its children, in a file. */
export const traced = (report, ...words) => [...counting(report), ...words]

/** The same for system calls of sockets only, so that a Node.js program does not bear the cost of tracing the others. */
export const tracedNetwork = (report, ...words) => [
  ...counting(report),
  ...['--seccomp-bpf', '-e', `trace=${[...NETWORK].join(',')}`],
  ...words,
]

/**
 * Runs such a command line and returns the numbers of system calls: those of sockets, and all that were traced. Also returns
 * the number of commands, if the program reports it.
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
