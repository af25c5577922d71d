/** Tests the sysctls of interfaces and of the host in the running kernel. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ArgumentRangeError, SysctlError } from '../../../src/errors.ts'
import { Host } from '../../../src/host/host.ts'
import type { SysctlDefinition } from '../../../src/sysctl/definition.ts'
import { IPV4_INTERFACE_SYSCTLS, IPV6_INTERFACE_SYSCTLS } from '../../../src/sysctl/interface-sysctls.ts'
import { interfaceSysctl } from '../../../src/sysctl/sysctl-name.ts'
import type { Sysctls } from '../../../src/sysctl/sysctls.ts'
import { before, isSince, since } from '../../support/kernel/kernel.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { Netns } from '../../support/kernel/netns.ts'
import { readSysctlFile, sysctlsOf } from '../../support/kernel/network/sysctls.ts'

const TABLES = {
  ipv4: Object.entries<SysctlDefinition>(IPV4_INTERFACE_SYSCTLS),
  ipv6: Object.entries<SysctlDefinition>(IPV6_INTERFACE_SYSCTLS),
}
type Setting = 'forwarding'
const SETTINGS = (['ipv4', 'ipv6'] as const).flatMap((family) =>
  TABLES[family].map(([setting, definition]) => ({ family, setting: setting as Setting, definition })),
)

function legalValues(definition: SysctlDefinition): readonly number[] {
  if (definition.type === 'choice') return definition.choices
  if (definition.type !== 'integer') return []
  const { minimum, maximum } = definition
  return Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index)
}

const OWNERS = ['eth0.100', 'all', 'default']

/** Each test uses its own sysctl, so they share an interface. */
let namespace: Namespace

beforeAll(async () => {
  namespace = await Netns.make({ loopback: 'up' })
  await namespace.addDummy('eth0.100')
})
afterAll(() => namespace.dispose())

describe.each(SETTINGS)('$family $setting', ({ family, setting, definition }) => {
  it('is read, and set to every valid value', async () => {
    const { sysctls } = sysctlsOf(namespace)
    for (const owner of OWNERS) {
      const name = interfaceSysctl(family as 'ipv4', owner, setting)
      if (!isSince(definition.since ?? '3.0')) {
        expect(await sysctls.find(name)).toBeUndefined()
        await expect(sysctls.get(name)).rejects.toThrow(`the sysctl requires Linux ${definition.since}`)
        continue
      }
      const first = await sysctls.get(name)
      for (const value of [...legalValues(definition), first]) {
        if ((setting as string) === 'mc_forwarding') {
          await expect(sysctls.set(name, value)).rejects.toThrow(/EACCES, .*multicast routing daemon/)
          continue
        }
        await sysctls.set(name, value)
        expect(await sysctls.get(name)).toBe(value)
      }
      expect(await readSysctlFile(namespace, `${family}/conf/${owner}/${setting}`)).toBe(String(first))
    }
  })

  it('rejects a number without a meaning, which the kernel would accept', async () => {
    const { sysctls, transport } = sysctlsOf(namespace)
    const name = interfaceSysctl(family as 'ipv4', 'lo', setting)
    for (const value of [-2, 4, 9, 255, 0.5])
      await expect(sysctls.set(name, value)).rejects.toThrow(ArgumentRangeError)
    expect(transport.written).toEqual([])
  })
})

describe('the name of an interface', () => {
  it.each(['eth0.100', 'a.b.c', '...', 'a=b', '接口', '*', "a'b", '\x01', '123456789012345'])(
    '%j leads to that interface and no other',
    async (interfaceName) => {
      const namespace = await makeNamespace()
      await namespace.ip('link', 'add', 'name', interfaceName, 'type', 'dummy')
      await namespace.addDummy('eth0')
      const { sysctls } = sysctlsOf(namespace)
      await sysctls.set(interfaceSysctl('ipv4', interfaceName, 'arp_ignore'), 2)
      expect(await readSysctlFile(namespace, `ipv4/conf/${interfaceName}/arp_ignore`)).toBe('2')
      expect(await sysctls.effective('arp_ignore', interfaceName)).toBe(2)
      expect(await readSysctlFile(namespace, 'ipv4/conf/eth0/arp_ignore')).toBe('0')
    },
  )

  /** Whether the kernel accepts a name (dev_valid_name). */
  it.each(['à', 'a\u00a0b', 'a:b', 'a/b', '1234567890123456', '.', '..', 'a b', '接口接口接口'])(
    '%j is refused here because the kernel refuses it',
    async (interfaceName) => {
      const namespace = await makeNamespace()
      await expect(namespace.ip('link', 'add', 'name', interfaceName, 'type', 'dummy')).rejects.toThrow()
      expect(() => interfaceSysctl('ipv4', interfaceName, 'arp_ignore')).toThrow(
        /interfaceName must be the name/,
      )
    },
  )

  it('that no interface has is reported, for reads and writes of both families', async () => {
    const { sysctls } = sysctlsOf(await makeNamespace())
    for (const call of [
      () => sysctls.get('net.ipv4.conf.eth9.arp_ignore'),
      () => sysctls.set('net.ipv4.conf.eth9.arp_ignore', 1),
      () => sysctls.set('net.ipv6.conf.eth9.forwarding', 1),
      () => sysctls.getText('net.ipv4.conf.eth9.nosuch'),
      () => sysctls.effective('arp_ignore', 'eth9'),
    ]) {
      const explanation = expect.stringContaining('there is no interface eth9 in this network namespace')
      await expect(call()).rejects.toMatchObject({
        name: 'SysctlError',
        code: 'ENOENT',
        errno: 2,
        explanation,
      })
    }
    expect(await sysctls.find('net.ipv4.conf.eth9.arp_ignore')).toBeUndefined()
  })

  it('disappears with its interface', async () => {
    const namespace = await makeNamespace()
    await namespace.addDummy('eth0')
    const { sysctls } = sysctlsOf(namespace)
    await sysctls.set('net.ipv4.conf.eth0.arp_ignore', 1)
    await namespace.ip('link', 'delete', 'eth0')
    await expect(sysctls.get('net.ipv4.conf.eth0.arp_ignore')).rejects.toThrow(SysctlError)
  })

  it('of an interface too small for IPv6 has no sysctls of IPv6, and the error says why', async () => {
    const namespace = await makeNamespace()
    await namespace.addDummy('eth0')
    await namespace.ip('link', 'set', 'eth0', 'mtu', '1000')
    const { sysctls } = sysctlsOf(namespace)
    await expect(sysctls.get('net.ipv6.conf.eth0.forwarding')).rejects.toThrow(/1280 bytes/)
  })
})

describe('net.ipv4.ip_forward', () => {
  it('is the forwarding of all: a change is copied to every interface, the same value to none', async () => {
    const namespace = await makeNamespace()
    await namespace.addDummy('eth0')
    const { sysctls } = sysctlsOf(namespace)
    await sysctls.set('net.ipv4.ip_forward', 0)
    expect(await forwarding(sysctls)).toEqual({ all: 0, default: 0, eth0: 0 })
    expect(await sysctls.get('net.ipv4.conf.all.accept_redirects')).toBe(1)

    await sysctls.set('net.ipv4.ip_forward', 1)
    expect(await forwarding(sysctls)).toEqual({ all: 1, default: 1, eth0: 1 })
    expect(await sysctls.get('net.ipv4.conf.all.accept_redirects')).toBe(0)

    await sysctls.set('net.ipv4.conf.eth0.forwarding', 0)
    await sysctls.set('net.ipv4.ip_forward', 1)
    expect(await forwarding(sysctls)).toEqual({ all: 1, default: 1, eth0: 0 })
  })

  it('belongs to its network namespace', async () => {
    const [one, other] = [sysctlsOf(await makeNamespace()).sysctls, sysctlsOf(await makeNamespace()).sysctls]
    const first = await other.get('net.ipv4.ip_forward')
    await one.set('net.ipv4.ip_forward', 1 - first)
    expect(await other.get('net.ipv4.ip_forward')).toBe(first)
    expect(await one.get('net.ipv4.ip_forward')).toBe(1 - first)
  })
})

async function forwarding(sysctls: Sysctls): Promise<Record<string, number>> {
  const of = async (owner: string) => [owner, await sysctls.get(interfaceSysctl('ipv4', owner, 'forwarding'))]
  return Object.fromEntries(await Promise.all(['all', 'default', 'eth0'].map(of)))
}

describe('IPv6 forwarding', () => {
  it('of all is copied to every interface', async () => {
    const namespace = await makeNamespace()
    await namespace.addDummy('eth0')
    const { sysctls } = sysctlsOf(namespace)
    await sysctls.set('net.ipv6.conf.all.forwarding', 1)
    expect(await sysctls.get('net.ipv6.conf.eth0.forwarding')).toBe(1)
    expect(await sysctls.get('net.ipv6.conf.default.forwarding')).toBe(1)
  })

  before('6.17', 'of one interface alone cannot be forced', async () => {
    const { sysctls } = sysctlsOf(await makeNamespace())
    expect(await sysctls.find('net.ipv6.conf.lo.force_forwarding')).toBeUndefined()
  })

  since('6.17', 'of one interface can be forced, and is reset with that of all', async () => {
    const namespace = await makeNamespace()
    await namespace.addDummy('eth0')
    const { sysctls } = sysctlsOf(namespace)
    await sysctls.set('net.ipv6.conf.eth0.force_forwarding', 1)
    expect(await sysctls.effective('forwarding', 'eth0', { family: 'ipv6' })).toBe(1)
    await sysctls.set('net.ipv6.conf.all.forwarding', 1)
    await sysctls.set('net.ipv6.conf.all.forwarding', 0)
    expect(await sysctls.get('net.ipv6.conf.eth0.force_forwarding')).toBe(0)
    expect(await sysctls.effective('forwarding', 'eth0', { family: 'ipv6' })).toBe(0)
  })
})

describe('a host', () => {
  it('has the sysctls of its network namespace, and opens IPVS on demand', async () => {
    const namespace = await makeNamespace()
    await using host = await Host.open({ netns: namespace.path })
    await host.sysctls.set('net.ipv4.conf.all.arp_announce', 2)
    expect(await readSysctlFile(namespace, 'ipv4/conf/all/arp_announce')).toBe('2')
    expect((await host.network.links()).map(({ name }) => name)).toContain('lo')
    expect(await (await host.ipvs()).services()).toEqual([])
  })

  it('whose network namespace does not exist cannot be opened, and has no sysctls', async () => {
    await expect(Host.open({ netns: '/run/netns/nosuch' })).rejects.toMatchObject({
      code: 'ENOENT',
      syscall: 'open',
    })
    const { sysctls } = sysctlsOf({ path: '/run/netns/nosuch' } as Parameters<typeof sysctlsOf>[0])
    const told = { code: 'ENOENT', path: '/run/netns/nosuch', name: 'Error' }
    await expect(sysctls.find('net.ipv4.ip_forward')).rejects.toMatchObject(told)
    await expect(sysctls.set('net.ipv4.ip_forward', 1)).rejects.toMatchObject(told)
  })
})
