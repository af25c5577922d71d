import { describe, expect, it } from 'vitest'
import type { InterfaceAddressInput } from '../../../../src/route/model/interface-address.ts'
import { ADDRESS, ADDRESS_HEADER } from '../../../../src/route/protocol/attributes.ts'
import type { SentMessage } from '../../../support/netlink/answers.ts'
import {
  addressReply,
  attributesIn,
  type FakeNetwork,
  open,
  structureIn,
} from '../../../support/route/fake-network.ts'

const EEXIST = 17
const EADDRNOTAVAIL = 99

/** Everything in a message about an address. */
function contents(message: SentMessage | undefined): object {
  const set = attributesIn(message!, ADDRESS_HEADER, ADDRESS)
  const attributes = Object.entries(ADDRESS.fields)
    .filter(([, field]) => set.has(field))
    .map(([name, field]) => [name, set.get(field as typeof ADDRESS.fields.label)])
  return { ...structureIn(message!, ADDRESS_HEADER), ...Object.fromEntries(attributes) }
}

const VIP = addressReply(
  { family: 2, prefixLength: 32, flags: 0x80, index: 1 },
  { address: '192.0.2.10', local: '192.0.2.10', label: 'lo:0', flags: 0x80 },
)
const VIP6 = addressReply(
  { family: 10, prefixLength: 64, flags: 0x80, index: 2 },
  { address: '2001:db8::10', flags: 0x82 },
)

function withAddresses(kernel: FakeNetwork): void {
  kernel.script.GETADDR = () => ({ replies: [VIP, VIP6] })
}

describe('addAddress', () => {
  it.each<[string, InterfaceAddressInput, object]>([
    [
      'is a host’s where nothing is said about its prefix',
      { address: '192.0.2.10', interface: 'lo' },
      { family: 2, prefixLength: 32, scope: 0, index: 1, local: '192.0.2.10', address: '192.0.2.10' },
    ],
    [
      'may have its prefix length behind it, and a label',
      { address: '192.0.2.10/24', interface: 'eth0', label: 'eth0:vip', broadcast: '192.0.2.255' },
      {
        ...{ family: 2, prefixLength: 24, scope: 0, index: 2, local: '192.0.2.10', address: '192.0.2.10' },
        ...{ label: 'eth0:vip', broadcast: '192.0.2.255' },
      },
    ],
    [
      'reaches this host alone under 127.0.0.0/8',
      { address: '127.0.0.2', prefixLength: 8, interface: 'lo' },
      { family: 2, prefixLength: 8, scope: 254, index: 1 },
    ],
    [
      'may reach as far as its link, or have a scope without a name',
      { address: '192.0.2.10', interface: 'lo', scope: 'link' },
      { scope: 253 },
    ],
    [
      'of IPv6 can do without duplicate address detection',
      { address: '2001:DB8:0::10/128', interface: 'lo', nodad: true },
      { family: 10, prefixLength: 128, scope: 0, local: '2001:db8::10', address: '2001:db8::10', flags: 2 },
    ],
    [
      'may be one that this host does not choose by itself',
      { address: '2001:db8::10/64', interface: 'eth0', preferredLifetime: 0 },
      { lifetimes: { preferred: 0, valid: 0xffff_ffff } },
    ],
    [
      'may last for a time',
      { address: '192.0.2.10', interface: 'eth0', validLifetime: 60 },
      { lifetimes: { preferred: 60, valid: 60 } },
    ],
    [
      'may have another one at the far end',
      { address: '192.0.2.10', peer: '192.0.2.11', interface: 'eth0' },
      { local: '192.0.2.10', address: '192.0.2.11' },
    ],
  ])('%s', async (_, input, expected) => {
    const { network, kernel } = await open()
    await network.addAddress(input)
    const [message] = kernel.sent('NEWADDR')
    expect(contents(message)).toMatchObject(expected)
    expect(message!.flags & 0x600).toBe(0x600) // NLM_F_CREATE | NLM_F_EXCL
  })

  it('accepts an object that was read', async () => {
    const { network, kernel } = await open()
    withAddresses(kernel)
    for (const address of await network.addresses()) await network.addAddress(address)
    expect(kernel.sent('NEWADDR').map(contents)).toMatchObject([
      { local: '192.0.2.10', prefixLength: 32, label: 'lo:0', index: 1 },
      { local: '2001:db8::10', prefixLength: 64, flags: 2, index: 2 },
    ])
  })

  it.each([
    ['address', null],
    ['address.adress', { adress: '192.0.2.10', interface: 'lo' }],
    ['address.address', { interface: 'lo' }],
    ['address.address', { address: 'localhost', interface: 'lo' }],
    ['address.address', { address: '192.0.2.10/33', interface: 'lo' }],
    ['address.address', { address: '192.0.2.10/', interface: 'lo' }],
    ['address.address', { address: '192.0.2.10/024', interface: 'lo' }],
    ['address.address', { address: '192.0.2.10/24/24', interface: 'lo' }],
    ['address.prefixLength', { address: '192.0.2.10/24', prefixLength: 32, interface: 'lo' }],
    ['address.prefixLength', { address: '192.0.2.10', prefixLength: '24', interface: 'lo' }],
    ['address.prefixLength', { address: '2001:db8::1', prefixLength: 129, interface: 'lo' }],
    ['address.interface', { address: '192.0.2.10' }],
    ['address.interface', { address: '192.0.2.10', interface: 'lo/0' }],
    ['address.interface', { address: '192.0.2.10', interface: 'sixteen-bytes-ab' }],
    ['address.label', { address: '192.0.2.10', interface: 'lo', label: 'vip' }],
    ['address.label', { address: '192.0.2.10', interface: 'lo', label: 'lo:thirteen-bytes' }],
    ['address.label', { address: '192.0.2.10', interface: 'lo', label: 0 }],
    ['address.label', { address: '2001:db8::10', interface: 'lo', label: 'lo:0' }],
    ['address.scope', { address: '192.0.2.10', interface: 'lo', scope: 'world' }],
    ['address.scope', { address: '192.0.2.10', interface: 'lo', scope: 256 }],
    ['address.scope', { address: '2001:db8::10', interface: 'lo', scope: 'host' }],
    ['address.nodad', { address: '2001:db8::10', interface: 'lo', nodad: 1 }],
    ['address.nodad', { address: '192.0.2.10', interface: 'lo', nodad: true }],
    ['address.preferredLifetime', { address: '192.0.2.10', interface: 'lo', preferredLifetime: -1 }],
    [
      'address.preferredLifetime',
      { address: '192.0.2.10', interface: 'lo', preferredLifetime: 2, validLifetime: 1 },
    ],
    ['address.validLifetime', { address: '192.0.2.10', interface: 'lo', validLifetime: 0 }],
    ['address.peer', { address: '192.0.2.10', interface: 'lo', peer: '2001:db8::1' }],
    ['address.broadcast', { address: '2001:db8::10', interface: 'lo', broadcast: '2001:db8::1' }],
  ])('refuses an invalid %s (%#) and sends nothing', async (field, input) => {
    const { network, kernel } = await open()
    const address = input as InterfaceAddressInput
    await expect(network.addAddress(address)).rejects.toMatchObject({ field })
    await expect(network.ensureAddress(address)).rejects.toMatchObject({ field })
    expect(kernel.messages).toEqual([])
  })

  it('derives the scope of an IPv6 address from the address', async () => {
    const { network, kernel } = await open()
    for (const [address, scope] of [
      ['fe80::1', 'link'],
      ['::1', 'host'],
      ['fec0::1', 'site'],
    ] as const) {
      await network.addAddress({ address, interface: 'eth0', scope })
    }
    expect(kernel.sent('NEWADDR').map((message) => structureIn(message, ADDRESS_HEADER).scope)).toEqual([
      253, 254, 200,
    ])
  })

  it('explains a refusal by the kernel', async () => {
    const { network, kernel } = await open()
    kernel.script.NEWADDR = () => ({ errno: EEXIST, text: 'ipv4: Address already assigned' })
    await expect(network.addAddress({ address: '192.0.2.10', interface: 'lo' })).rejects.toMatchObject({
      name: 'NetworkError',
      code: 'EEXIST',
      errno: EEXIST,
      command: 'addAddress',
      subject: '192.0.2.10/32 on lo',
      kernelMessage: 'ipv4: Address already assigned',
      message: expect.stringContaining('ensureAddress accepts that (kernel message: ipv4: '),
    })
  })

  it('requires an existing interface', async () => {
    const { network } = await open()
    await expect(network.addAddress({ address: '192.0.2.10', interface: 'eth9' })).rejects.toMatchObject({
      code: 'ENODEV',
      command: 'addAddress',
      message: expect.stringContaining("no network interface 'eth9'"),
    })
  })
})

describe('ensureAddress', () => {
  it('adds a missing address', async () => {
    const { network, kernel } = await open()
    expect(await network.ensureAddress({ address: '192.0.2.10', interface: 'lo' })).toBe(true)
    expect(kernel.sent('NEWADDR')).toHaveLength(1)
  })

  it('leaves an address with the requested settings unchanged', async () => {
    const { network, kernel } = await open()
    withAddresses(kernel)
    kernel.script.NEWADDR = () => ({ errno: EEXIST })
    for (const input of [
      { address: '192.0.2.10', interface: 'lo' },
      { address: '192.0.2.10/32', interface: 'lo', label: 'lo:0', scope: 'global' },
      { address: '2001:db8::10/64', interface: 'eth0', nodad: true },
    ] as const) {
      expect(await network.ensureAddress(input)).toBe(false)
    }
  })

  it.each([
    [{ address: '192.0.2.10', interface: 'lo', label: 'lo:1' }, /has the label 'lo:0'/],
    [{ address: '192.0.2.10', interface: 'lo', scope: 'link' }, /has the scope 'global'/],
    [{ address: '192.0.2.10', interface: 'lo', peer: '192.0.2.11' }, /has no peer/],
    [{ address: '2001:db8::10', interface: 'eth0' }, /has the prefix length 64/],
    [{ address: '2001:db8::10/64', interface: 'eth0', preferredLifetime: 0 }, /not deprecated/],
  ] as const)('refuses an existing one with other settings: %o', async (input, how) => {
    const { network, kernel } = await open()
    withAddresses(kernel)
    kernel.script.NEWADDR = () => ({ errno: EEXIST })
    await expect(network.ensureAddress(input)).rejects.toMatchObject({
      code: 'EEXIST',
      command: 'ensureAddress',
      explanation: expect.stringMatching(how),
    })
  })

  it('refuses an address that another host has as well', async () => {
    const { network, kernel } = await open()
    const flags = 0x88
    const failed = addressReply(
      { family: 10, prefixLength: 64, index: 2 },
      { address: '2001:db8::10', flags },
    )
    kernel.script.GETADDR = () => ({ replies: [failed] })
    kernel.script.NEWADDR = () => ({ errno: EEXIST })
    await expect(network.ensureAddress({ address: '2001:db8::10/64', interface: 'eth0' })).rejects.toThrow(
      /another host/,
    )
  })
})

describe('removeAddress and ensureNoAddress', () => {
  it('identify an address by its prefix length', async () => {
    const { network, kernel } = await open()
    await network.removeAddress({ address: '192.0.2.10/24', interface: 'eth0' })
    expect(contents(kernel.sent('DELADDR')[0])).toEqual({
      ...{ family: 2, prefixLength: 24, flags: 0, scope: 0, index: 2 },
      ...{ local: '192.0.2.10', address: '192.0.2.10' },
    })
  })

  it('fail, or resolve to false, if there is none', async () => {
    const { network, kernel } = await open()
    const vip = { address: '192.0.2.10', interface: 'lo' }
    expect(await network.ensureNoAddress(vip)).toBe(true)
    kernel.script.DELADDR = () => ({ errno: EADDRNOTAVAIL })
    expect(await network.ensureNoAddress(vip)).toBe(false)
    expect(await network.ensureNoAddress({ ...vip, interface: 'eth9' })).toBe(false)
    await expect(network.removeAddress(vip)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
    kernel.script.DELADDR = () => ({ errno: 1 })
    await expect(network.ensureNoAddress(vip)).rejects.toMatchObject({ code: 'EPERM' })
  })
})

describe('addresses', () => {
  it('have the name of their interface and their flags', async () => {
    const { network, kernel } = await open()
    withAddresses(kernel)
    expect(await network.addresses()).toEqual([
      {
        ...{ address: '192.0.2.10', prefixLength: 32, interface: 'lo', family: 'ipv4' },
        ...{ scope: 'global', label: 'lo:0', flags: ['permanent'] },
      },
      {
        ...{ address: '2001:db8::10', prefixLength: 64, interface: 'eth0', family: 'ipv6' },
        ...{ scope: 'global', flags: ['nodad', 'permanent'] },
      },
    ])
  })

  it('are filtered by interface and family', async () => {
    const { network, kernel } = await open()
    withAddresses(kernel)
    const found = async (filter: object) => (await network.addresses(filter)).map(({ address }) => address)
    expect(await found({ interface: 'lo' })).toEqual(['192.0.2.10'])
    // A kernel without IPv6 returns the addresses of all families instead (rtnetlink_rcv_msg).
    expect(await found({ family: 'ipv6' })).toEqual(['2001:db8::10'])
    expect(await found({ interface: 'tunl0' })).toEqual([])
    await expect(network.addresses({ interface: 'eth9' })).rejects.toMatchObject({ code: 'ENODEV' })
    await expect(network.addresses({ interfaces: 'lo' } as never)).rejects.toMatchObject({
      field: 'filter.interfaces',
    })
  })

  it('omit other families, and entries whose interface was removed meanwhile', async () => {
    const { network, kernel } = await open()
    const other = addressReply({ family: 5, index: 2 }, {})
    const gone = addressReply({ family: 2, prefixLength: 32, index: 9 }, { local: '192.0.2.1' })
    kernel.script.GETADDR = () => ({ replies: [other, gone, VIP] })
    expect((await network.addresses()).map(({ address }) => address)).toEqual(['192.0.2.10'])
  })

  it('are read again if they changed during the dump', async () => {
    const { network, kernel } = await open()
    let readings = 0
    kernel.script.GETADDR = () => {
      readings++
      return { replies: [readings < 3 ? { ...VIP, flags: 0x10 } : VIP] }
    }
    expect(await network.addresses()).toHaveLength(1)
    expect(readings).toBe(3)
  })

  it('are returned as last read if they keep changing', async () => {
    const { network, kernel } = await open()
    kernel.script.GETADDR = () => ({ replies: [{ ...VIP, flags: 0x10 }] })
    expect(await network.addresses()).toHaveLength(1)
    expect(kernel.sent('GETADDR')).toHaveLength(5)
  })
})
