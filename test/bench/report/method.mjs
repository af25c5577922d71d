import { markdown } from './markdown.mjs'

const CLIENTS = {
  limit:
    'a C program: messages made beforehand, 128 KiB a datagram, one acknowledgement each, `recvmmsg`; it decodes nothing',
  'lvs warm':
    'this library in a process that has done the same many times: `ipvs.batch()`, `ipvs.services()`; a new client for each round',
  'lvs stream': 'the same, reading with `ipvs.eachService()` and keeping nothing',
  'lvs overview': 'the same, reading `/proc/net/ip_vs` with `ipvs.overview()`: no statistics, no limits',
  'lvs cold':
    'a new process for each operation: from before `Ipvs.open()` on, without the start of the process and imports',
  'lvs cold stream': 'the same with `ipvs.eachService()`',
  'lvs calls': 'warm, one call a command, all awaited together',
  raw: 'the C program, one send and one receive a command; it reads with `recv`',
  ipvsadm: '`ipvsadm -R` with a file of rules, `ipvsadm -Ln`; from the start of the process to its end',
  'ipvsadm save': 'the same, reading with `ipvsadm -Sn`',
  exec: 'a Node.js program that runs one `ipvsadm` a rule, one after another; it reads with one `ipvsadm -Ln`',
  netlink:
    'the npm package netlink 0.3.0, attributes made by hand, one command after another; reading leaves statistics aside',
  'limit after a flush': 'the C program in a table that was flushed just before; see below',
}

/** What the figures mean. */
export function methodSection({ rows }) {
  const { destinationsPerService } = rows[0]
  return `## How

Every client programs the same table in the same run: services \`tcp 10.x.y.z:80\` with the scheduler \`rr\`, each with
${destinationsPerService} destinations by direct routing. Then it changes the weight of every destination, reads all, and removes the services one
by one. In the first round the table is looked at after each step. Each round of each client has a network namespace of its
own, and the next one begins when the kernel has cleared that away. Clients take turns, in reverse order every other round.
The figures are medians.

${markdown(
  ['client', 'what it is'],
  Object.entries(CLIENTS).map(([name, text]) => [`\`${name}\``, text]),
  ['left', 'left'],
)}

Commands are plain objects that are there before the clock starts, as the messages of the C programs are. \`exec\` and \`netlink\`
do only the first commands of a table; their seconds are scaled up and marked with ~.

System calls are those of sockets, for 1,000 commands, or when reading for 1,000 services. This library and the C programs
count them (\`ipvs.activity\`; for \`overview\` the kernel's count of reads); of the others \`strace -f\` counts them, the start of
the program included, in a run that is not timed. Peak memory is what was resident at most during the operation, input
included; of programs other than Node.js, their \`ru_maxrss\`. The delay of the event loop is that of \`monitorEventLoopDelay\` with a
resolution of ten milliseconds under the kernel and of one without it, which is part of each figure.`
}
