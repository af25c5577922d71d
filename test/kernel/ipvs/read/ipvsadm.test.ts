import { describe, expect, it } from 'vitest'
import { type DaemonInput, SCHEDULERS } from '../../../../src/index.ts'
import {
  LISTINGS,
  restorable,
  restorableRules,
  savedRules,
} from '../../../support/kernel/ipvs/ipvsadm-rules.ts'
import { byName, matrixOf } from '../../../support/kernel/ipvs/setting-matrix.ts'
import { makeNamespace } from '../../../support/kernel/namespace.ts'

describe.each([...SCHEDULERS, 'none'])('ipvsadm and scheduler %s', (scheduler) => {
  const entries = matrixOf(scheduler)
  const services = entries.map(({ read }) => read)

  it('shows and saves the rules that the library has written', async () => {
    const namespace = await makeNamespace()
    const { ipvs } = namespace
    await Promise.all(
      entries.flatMap(({ service, destinations }) => [
        ipvs.addService(service),
        ...destinations.map((destination) => ipvs.addDestination(service, destination)),
      ]),
    )

    expect((await namespace.saved()).sort()).toEqual(services.flatMap(savedRules).sort())
    for (const [option, rows] of Object.entries(LISTINGS)) {
      const options = option === '' ? [] : [option]
      expect(groups(await namespace.listed(...options))).toEqual(groups(services.flatMap(rows)))
    }
  })

  it('restores the rules that the library then reads', async () => {
    const namespace = await makeNamespace()
    const expected = services.flatMap(restorable)

    await namespace.restore(expected.flatMap(restorableRules))

    expect(byName(await namespace.ipvs.services())).toEqual(byName(expected))
  })
})

describe('ipvsadm and settings of the whole namespace', () => {
  it('shows the timeouts that the library sets, and sets those that the library reads', async () => {
    const namespace = await makeNamespace()
    const { ipvs } = namespace

    await ipvs.setTimeouts({ tcp: 1000, tcpFin: 100, udp: 10 })
    expect(await namespace.ipvsadm('-L', '--timeout')).toBe('Timeout (tcp tcpfin udp): 1000 100 10\n')

    await namespace.ipvsadm('--set', '77', '0', '99')
    expect(await ipvs.timeouts()).toEqual({ tcp: 77, tcpFin: 100, udp: 99 })
  })

  const daemon = { interface: 'eth0', syncId: 7, maximumLength: 1400, port: 9000, ttl: 9 }
  it.each<DaemonInput>([
    { role: 'master', ...daemon, group: '239.1.2.3' },
    { role: 'backup', ...daemon, group: '239.1.2.3' },
    { role: 'master', ...daemon, group: 'ff05::8848' },
    { role: 'backup', ...daemon, group: 'ff05::8848' },
  ])(
    'shows the $role for $group that the library starts, and starts one that the library reads',
    async (input) => {
      const namespace = await makeNamespace()
      const { ipvs } = namespace
      const { role, group } = input
      await namespace.addDummy('eth0', ['192.0.2.1/24', '2001:db8::1/64'])

      await ipvs.startDaemon(input)
      expect(await namespace.ipvsadm('-L', '--daemon')).toBe(
        `${role} sync daemon (mcast=eth0, syncid=7, maxlen=1400, group=${group}, port=9000, ttl=9)\n`,
      )
      await namespace.ipvsadm('--stop-daemon', role)
      expect(await ipvs.daemons()).toEqual([])

      await namespace.ipvsadm(
        ...['--start-daemon', role, '--mcast-interface', 'eth0', '--syncid', '7', '--sync-maxlen', '1400'],
        ...['--mcast-group', group!, '--mcast-port', '9000', '--mcast-ttl', '9'],
      )
      expect(await ipvs.daemons()).toEqual([input])
      await ipvs.stopDaemon(role)
      expect(await namespace.ipvsadm('-L', '--daemon')).toBe('')
    },
  )
})

/** The rows of a listing by service; neither ipvsadm nor the kernel keeps the order of creation. */
function groups(rows: readonly string[]): Map<string, string[]> {
  const services = new Map<string, string[]>()
  let destinations: string[] = []
  for (const row of rows) {
    if (row.startsWith('->')) {
      destinations.push(row)
    } else {
      destinations = []
      services.set(row, destinations)
    }
  }
  for (const list of services.values()) list.sort()
  return services
}
