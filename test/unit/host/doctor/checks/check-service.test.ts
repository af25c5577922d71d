import { describe, expect, it } from 'vitest'
import type { DestinationInput } from '../../../../../src/ipvs/model/destination.ts'
import { findingIds, fixCalls, onlyFinding } from '../../../../support/host/doctor/findings.ts'
import {
  addressEntry,
  addressesWith,
  backupNode,
  drDirector,
  drServer,
  service,
  VIP,
  VIP6,
  WEB,
  WEB6,
} from '../../../../support/host/doctor/host-facts.ts'

const dr = { address: '192.168.79.102', forwarding: 'dr' } as const
const many = (count: number): DestinationInput[] =>
  Array.from({ length: count }, (_, index) => ({ ...dr, address: `192.168.79.${150 + index}` }))
const persistent = (mask: string | number, timeout = 300) => ({ persistence: { timeout, mask } })

describe('scheduler-none', () => {
  it.each([
    ['none', true],
    ['', true],
    ['wlc', false],
    ['sh', false],
  ])('is found with the scheduler %j: %s', (scheduler, found) => {
    const facts = drDirector({ services: [service(WEB, [dr], { scheduler })] })
    expect(findingIds(facts)).toEqual(found ? ['scheduler-none'] : [])
  })

  it('keeps the other settings of the service, also in the shell command', () => {
    const settings = { scheduler: 'none', ...persistent('255.255.255.0', 60) }
    expect(onlyFinding(drDirector({ services: [service(WEB, [dr], settings)] })).fix).toMatchObject({
      call: `await ipvs.updateService('${WEB}', { scheduler: 'wlc' })`,
      shell: `ipvsadm -E -t ${VIP}:80 -s wlc -p 60 -M 255.255.255.0`,
    })
  })
})

describe('scheduler-fallback', () => {
  const drained = (settings: object, weight = 0) =>
    drDirector({ services: [service(WEB, [dr, { ...dr, address: '192.168.79.103', weight }], settings)] })

  it.each([
    ['sh', [], 'sh-fallback', ' -b sh-fallback'],
    ['sh', ['sh-port'], 'sh-fallback', ' -b sh-fallback,sh-port'],
    ['mh', ['mh-port'], 'mh-fallback', ' -b mh-fallback,mh-port'],
  ])(
    'is a destination of weight 0 under %s %j, and sets the flag',
    (scheduler, schedulerFlags, flag, shell) => {
      const finding = onlyFinding(drained({ scheduler, schedulerFlags }))
      expect(finding).toMatchObject({ id: 'scheduler-fallback', severity: 'warning', subject: WEB })
      expect(finding.fix.call).toContain(flag)
      expect(finding.fix.shell).toBe(`ipvsadm -E -t ${VIP}:80 -s ${scheduler}${shell}`)
    },
  )

  it('is a destination of weight 0 under dh, and leaves the decision to the operator', () => {
    const { id, fix } = onlyFinding(drained({ scheduler: 'dh' }))
    expect(id).toBe('scheduler-fallback')
    expect(fix.run).toBeUndefined()
    expect(fix.shell).toBe(`ipvsadm -d -t ${VIP}:80 -r 192.168.79.103:80`)
  })

  it.each([
    ['with the flag', { scheduler: 'sh', schedulerFlags: ['sh-fallback'] }, 0],
    ['under a scheduler that chooses another destination', { scheduler: 'wlc' }, 0],
    ['while all have a weight', { scheduler: 'sh' }, 1],
  ])('is not found %s', (_, settings, weight) => {
    expect(findingIds(drained(settings, weight))).toEqual([])
  })

  it('is not found if no destination could take the clients', () => {
    const facts = drDirector({ services: [service(WEB, [{ ...dr, weight: 0 }], { scheduler: 'sh' })] })
    expect(findingIds(facts)).toEqual(['no-destination'])
  })
})

describe('scheduler-missing', () => {
  const withScheduler = (scheduler?: string) => ({
    services: [{ protocol: 'tcp', address: VIP, port: 80, scheduler }] as const,
  })
  const modules = (loaded: string[], available: string[] | null) =>
    backupNode({ modules: { loaded, available } })

  it('is a scheduler that is neither loaded nor available', () => {
    expect(findingIds(modules([], ['ip_vs']), withScheduler('sh'))).toEqual(['scheduler-missing'])
    expect(findingIds(modules([], ['ip_vs', 'ip_vs_sh']), withScheduler('sh'))).toEqual([])
    expect(findingIds(modules(['ip_vs_sh'], ['ip_vs']), withScheduler('sh'))).toEqual([])
  })

  it('is not reported if modules are not visible', () => {
    expect(findingIds(modules([], null), withScheduler('sh'))).toEqual([])
  })

  it('is not a scheduler that a service already uses', () => {
    const facts = drDirector({ modules: { loaded: [], available: [] } })
    expect(findingIds(facts, withScheduler('wlc'))).toEqual([])
  })

  it('checks the default scheduler if none is named, and nothing for none', () => {
    expect(onlyFinding(modules([], ['ip_vs']), withScheduler())).toMatchObject({ subject: 'wlc' })
    expect(findingIds(modules([], ['ip_vs']), withScheduler('none'))).toEqual([])
  })
})

describe('port-zero', () => {
  it('is a service for every port without persistence', () => {
    const facts = (settings = {}) => drDirector({ services: [service(`tcp://${VIP}:0`, [dr], settings)] })
    expect(findingIds(facts())).toEqual(['port-zero'])
    expect(findingIds(facts(persistent('255.255.255.255')))).toEqual([])
  })

  it('does not concern firewall marks', () => {
    expect(findingIds(drDirector({ services: [service('fwmark://7', [dr])] }))).toEqual([])
  })
})

describe('persistence-mask', () => {
  it.each([
    ['0.0.0.0', 1, true],
    ['128.0.0.0', 2, false],
    ['128.0.0.0', 3, true],
    ['192.0.0.0', 4, false],
    ['192.0.0.0', 5, true],
    ['0.0.0.1', 2, false],
    ['0.0.0.1', 3, true],
    ['255.255.255.0', 8, false],
    ['255.255.255.255', 8, false],
  ])('is found with the mask %s and %i destinations: %s', (mask, count, found) => {
    const facts = drDirector({ services: [service(WEB, many(count), persistent(mask))] })
    expect(findingIds(facts)).toEqual(found ? ['persistence-mask'] : [])
  })

  it.each([
    [1, 1, true],
    [3, 1, true],
    [4, 1, false],
    [4, 2, false],
    [4, 3, true],
    [64, 3, false],
    [128, 3, false],
  ])('is found with an IPv6 prefix of %i and %i destinations: %s', (mask, count, found) => {
    const destinations = many(count).map((one, index) => ({ ...one, address: `2001:db8::${index + 100}` }))
    const addresses = addressesWith('192.168.79.101/24', addressEntry(`${VIP6}/128`, 'eth0'))
    const facts = drDirector({ addresses, services: [service(WEB6, destinations, persistent(mask))] })
    expect(findingIds(facts)).toEqual(found ? ['persistence-mask'] : [])
    if (found) expect(fixCalls(onlyFinding(facts))[0]).toContain('{ persistence: { mask: 128 } }')
  })

  it('does not count destinations of weight 0', () => {
    const [first, second, third] = many(3)
    const services = [service(WEB, [first!, second!, { ...third!, weight: 0 }], persistent('128.0.0.0'))]
    const sysctls = { 'net.ipv4.vs.expire_quiescent_template': 1 }
    expect(findingIds(drDirector({ services, sysctls }))).toEqual([])
  })

  it('keeps the timeout', () => {
    const facts = drDirector({ services: [service(WEB, [dr], persistent('0.0.0.0', 60))] })
    expect(onlyFinding(facts).fix.shell).toBe(`ipvsadm -E -t ${VIP}:80 -s wlc -p 60`)
  })
})

describe('expire-quiescent-template', () => {
  const drained = (settings: object, sysctl = 0, weight = 0) =>
    drDirector({
      services: [service(WEB, [dr, { ...dr, address: '192.168.79.103', weight }], settings)],
      sysctls: { 'net.ipv4.vs.expire_quiescent_template': sysctl },
    })

  it('is a drained destination of a persistent service', () => {
    const settings = persistent('255.255.255.255')
    expect(findingIds(drained(settings))).toEqual(['expire-quiescent-template'])
    expect(findingIds(drained(settings, 1))).toEqual([])
    expect(findingIds(drained(settings, 0, 1))).toEqual([])
    expect(findingIds(drained({}))).toEqual([])
  })
})

describe('a real server', () => {
  it('is not checked for services', () => {
    expect(findingIds(drServer({ services: [service(WEB, [])] }), { role: 'real-server' })).toEqual([])
  })
})
