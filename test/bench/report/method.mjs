import { markdown } from './markdown.mjs'

const CLIENTS = {
  limit:
    'a C program: prebuilt messages, 128 KiB per datagram, one acknowledgement each, `recvmmsg`; it decodes nothing',
  'lvs warm':
    'this library in a process that has done the same many times: `ipvs.batch()`, `ipvs.services()`; a new client for each round',
  'lvs stream': 'the same, reading with `ipvs.eachService()` and keeping nothing',
  'lvs overview': 'the same, reading `/proc/net/ip_vs` with `ipvs.overview()`: no statistics, no thresholds',
  'lvs cold':
    'a new process for each operation, measured from before `Ipvs.open()`, without process start and imports',
  'lvs cold stream': 'the same with `ipvs.eachService()`',
  'lvs calls': 'warm, one call per command, all awaited together',
  raw: 'the C program with one send and one receive per command; it reads with `recv`',
  ipvsadm: '`ipvsadm -R` with a file of rules, `ipvsadm -Ln`; from process start to exit',
  'ipvsadm save': 'the same, reading with `ipvsadm -Sn`',
  exec: 'a Node.js program that runs one `ipvsadm` per rule, sequentially; it reads with one `ipvsadm -Ln`',
  netlink:
    'the npm package netlink 0.3.0, hand-made attributes, commands sent sequentially; its reads skip statistics',
  'limit after a flush': 'the C program in a table that has just been flushed; see below',
}

/** How the figures were measured. */
export function methodSection({ rows }) {
  const { destinationsPerService } = rows[0]
  return `## Method

In one run, every client programs the same table: services \`tcp 10.x.y.z:80\` with the scheduler \`rr\`, each with
${destinationsPerService} destinations and direct routing. It then changes the weight of every destination, reads the table, and removes the services
one by one. The first round verifies the table after each step. Each round of each client has a network namespace of its
own, and the next round begins once the kernel has removed that namespace. Clients alternate, in reverse order every other round.
All figures are medians.

${markdown(
  ['client', 'description'],
  Object.entries(CLIENTS).map(([name, text]) => [`\`${name}\``, text]),
  ['left', 'left'],
)}

Commands are plain objects that exist before the clock starts, as the messages of the C programs do. \`exec\` and \`netlink\`
execute only the first commands of a table; their seconds are extrapolated and marked with ~.

System calls are those on sockets, per 1,000 commands or, for reads, per 1,000 services. This library and the C programs
count their own (\`ipvs.activity\`; for \`overview\`, the kernel's count of reads). For the other clients \`strace -f\` counts them,
including process start, in a run that is not timed. Peak memory is the largest resident size during the operation, including its
input; for programs other than Node.js it is \`ru_maxrss\`. The event loop delay is that of \`monitorEventLoopDelay\`. Its
resolution, ten milliseconds on the benchmark kernel and one on the host, is part of each figure.`
}
