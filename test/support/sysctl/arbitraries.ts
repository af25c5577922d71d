/** Names of sysctls and interfaces, most of them almost valid. */

import fc from 'fast-check'

/** Text that could make a path leave its directory. */
const trick = fc.constantFrom(
  ...[
    '',
    '.',
    '..',
    '...',
    '/',
    '//',
    '///',
    '/.',
    './',
    '../..',
    '\0',
    'a\0',
    ' ',
    '\n',
    '\t',
    '\\',
    '%2e%2e',
    '~',
  ],
  ...[
    '\u2025',
    '\uff0e\uff0e',
    '\u2215',
    '\u00a0',
    '\ud800',
    '\udfff',
    'à',
    '接口',
    '\u202e',
    '\ufeff',
    'e\u0301',
  ],
  ...['1234567890123456', 'x'.repeat(255), 'x'.repeat(256), 'x'.repeat(5000), '接'.repeat(6)],
  ...['constructor', '__proto__', 'kernel', 'modprobe', 'etc', 'passwd', 'self', 'proc', 'sys'],
)
const plain = fc.constantFrom('lo', 'eth0', 'eth0.100', 'eth0/100', 'all', 'default', 'br-1', 'a=b', '*')
const part = fc.oneof(
  { weight: 3, arbitrary: trick },
  { weight: 3, arbitrary: plain },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.tuple(plain, trick).map(([first, second]) => first + second) },
  { weight: 1, arbitrary: fc.tuple(trick, trick, trick).map((parts) => parts.join('')) },
)

/** A possible name of an interface. */
export const anyInterface = part

/** A possible last part of the name of an interface's sysctl. */
export const anySetting = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('forwarding', 'arp_ignore', 'rp_filter', 'accept_redirects', 'accept_dad'),
  },
  { weight: 1, arbitrary: part },
)

const beginning = fc.constantFrom(
  ...[
    'net.',
    'net.ipv4.',
    'net.ipv4.vs.',
    'net.ipv4.conf.',
    'net.ipv6.conf.',
    'net.ipv4.neigh.',
    'net.core.',
  ],
  ...['net/', '/', '', 'kernel.', '.net.', 'net..', '/proc/sys/net/', 'net.//.', '//.net.', 'NET.'],
)
const end = fc.constantFrom(
  '',
  '.forwarding',
  '.arp_ignore',
  '.',
  '/',
  './/',
  '\0',
  '.modprobe',
  '//.//.kernel.modprobe',
)

/** A possible name of a sysctl. */
export const anyName = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(beginning, fc.array(part, { minLength: 1, maxLength: 3 }), fc.constantFrom('.', '/', ''), end)
      .map(([first, parts, separator, last]) => first + parts.join(separator) + last),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'net.ipv4.ip_forward',
      'net.ipv4.conf.all.arp_ignore',
      'net.ipv4.vs.conntrack',
    ),
  },
)
