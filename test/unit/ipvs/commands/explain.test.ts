import { describe, expect, it } from 'vitest'
import { explainIpvsError } from '../../../../src/ipvs/commands/explain.ts'

/**
 * The errors with which the kernel can refuse each command (ipvs-netlink.md, 3.1 and 3.2), without those that requests of this
 * library cannot cause. EINVAL for a destination is diagnosed instead (diagnose.ts).
 */
const REFUSALS = {
  addService: 'EPERM EINVAL EAFNOSUPPORT EEXIST ENOPROTOOPT ENOENT ENOMEM',
  updateService: 'EPERM EINVAL EAFNOSUPPORT ESRCH ENOENT ENOMEM',
  removeService: 'EPERM EAFNOSUPPORT ESRCH',
  service: 'EPERM EAFNOSUPPORT ESRCH ENOMEM EBUSY',
  destinations: 'EPERM EAFNOSUPPORT ESRCH ENOMEM EBUSY',
  services: 'EPERM ENOMEM EBUSY',
  addDestination: 'EPERM ESRCH EAFNOSUPPORT ERANGE EEXIST ENOMEM',
  updateDestination: 'EPERM ESRCH EAFNOSUPPORT ERANGE ENOENT',
  removeDestination: 'EPERM ESRCH EAFNOSUPPORT ENOENT',
  startDaemon:
    'EPERM EINVAL EAFNOSUPPORT ENOPROTOOPT ENODEV EEXIST ENOMEM ENETUNREACH EADDRNOTAVAIL EADDRINUSE',
  stopDaemon: 'EPERM ESRCH',
  daemons: 'EPERM ENOMEM EBUSY',
  setTimeouts: 'EPERM EINVAL',
  timeouts: 'EPERM ENOMEM EOPNOTSUPP',
  info: 'EPERM ENOMEM EOPNOTSUPP',
  zero: 'EPERM ESRCH EAFNOSUPPORT',
  flush: 'EPERM',
}
const pairs = Object.entries(REFUSALS).flatMap(([command, codes]) =>
  codes.split(' ').map((code) => [command, code] as const),
)

/** The general explanation. */
const FALLBACKS = [explainIpvsError('addService', 'EUNHEARDOF', {}), explainIpvsError('flush', 'EINVAL', {})]

describe('the explanation of a refusal', () => {
  it.each(pairs)('of %s with %s is specific', (command, code) => {
    const sentence = explainIpvsError(command, code, { scheduler: 'wrr', interface: 'eth0' })
    expect(FALLBACKS).not.toContain(sentence)
    expect(sentence.length).toBeGreaterThan(20)
  })

  it('is one sentence within a message: without an initial capital and a final full stop', () => {
    for (const [command, code] of pairs) {
      const sentence = explainIpvsError(command, code, { interface: 'eth0' })
      expect(sentence).toMatch(/^(?!The |A |An |This |There )[a-zI].*[^.]$/)
      expect(sentence).not.toContain('undefined')
    }
  })

  it('names the scheduler, and the command that loads its module', () => {
    expect(explainIpvsError('addService', 'ENOENT', { scheduler: 'twos' })).toMatch(
      /'twos'.*modprobe ip_vs_twos/,
    )
    expect(explainIpvsError('updateService', 'ENOENT', {})).toContain("'wlc'")
  })

  it('also names the persistence engine if there is one, because the kernel does not report which is missing', () => {
    const sentence = explainIpvsError('addService', 'ENOENT', { scheduler: 'rr', persistenceEngine: 'sip' })
    expect(sentence).toMatch(/'rr'.*'sip'.*ip_vs_pe_sip/)
    expect(
      explainIpvsError('addService', 'ENOENT', { scheduler: 'rr', persistenceEngine: null }),
    ).not.toContain('engine')
  })

  it('names the interface', () => {
    for (const code of ['ENODEV', 'ENETUNREACH', 'EADDRNOTAVAIL']) {
      expect(explainIpvsError('startDaemon', code, { interface: 'eth7' })).toContain('eth7')
    }
  })

  it('distinguishes ENOENT of a scheduler from ENOENT of a destination', () => {
    expect(explainIpvsError('updateDestination', 'ENOENT', {})).toMatch(/no such destination/)
    expect(explainIpvsError('updateService', 'ENOENT', {})).toMatch(/no scheduler/)
  })
})
