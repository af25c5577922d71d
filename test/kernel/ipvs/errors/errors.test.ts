/**
 * Every refusal of the kernel that a caller can provoke: the name and number of the error, the command, its subject, an
 * explanation with the remedy, and that a refused command changes nothing.
 *
 * EINVAL about destinations is in destination-errors.test.ts, refusals about daemons are in daemon-errors.test.ts, and EPERM is
 * in privilege.test.ts. Errors of the kernel that callers never see:
 * - EINVAL for attributes that are missing or malformed, for a gue tunnel without a port, for an IPv6 prefix length or a
 *   group that is not multicast; ERANGE for weights and thresholds: the library checks these before it sends anything.
 * - EAFNOSUPPORT: requires a kernel without IPv6 (ipv6.disable=1 on its command line).
 * - ENOPROTOOPT: requires a command at the moment when the module is unloaded.
 * - ENOENT of generic netlink while the module is not loaded: module.test.ts.
 * - EINTR of a daemon that is stopped before it has run, for which the kernel sends no reply: daemons.test.ts.
 * - EOPNOTSUPP, EMSGSIZE, EBUSY: the library sends no unknown command, no datagram larger than the socket's buffer, and one
 *   dump at a time.
 * - ENOMEM, and EADDRNOTAVAIL of a daemon: no way to provoke them is known.
 */

import { describe, expect, it } from 'vitest'
import type { Ipvs } from '../../../../src/index.ts'
import { makeHost, readEverything, testRefusal, web, web6 } from '../../../support/kernel/ipvs/refusal.ts'
import { makeNamespace } from '../../../support/kernel/namespace.ts'

const missing = 'udp://192.0.2.10:53'
const missingKey = { protocol: 'udp', address: '192.0.2.10', port: 53 } as const
const NO_SERVICE = /no such virtual service; add it with addService/

/** Complete settings, which updates write without reading first. */
const wholeService = {
  scheduler: 'rr',
  schedulerFlags: [],
  onePacket: false,
  persistence: null,
  persistenceEngine: null,
} as const
const wholeDestination = {
  address: '192.0.2.20',
  port: 80,
  forwarding: 'dr',
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
} as const

describe('services', () => {
  testRefusal('addService', 'EEXIST', 'the service exists', {
    about: web,
    says: /already exists; change it with updateService, or remove it/,
    call: (ipvs) => ipvs.addService({ protocol: 'tcp', address: '192.0.2.10', port: 80 }),
  })

  testRefusal(
    'addService',
    'EEXIST',
    'the mark has a service in this family, and the new service has a wrong scheduler',
    {
      about: 'fwmark://7/ipv6',
      says: /already exists/,
      prepare: ({ ipvs }) => ipvs.addService({ fwmark: 7, family: 'ipv6' }),
      call: (ipvs) => ipvs.addService({ fwmark: 7, family: 'ipv6', scheduler: 'nosuch' }),
    },
  )

  testRefusal('addService', 'ENOENT', 'no such scheduler', {
    about: missing,
    says: /no scheduler 'nosuch' .*modprobe ip_vs_nosuch$/,
    call: (ipvs) => ipvs.addService({ ...missingKey, scheduler: 'nosuch' }),
  })

  testRefusal('addService', 'ENOENT', 'no such persistence engine', {
    about: missing,
    says: /no persistence engine 'nosuch' .*modprobe .*ip_vs_pe_nosuch/,
    call: (ipvs) => ipvs.addService({ ...missingKey, persistenceEngine: 'nosuch' }),
  })

  testRefusal('updateService', 'ESRCH', 'no such service to read', {
    about: missing,
    says: NO_SERVICE,
    call: (ipvs) => ipvs.updateService(missing, { scheduler: 'rr' }),
  })

  testRefusal('updateService', 'ESRCH', 'no such service to set', {
    about: missing,
    says: NO_SERVICE,
    call: (ipvs) => ipvs.updateService(missing, wholeService),
  })

  testRefusal('updateService', 'ENOENT', 'no such scheduler', {
    about: web,
    says: /no scheduler 'nosuch' .*modprobe ip_vs_nosuch$/,
    call: (ipvs) => ipvs.updateService(web, { scheduler: 'nosuch', persistence: {} }),
  })

  testRefusal('updateService', 'ENOENT', 'no such persistence engine', {
    about: web,
    says: /no persistence engine 'nosuch' .*modprobe .*ip_vs_pe_nosuch/,
    call: (ipvs) => ipvs.updateService(web, { persistenceEngine: 'nosuch', persistence: {} }),
  })

  testRefusal('updateService', 'EINVAL', 'more destinations than mh has room for', {
    about: web6,
    says: /mh supports at most 4093 unless/,
    prepare: ({ ipvs }) => addDestinations(ipvs, web6, 4094),
    call: (ipvs) => ipvs.updateService(web6, { scheduler: 'mh', persistence: {} }),
  })

  testRefusal('removeService', 'ESRCH', 'no such service', {
    about: missing,
    says: NO_SERVICE,
    call: (ipvs) => ipvs.removeService(missing),
  })

  testRefusal('service', 'ESRCH', 'no such service', {
    about: missing,
    says: NO_SERVICE,
    call: (ipvs) => ipvs.service(missing),
  })

  testRefusal('destinations', 'ESRCH', 'no such service, although the kernel shows it as one without any', {
    about: missing,
    says: NO_SERVICE,
    call: (ipvs) => ipvs.destinations(missing),
  })

  testRefusal('zero', 'ESRCH', 'no such service', {
    about: missing,
    says: NO_SERVICE,
    call: (ipvs) => ipvs.zero(missing),
  })
})

describe('destinations', () => {
  const there = `${web} -> 192.0.2.20:80`
  const elsewhere = `${missing} -> 192.0.2.20:53`
  const otherPort = `${web} -> 192.0.2.20:81`

  testRefusal('addDestination', 'ESRCH', 'no such service', {
    about: elsewhere,
    says: /no such virtual service; add it with addService before its destinations/,
    call: (ipvs) => ipvs.addDestination(missing, { address: '192.0.2.20', forwarding: 'dr' }),
  })

  testRefusal('addDestination', 'EEXIST', 'the service has it', {
    about: there,
    says: /already has this destination; change it with updateDestination/,
    call: (ipvs) => ipvs.addDestination(web, { address: '192.0.2.20', forwarding: 'nat', weight: 3 }),
  })

  testRefusal('updateDestination', 'ESRCH', 'no such service to read', {
    about: elsewhere,
    says: NO_SERVICE,
    call: (ipvs) => ipvs.updateDestination(missing, { address: '192.0.2.20', weight: 3 }),
  })

  testRefusal('updateDestination', 'ESRCH', 'no such service to set', {
    about: `${missing} -> 192.0.2.20:80`,
    says: NO_SERVICE,
    call: (ipvs) => ipvs.updateDestination(missing, wholeDestination),
  })

  testRefusal('updateDestination', 'ENOENT', 'no destination on this port among those that are read', {
    about: otherPort,
    says: /no such destination; add it with addDestination .*address and port must both match/,
    call: (ipvs) => ipvs.updateDestination(web, { address: '192.0.2.20', port: 81, weight: 3 }),
  })

  testRefusal('updateDestination', 'ENOENT', 'no destination on this port to set', {
    about: otherPort,
    says: /no such destination; add it with addDestination/,
    call: (ipvs) => ipvs.updateDestination(web, { ...wholeDestination, port: 81 }),
  })

  testRefusal('removeDestination', 'ESRCH', 'no such service', {
    about: elsewhere,
    says: NO_SERVICE,
    call: (ipvs) => ipvs.removeDestination(missing, { address: '192.0.2.20' }),
  })

  testRefusal('removeDestination', 'ENOENT', 'no destination on this port', {
    about: otherPort,
    says: /no such destination/,
    call: (ipvs) => ipvs.removeDestination(web, { address: '192.0.2.20', port: 81 }),
  })
})

it('setTimeouts EINVAL: longer than 2^31 ticks, at 100 to 1000 per second', async () => {
  const host = await makeHost()
  const before = await readEverything(host.ipvs)
  const longest = 21_474_836

  const error: unknown = await host.ipvs
    .setTimeouts({ tcp: longest, udp: 5 })
    .catch((reason: unknown) => reason)

  if ((await ticksPerSecond()) === 100) {
    expect(error).toBeUndefined()
    expect(await host.ipvs.timeouts()).toEqual({ ...before.timeouts, tcp: longest, udp: 5 })
  } else {
    expect(error).toMatchObject({ code: 'EINVAL', errno: 22, command: 'setTimeouts', subject: '' })
    expect(String(error)).toMatch(/larger than the kernel can represent .*nothing was changed/)
    expect(await readEverything(host.ipvs)).toEqual(before)
  }
})

/** The kernel's HZ: /proc/net/ip_vs shows the timeout of persistence in ticks. */
async function ticksPerSecond(): Promise<number> {
  const host = await makeNamespace()
  await host.ipvs.addService({ fwmark: 1, persistence: { timeout: 1 } })
  return Number(/persistent (\d+)/.exec(await host.read('/proc/net/ip_vs'))?.[1])
}

async function addDestinations(ipvs: Ipvs, service: string, count: number): Promise<void> {
  const destinations = Array.from({ length: count }, (_, index) =>
    ipvs.addDestination(service, { address: `2001:db8::1:${index.toString(16)}`, forwarding: 'dr' }),
  )
  await Promise.all(destinations)
}
