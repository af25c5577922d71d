import { describe, expect, it } from 'vitest'
import { findingIds, fixCalls, onlyFinding } from '../../../../support/host/doctor/findings.ts'
import { drDirector, drServer, service, VIP, WEB } from '../../../../support/host/doctor/host-facts.ts'

const dr = { address: '192.168.79.102', forwarding: 'dr' } as const
const director = (release: string, reuse: number, expire: number, conntrack = 0) =>
  drDirector({
    release,
    sysctls: {
      'net.ipv4.vs.conn_reuse_mode': reuse,
      'net.ipv4.vs.expire_nodest_conn': expire,
      'net.ipv4.vs.conntrack': conntrack,
    },
  })

describe('conn-reuse-mode', () => {
  it.each([
    ['6.1.176', 1, 0, 0, []],
    ['6.1.176', 1, 0, 1, []],
    ['6.1.176', 0, 1, 0, []],
    ['6.1.176', 0, 0, 0, ['conn_reuse_mode 1']],
    ['5.9.0', 1, 0, 1, []],
    ['5.10.0-8-amd64', 0, 0, 0, ['conn_reuse_mode 1']],
    ['5.8.18', 1, 1, 1, ['conn_reuse_mode 0']],
    ['5.8.18', 1, 0, 1, ['expire_nodest_conn 1', 'conn_reuse_mode 0']],
    ['5.8.18', 1, 0, 0, []],
    ['5.8.18', 0, 0, 1, ['expire_nodest_conn 1']],
    ['4.19.0', 3, 1, 1, ['conn_reuse_mode 0']],
  ])(
    'on Linux %s with mode %i, expire_nodest_conn %i, conntrack %i is fixed by %j',
    (release, reuse, expire, conntrack, fixes) => {
      const facts = director(release, reuse, expire, conntrack)
      const calls = fixes.map((fix) => `await host.sysctls.set('net.ipv4.vs.${fix.replace(' ', "', ")})`)
      expect(fixes.length === 0 ? findingIds(facts) : fixCalls(onlyFinding(facts))).toEqual(calls)
    },
  )

  it('does not concern a kernel without the sysctl, nor a host without services', () => {
    const { 'net.ipv4.vs.conn_reuse_mode': _, ...sysctls } = drDirector().sysctls
    expect(findingIds({ ...drDirector(), sysctls })).toEqual([])
    expect(findingIds(drServer({ sysctls: { 'net.ipv4.vs.conn_reuse_mode': 0 } }))).toEqual([])
  })
})

describe('expire-nodest-conn', () => {
  const udp = (settings = {}, expire = 0) =>
    drDirector({
      services: [service(WEB, [dr]), service(`udp://${VIP}:53`, [dr], settings)],
      sysctls: { 'net.ipv4.vs.expire_nodest_conn': expire },
    })

  it('concerns UDP services without one-packet scheduling', () => {
    expect(findingIds(udp())).toEqual(['expire-nodest-conn'])
    expect(findingIds(udp({ onePacket: true }))).toEqual([])
    expect(findingIds(udp({}, 1))).toEqual([])
    expect(findingIds(drDirector())).toEqual([])
  })
})
