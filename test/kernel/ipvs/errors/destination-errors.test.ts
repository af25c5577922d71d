/**
 * The kernel refuses an invalid destination with a bare EINVAL. The library finds the reason by inspecting the namespace.
 */

import { describe } from 'vitest'
import type { DestinationInput } from '../../../../src/index.ts'
import { testRefusal, web, web6 } from '../../../support/kernel/ipvs/refusal.ts'

function refusesAddress(service: string, destination: DestinationInput, subject: string, says: RegExp): void {
  testRefusal('addDestination', 'EINVAL', subject, {
    about: `${service} -> ${subject}`,
    says,
    call: (ipvs) => ipvs.addDestination(service, destination),
  })
}

describe('an IPv4 address that is not a unicast address', () => {
  it4('0.0.0.0', /0\.0\.0\.0 is not a unicast address/)
  it4('255.255.255.255', /255\.255\.255\.255 is not a unicast address/)
  it4('224.0.0.1', /224\.0\.0\.1 is not a unicast address/)
  it4('239.255.255.255', /239\.255\.255\.255 is not a unicast address/)
  it4('192.0.2.255', /192\.0\.2\.255 is a broadcast address of a network of this host/)
  it4('127.255.255.255', /127\.255\.255\.255 is a broadcast address of a network of this host/)

  function it4(address: string, says: RegExp): void {
    refusesAddress(web, { address, forwarding: 'dr' }, `${address}:80`, says)
  }
})

describe('an IPv6 address that is not a unicast address', () => {
  for (const address of ['::', 'fe80::1', 'ff02::1', 'ff0e::1', '::ffff:192.0.2.20']) {
    const says = new RegExp(`${address.replaceAll('.', '\\.')} is not a unicast address.*or is link-local`)
    refusesAddress(web6, { address, forwarding: 'dr' }, `[${address}]:80`, says)
    refusesAddress(web, { address, forwarding: 'tun' }, `[${address}]:80`, says)
  }
})

describe('a namespace whose loopback interface is down', () => {
  testRefusal('addDestination', 'EINVAL', 'any IPv4 address', {
    loopback: 'down',
    about: `${web} -> 198.51.100.1:80`,
    says: /no local IPv4 address.*bring up its loopback interface: ip link set lo up/,
    call: (ipvs) => ipvs.addDestination(web, { address: '198.51.100.1', forwarding: 'nat' }),
  })

  testRefusal('addDestination', 'EINVAL', 'an IPv4 address through a tunnel of an IPv6 service', {
    loopback: 'down',
    about: `${web6} -> 198.51.100.1:80`,
    says: /bring up its loopback interface: ip link set lo up/,
    call: (ipvs) => ipvs.addDestination(web6, { address: '198.51.100.1', forwarding: 'tun' }),
  })
})

describe('a destination of the other family while a synchronisation daemon runs', () => {
  const overIPv6 = { address: '2001:db8::20', forwarding: 'tun', tunnel: { type: 'ipip' } } as const
  const says = /synchronisation daemon is running.*another address family; stop the daemon first/

  for (const role of ['master', 'backup'] as const) {
    testRefusal('addDestination', 'EINVAL', `a ${role} runs`, {
      about: `${web} -> [2001:db8::20]:80`,
      says,
      prepare: ({ ipvs }) => ipvs.startDaemon({ role, interface: 'eth0' }),
      call: (ipvs) => ipvs.addDestination(web, overIPv6),
    })
  }

  testRefusal(
    'updateDestination',
    'EINVAL',
    'the destination does not exist either, which the kernel checks later',
    {
      about: `${web} -> [2001:db8::20]:80`,
      says,
      prepare: ({ ipvs }) => ipvs.startDaemon({ role: 'master', interface: 'eth0' }),
      call: (ipvs) =>
        ipvs.updateDestination(web, { ...overIPv6, weight: 1, upperThreshold: 0, lowerThreshold: 0 }),
    },
  )
})
