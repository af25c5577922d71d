import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../../../src/host/doctor/doctor.ts'
import { findingIds, onlyFinding } from '../../../../support/host/doctor/findings.ts'
import { drServer, host, VIP } from '../../../../support/host/doctor/host-facts.ts'

const without = (available: readonly string[] | null) =>
  host({ sysctls: { 'net.ipv4.vs.conn_reuse_mode': undefined as never }, modules: { loaded: [], available } })

describe('ipvs-missing', () => {
  it.each([
    ['error', [], 'does not have the module ip_vs'],
    ['error', null, 'does not show whether its kernel has the module'],
    ['hint', ['ip_vs', 'ip_vs_rr'], 'IPVS is not loaded, so'],
  ] as const)('is an %s with the modules %j', (severity, available, text) => {
    const finding = onlyFinding(without(available), { role: 'director' })
    expect(finding).toMatchObject({ id: 'ipvs-missing', severity })
    expect(finding.message).toContain(text)
  })

  it('concerns a real server only if it may become a director', () => {
    expect(findingIds(without([]))).toEqual([])
    const services = [{ protocol: 'tcp', address: VIP, port: 80 }] as const
    expect(findingIds(without([]), { services })).toContain('ipvs-missing')
    expect(findingIds(host(), { role: 'director' })).toEqual([])
  })
})

describe('the option interface', () => {
  it.each(['lo', 'eth7'])('cannot be %s, on which no clients are', (name) => {
    expect(() => diagnose(drServer(), { interface: name })).toThrow(
      `interface must be one of eth0, on which clients resolve the VIPs, not "${name}"`,
    )
  })
})
