/** Refusals of calls about synchronisation daemons. */

import { testRefusal, web } from '../../../support/kernel/ipvs/refusal.ts'

const master = { role: 'master', interface: 'eth0' } as const
const backup = { role: 'backup', interface: 'eth0' } as const

for (const role of ['master', 'backup'] as const) {
  testRefusal('startDaemon', 'ENODEV', `no such interface for a ${role}`, {
    about: role,
    says: /no network interface 'eth9' in this network namespace; ip link lists/,
    call: (ipvs) => ipvs.startDaemon({ role, interface: 'eth9' }),
  })

  testRefusal('startDaemon', 'EEXIST', `a ${role} runs, whatever its settings`, {
    about: role,
    says: /is already running; stop it with stopDaemon/,
    prepare: ({ ipvs }) => ipvs.startDaemon({ role, interface: 'eth0' }),
    call: (ipvs) => ipvs.startDaemon({ role, interface: 'lo', syncId: 9 }),
  })

  testRefusal('stopDaemon', 'ESRCH', `no ${role} runs`, {
    about: role,
    says: /no daemon with this role is running/,
    prepare: ({ ipvs }) => ipvs.startDaemon(role === 'master' ? backup : master),
    call: (ipvs) => ipvs.stopDaemon(role),
  })

  testRefusal('startDaemon', 'EINVAL', `a ${role} cannot carry destinations of the other family`, {
    about: role,
    says: /different address families.*remove the destination first/,
    prepare: ({ ipvs }) => ipvs.addDestination(web, { address: '2001:db8::20', forwarding: 'tun' }),
    call: (ipvs) => ipvs.startDaemon({ role, interface: 'eth0' }),
  })
}

testRefusal('startDaemon', 'ENETUNREACH', 'a master on an interface that is down', {
  about: 'master',
  says: /interface is down; bring it up: ip link set eth1 up/,
  prepare: (host) => host.addDummy('eth1', [], 'down'),
  call: (ipvs) => ipvs.startDaemon({ role: 'master', interface: 'eth1' }),
})

testRefusal('startDaemon', 'ENETUNREACH', 'a master for an IPv6 group on an interface without IPv6', {
  about: 'master',
  says: /IPv6 address/,
  call: (ipvs) => ipvs.startDaemon({ role: 'master', interface: 'lo', group: 'ff05::8848' }),
})

testRefusal('startDaemon', 'EADDRINUSE', 'a backup on a port that another program uses', {
  about: 'backup',
  says: /port is in use; choose another port/,
  prepare: (host) =>
    host.start(`require('node:dgram').createSocket('udp4').bind(8848, () => console.log('bound'))`),
  call: (ipvs) => ipvs.startDaemon(backup),
})
