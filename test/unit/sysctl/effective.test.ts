import { describe, expect, it } from 'vitest'
import { ArgumentTypeError, SysctlError } from '../../../src/errors.ts'
import type { CombinedSysctl } from '../../../src/sysctl/effective.ts'
import { IPV4_INTERFACE_SYSCTLS, IPV6_INTERFACE_SYSCTLS } from '../../../src/sysctl/interface-sysctls.ts'
import { Sysctls } from '../../../src/sysctl/sysctls.ts'
import { SysctlFiles } from '../../support/sysctl/sysctl-files.ts'

/** The effective value for eth0.7, given the values of `all` and eth0.7. */
function effective(setting: CombinedSysctl, all: number, own: number, others: Record<string, number> = {}) {
  const of = (owner: string, name: string) => `net/ipv4/conf/${owner}/${name}`
  const host = new SysctlFiles({
    [of('all', setting)]: `${all}\n`,
    [of('eth0.7', setting)]: `${own}\n`,
    ...Object.fromEntries(Object.entries(others).map(([name, value]) => [of('eth0.7', name), `${value}\n`])),
  })
  return new Sysctls(host).effective(setting, 'eth0.7')
}

describe('the effective value is', () => {
  it.each<[CombinedSysctl, all: number, own: number, is: number]>([
    ['arp_ignore', 1, 0, 1],
    ['arp_ignore', 0, 1, 1],
    ['arp_ignore', 3, 1, 3],
    ['arp_ignore', 1, 8, 8],
    ['arp_announce', 2, 0, 2],
    ['arp_announce', 1, 2, 2],
    ['rp_filter', 0, 1, 1],
    ['rp_filter', 2, 1, 2],
    ['arp_notify', 0, 1, 1],
    ['arp_accept', 2, 1, 2],
  ])('the larger one: %s %i and %i', async (setting, all, own, is) => {
    expect(await effective(setting, all, own)).toBe(is)
  })

  it.each<CombinedSysctl>([
    ...(['arp_filter', 'send_redirects', 'accept_local', 'route_localnet', 'log_martians'] as const),
    ...(['src_valid_mark', 'secure_redirects', 'shared_media', 'proxy_arp'] as const),
  ])('on if either is on: %s', async (setting) => {
    expect(await effective(setting, 0, 0)).toBe(0)
    expect(await effective(setting, 1, 0)).toBe(1)
    expect(await effective(setting, 0, 1)).toBe(1)
  })

  it.each<CombinedSysctl>(['accept_source_route', 'mc_forwarding', 'bc_forwarding', 'arp_evict_nocarrier'])(
    'on if both are on: %s',
    async (setting) => {
      expect(await effective(setting, 1, 1)).toBe(1)
      expect(await effective(setting, 1, 0)).toBe(0)
      expect(await effective(setting, 0, 1)).toBe(0)
    },
  )

  it("the interface's own: forwarding", async () => {
    expect(await effective('forwarding', 1, 0)).toBe(0)
    expect(await effective('forwarding', 0, 1)).toBe(1)
  })

  it('for accept_redirects, on if both are on and the interface forwards, otherwise if either is on', async () => {
    expect(await effective('accept_redirects', 0, 1, { forwarding: 0 })).toBe(1)
    expect(await effective('accept_redirects', 0, 1, { forwarding: 1 })).toBe(0)
    expect(await effective('accept_redirects', 1, 1, { forwarding: 1 })).toBe(1)
  })

  it.each<[CombinedSysctl, all: number, own: number, is: number]>([
    ['arp_ignore', 3, 9, 0],
    ['arp_ignore', 5, 2, 0],
    ['arp_ignore', -1, -2, 0],
    ['arp_announce', 2, 3, 0],
    ['arp_accept', 7, 1, 0],
    ['rp_filter', 0, 255, 2],
    ['rp_filter', -1, -1, 2],
    ['send_redirects', 0, -1, 1],
    ['forwarding', 0, 5, 1],
  ])(
    'the value that the kernel treats a number without a meaning as: %s %i and %i',
    async (setting, all, own, is) => {
      expect(await effective(setting, all, own)).toBe(is)
    },
  )
})

describe('with IPv6 the effective value is', () => {
  const conf = (all: Record<string, number>, own: Record<string, number>) =>
    new Sysctls(
      new SysctlFiles(
        Object.fromEntries(
          Object.entries({ all, eth0: own }).flatMap(([owner, values]) =>
            Object.entries(values).map(([name, value]) => [`net/ipv6/conf/${owner}/${name}`, `${value}\n`]),
          ),
        ),
      ),
    )
  const family = 'ipv6'

  it('for forwarding that of all, unless force_forwarding is set', async () => {
    const older = conf({ forwarding: 0 }, { forwarding: 1 })
    expect(await older.effective('forwarding', 'eth0', { family })).toBe(0)
    expect(await conf({ forwarding: 1 }, { forwarding: 0 }).effective('forwarding', 'eth0', { family })).toBe(
      1,
    )
    const newer = conf({ forwarding: 0 }, { forwarding: 0, force_forwarding: 1 })
    expect(await newer.effective('forwarding', 'eth0', { family })).toBe(1)
  })

  it('for accept_dad the larger one, for ndisc_notify either', async () => {
    const sysctls = conf({ accept_dad: 0, ndisc_notify: 0 }, { accept_dad: -1, ndisc_notify: 1 })
    expect(await sysctls.effective('accept_dad', 'eth0', { family })).toBe(0)
    expect(await sysctls.effective('ndisc_notify', 'eth0', { family })).toBe(1)
  })
})

describe('the effective value is refused', () => {
  it('for an interface that does not exist', async () => {
    const sysctls = new Sysctls(new SysctlFiles({ 'net/ipv4/conf/all/forwarding': '0\n' }))
    const error: unknown = await sysctls.effective('arp_ignore', 'eth9').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(SysctlError)
    expect(error).toMatchObject({ code: 'ENOENT', explanation: expect.stringContaining('no interface eth9') })
  })

  it.each([
    ['arp_ignore', 'all', {}],
    ['arp_ignore', 'default', {}],
    ['arp_ignore', '../eth0', {}],
    ['arp_ignore', 'eth0', { family: 'ipv6' }],
    ['accept_dad', 'eth0', {}],
    ['constructor', 'eth0', {}],
    ['arp_ignore', 'eth0', { family: 'ipv5' }],
  ])('for %s, %s, %j, and nothing is read', async (setting, name, options) => {
    const host = new SysctlFiles()
    const call = new Sysctls(host).effective(setting as 'forwarding', name, options as object)
    await expect(call).rejects.toThrow(ArgumentTypeError)
    expect(host.touched).toEqual([])
  })
})

it('every sysctl of an interface has a combination', async () => {
  for (const setting of Object.keys(IPV4_INTERFACE_SYSCTLS))
    expect(await effective(setting as 'forwarding', 0, 0, { forwarding: 0 })).toBe(0)
  expect(Object.values(IPV6_INTERFACE_SYSCTLS).map(({ combined }) => combined)).not.toContain(undefined)
})
