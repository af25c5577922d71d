import { describe, expect, it } from 'vitest'
import { NetworkError } from '../../../src/errors.ts'
import type { InterfaceAddressInput } from '../../../src/route/model/interface-address.ts'
import { ipJson, makeHost } from '../../support/kernel/network/network.ts'
import { waitUntil } from '../../support/kernel/until.ts'

interface ShownAddress {
  readonly local: string
  readonly prefixlen: number
  readonly label?: string
  readonly scope: string
  readonly address?: string
  readonly broadcast?: string
  readonly nodad?: true
}

describe('an address of an interface', () => {
  it.each<[string, InterfaceAddressInput, Partial<ShownAddress>]>([
    [
      'a virtual address on lo, as real servers have it',
      { address: '192.168.79.110/32', interface: 'lo', label: 'lo:0' },
      { local: '192.168.79.110', prefixlen: 32, label: 'lo:0', scope: 'global' },
    ],
    [
      'one of a network',
      { address: '192.0.2.10', prefixLength: 24, interface: 'eth0', broadcast: '192.0.2.255' },
      { local: '192.0.2.10', prefixlen: 24, label: 'eth0', scope: 'global', broadcast: '192.0.2.255' },
    ],
    [
      'one that reaches only its link',
      { address: '192.0.2.10/32', interface: 'eth0', label: 'eth0:vip', scope: 'link' },
      { local: '192.0.2.10', label: 'eth0:vip', scope: 'link' },
    ],
    [
      'one that reaches only its host',
      { address: '192.0.2.10/32', interface: 'lo', scope: 'host' },
      { local: '192.0.2.10', scope: 'host' },
    ],
    [
      'one of 127.0.0.0/8',
      { address: '127.0.0.9/8', interface: 'lo' },
      { local: '127.0.0.9', prefixlen: 8, scope: 'host' },
    ],
    [
      'one with another at the far end',
      { address: '192.0.2.10', peer: '192.0.2.11', interface: 'eth0' },
      { local: '192.0.2.10', address: '192.0.2.11', prefixlen: 32 },
    ],
    [
      'a virtual address of IPv6, without duplicate address detection',
      { address: '2001:db8::10', interface: 'lo', nodad: true },
      { local: '2001:db8::10', prefixlen: 128, scope: 'global', nodad: true },
    ],
    [
      'one of a network of IPv6',
      { address: '2001:db8::10/64', interface: 'eth0', scope: 'global' },
      { local: '2001:db8::10', prefixlen: 64 },
    ],
    [
      'one of IPv6 that reaches only its link',
      { address: 'fe80::10/64', interface: 'eth0', nodad: true },
      { local: 'fe80::10', prefixlen: 64, scope: 'link' },
    ],
  ])('%s: is added as ip(8) would, read back, and removed', async (_, input, expected) => {
    const { host, network } = await makeHost()
    await host.addDummy('eth0')
    const before = await network.addresses()

    await network.addAddress(input)
    const [seen] = await ipJson<{ addr_info: ShownAddress[] }>(
      host,
      'address',
      'show',
      'dev',
      input.interface,
    )
    expect(seen!.addr_info.find(({ local }) => local === expected.local)).toMatchObject(expected)

    const found = (await network.addresses({ interface: input.interface })).find(
      ({ address }) => address === expected.local,
    )
    expect(found).toMatchObject({
      address: expected.local,
      interface: input.interface,
      ...(expected.prefixlen === undefined ? {} : { prefixLength: expected.prefixlen }),
      ...(expected.label === undefined ? {} : { label: expected.label }),
      ...(expected.scope === undefined ? {} : { scope: expected.scope }),
      ...(expected.address === undefined ? {} : { peer: expected.address }),
      ...(expected.broadcast === undefined ? {} : { broadcast: expected.broadcast }),
    })
    expect(found!.flags.includes('nodad')).toBe(expected.nodad ?? found!.flags.includes('nodad'))

    expect(await network.ensureAddress(input)).toBe(false)
    await network.removeAddress(found!)
    expect(await network.addresses()).toEqual(before)
    expect(await network.ensureNoAddress(input)).toBe(false)
    expect(await network.ensureAddress(input)).toBe(true)
    expect(await network.ensureNoAddress(input)).toBe(true)
    expect(await network.addresses()).toEqual(before)

    await network.addAddress(found!)
    expect(await network.addresses({ interface: input.interface })).toContainEqual(found)
  })

  it('of IPv6 is tentative until duplicate address detection has ended', async () => {
    const { host, network } = await makeHost()
    // A dummy has no neighbour discovery.
    await host.ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1')
    for (const name of ['eth0', 'eth1']) await network.updateLink(name, { up: true })
    await network.addAddress({ address: '2001:db8::10/64', interface: 'eth0' })
    const read = async () => {
      const addresses = await network.addresses({ interface: 'eth0', family: 'ipv6' })
      return addresses.find(({ address }) => address === '2001:db8::10')!.flags
    }
    expect(await read()).toContain('tentative')
    expect(await waitUntil(read, (flags) => !flags.includes('tentative'))).toEqual(['permanent'])
  })

  it('that is deprecated from the start is not a source of this host’s own connections', async () => {
    const { host, network } = await makeHost()
    await host.addDummy('eth0')
    await network.addAddress({ address: '2001:db8::1/64', interface: 'eth0' })
    const vip = { address: '2001:db8::110/64', interface: 'eth0' }
    const source = async () => (await network.routeTo('2001:db8::9')).source
    // Without it the kernel would choose the newest address.
    await network.addAddress(vip)
    expect(await source()).toBe('2001:db8::110')
    await expect(network.ensureAddress({ ...vip, preferredLifetime: 0 })).rejects.toThrow(/not deprecated/)
    await network.removeAddress(vip)
    await network.addAddress({ ...vip, preferredLifetime: 0 })
    expect(await source()).toBe('2001:db8::1')
    expect(await network.ensureAddress({ ...vip, preferredLifetime: 0 })).toBe(false)
    const found = (await network.addresses({ interface: 'eth0' })).find(
      ({ address }) => address === '2001:db8::110',
    )
    expect(found).toMatchObject({ preferredLifetime: 0, flags: ['deprecated', 'permanent'] })
    expect(found).not.toHaveProperty('validLifetime')
    await network.removeAddress(found!)
    await network.addAddress(found!)
    expect(await network.addresses({ interface: 'eth0' })).toContainEqual(found)
  })

  it('with a lifetime reports the remaining time', async () => {
    const { host, network } = await makeHost()
    await host.addDummy('eth0')
    for (const address of ['192.0.2.10/24', '2001:db8::10/64']) {
      await network.addAddress({ address, interface: 'eth0', validLifetime: 1000, preferredLifetime: 500 })
    }
    const found = await network.addresses({ interface: 'eth0' })
    for (const { address, preferredLifetime, validLifetime, flags } of found) {
      if (address.startsWith('fe80:')) continue
      expect([preferredLifetime! > 0, preferredLifetime! <= 500]).toEqual([true, true])
      expect(validLifetime! - preferredLifetime!).toBe(500)
      expect(flags).not.toContain('permanent')
    }
  })

  it('of IPv4 that is not the first of its subnet is secondary, and is removed with the first', async () => {
    const { host, network } = await makeHost()
    await host.addDummy('eth0', ['192.0.2.1/24'])
    await network.addAddress({ address: '192.0.2.10/24', interface: 'eth0' })
    await network.addAddress({ address: '192.0.2.10/32', interface: 'eth0' })
    const read = async () =>
      (await network.addresses({ interface: 'eth0', family: 'ipv4' })).map(
        ({ address, prefixLength, flags }) => [`${address}/${prefixLength}`, flags],
      )
    expect(await read()).toEqual([
      ['192.0.2.1/24', ['permanent']],
      ['192.0.2.10/32', ['permanent']],
      ['192.0.2.10/24', ['secondary', 'permanent']],
    ])
    await network.removeAddress({ address: '192.0.2.1/24', interface: 'eth0' })
    expect(await read()).toEqual([['192.0.2.10/32', ['permanent']]])
  })
})

describe('addresses', () => {
  it('belong to their network namespace', async () => {
    const [one, other] = [await makeHost(), await makeHost()]
    await one.network.addAddress({ address: '192.0.2.10/32', interface: 'lo' })
    const read = async ({ network }: typeof one) => (await network.addresses()).map(({ address }) => address)
    expect(await read(one)).toEqual(['127.0.0.1', '192.0.2.10', '::1'])
    expect(await read(other)).toEqual(['127.0.0.1', '::1'])
  })

  it('are read completely by the thousand', async () => {
    const { host, network } = await makeHost()
    const all = Array.from({ length: 3000 }, (_, n) => `198.18.${n >> 8}.${n & 255}`)
    await host.addAddresses(...all.map((address) => `${address}/32`))
    const read = await network.addresses({ interface: 'lo', family: 'ipv4' })
    expect(read.map(({ address }) => address)).toEqual(['127.0.0.1', ...all])
  })
})

describe('an address is refused', () => {
  const vip = { address: '192.0.2.10/32', interface: 'lo' } as const
  const vip6 = { address: '2001:db8::10/64', interface: 'eth0', nodad: true } as const

  it.each<[string, string, InterfaceAddressInput, RegExp]>([
    ['that is there already', 'EEXIST', vip, /ensureAddress accepts that/],
    ['of IPv6 that is there already', 'EEXIST', vip6, /ensureAddress accepts that/],
    [
      'of IPv6 that is there with another prefix length',
      'EEXIST',
      { ...vip6, address: '2001:db8::10' },
      /already/,
    ],
    [
      'where there is no such interface',
      'ENODEV',
      { ...vip, interface: 'eth9' },
      /no network interface 'eth9'/,
    ],
    [
      'of IPv6 where that is switched off',
      'EACCES',
      { ...vip6, interface: 'eth1' },
      /net.ipv6.conf.eth1.disable_ipv6=0/,
    ],
  ])('%s: %s', async (_, code, input, explanation) => {
    const { host, network } = await makeHost()
    await host.addDummy('eth0')
    await host.addDummy('eth1')
    await host.exec('sysctl', '-q', '-w', 'net.ipv6.conf.eth1.disable_ipv6=1')
    await network.addAddress(vip)
    await network.addAddress(vip6)
    const before = await network.addresses()
    const error = await network.addAddress(input).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ code, command: 'addAddress' })
    expect((error as NetworkError).explanation).toMatch(explanation)
    expect(await network.addresses()).toEqual(before)
  })

  it('by ensureAddress when it exists with other settings', async () => {
    const { host, network } = await makeHost()
    await host.addDummy('eth0')
    await network.addAddress({ ...vip, label: 'lo:0' })
    await network.addAddress(vip6)
    await expect(network.ensureAddress({ ...vip, label: 'lo:1' })).rejects.toThrow(/has the label 'lo:0'/)
    await expect(network.ensureAddress({ ...vip, scope: 'host' })).rejects.toThrow(/scope/)
    await expect(network.ensureAddress({ ...vip6, address: '2001:db8::10/128' })).rejects.toThrow(
      /has the prefix length 64/,
    )
  })

  it('for removal when it does not exist with that prefix length', async () => {
    const { host, network } = await makeHost()
    await host.addDummy('eth0', ['192.0.2.10/24', '2001:db8::10/64'])
    for (const address of ['192.0.2.10', '192.0.2.10/25', '192.0.2.11/24', '2001:db8::10/128']) {
      await expect(network.removeAddress({ address, interface: 'eth0' })).rejects.toMatchObject({
        code: 'EADDRNOTAVAIL',
        command: 'removeAddress',
      })
    }
  })
})
