import { describe, expect, it } from 'vitest'
import { NetworkError } from '../../../../src/errors.ts'
import { open } from '../../../support/route/fake-network.ts'

const VIP = '192.0.2.10'

function ethertypes(frames: readonly { readonly frame: Uint8Array }[]): number[] {
  return frames.map(({ frame }) => Buffer.from(frame).readUInt16BE(12))
}

describe('an announcement', () => {
  it('of an IPv4 address is a gratuitous ARP request and a reply, from the interface', async () => {
    const { network, kernel } = await open()
    await network.announce(VIP, 'eth0')
    expect(kernel.frames.map(({ interfaceIndex }) => interfaceIndex)).toEqual([2, 2])
    expect(kernel.frames.map(({ frame }) => frame[21])).toEqual([1, 2])
    for (const { frame } of kernel.frames) {
      expect(Buffer.from(frame).toString('hex', 6, 12)).toBe('020000000001')
    }
  })

  it('of an IPv6 address is one neighbour advertisement, in which a forwarding host is a router', async () => {
    const { network, kernel } = await open()
    await network.announce('2001:DB8::10', 'eth0')
    kernel.files.set('/proc/sys/net/ipv6/conf/eth0/forwarding', '1\n')
    await network.announce('2001:db8::10', 'eth0')
    expect(ethertypes(kernel.frames)).toEqual([0x86dd, 0x86dd])
    expect(kernel.frames.map(({ frame }) => frame[58])).toEqual([0x20, 0xa0])
  })

  it('is repeated after the interval', async () => {
    const { network, kernel } = await open()
    await network.announce(VIP, 'eth0', { times: 3, interval: 0.001 })
    expect(kernel.frames).toHaveLength(6)
  })

  it('can be aborted between two repetitions', async () => {
    const { network, kernel } = await open()
    const reason = new Error('enough')
    const giveUp = new AbortController()
    const announced = network.announce(VIP, 'eth0', { times: 100, interval: 60, signal: giveUp.signal })
    while (kernel.frames.length < 2) await new Promise(setImmediate)
    giveUp.abort(reason)
    await expect(announced).rejects.toBe(reason)
    expect(kernel.frames).toHaveLength(2)
  })
})

describe('an announcement is refused', () => {
  it.each([
    [
      'on an interface that reaches no other host',
      'lo',
      'EOPNOTSUPP',
      /loopback.*interface towards its clients/,
    ],
    ['on an interface without ARP', 'tunl0', 'EOPNOTSUPP', /not Ethernet, or does not use ARP/],
    ['where there is no such interface', 'eth9', 'ENODEV', /no network interface 'eth9'/],
    ['on an interface that is down', 'eth1', 'ENETDOWN', /bring it up/],
  ])('%s', async (_, name, code, explanation) => {
    const { network, kernel } = await open()
    kernel.links.push({ index: 4, name: 'eth1', flags: 0, address: '02:00:00:00:00:02' })
    const error = await network.announce(VIP, name).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ code, command: 'announce', subject: `${VIP} on ${name}` })
    expect((error as NetworkError).explanation).toMatch(explanation)
    expect(kernel.frames).toEqual([])
  })

  it.each([
    ['EPERM', /CAP_NET_RAW/],
    ['ENETDOWN', /down/],
    ['ENXIO', /removed/],
    ['ENOBUFS', /carrier/],
  ])('if sending the frame fails with %s', async (code, explanation) => {
    const { network, kernel } = await open()
    const cause = Object.assign(new Error(code), { code })
    kernel.refusals.push(cause)
    const error = await network.announce(VIP, 'eth0').catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'NetworkError', code, cause })
    expect((error as NetworkError).explanation).toMatch(explanation)
  })

  it('with the original error if there is no explanation', async () => {
    const { network, kernel } = await open()
    const cause = Object.assign(new Error('EIO'), { code: 'EIO' })
    kernel.refusals.push(cause)
    await expect(network.announce(VIP, 'eth0')).rejects.toBe(cause)
  })

  it.each([
    ['address', 'vip.example', 'eth0', {}],
    ['address', `${VIP}/32`, 'eth0', {}],
    ['interfaceName', VIP, '../eth0', {}],
    ['times', VIP, 'eth0', { times: 0 }],
    ['interval', VIP, 'eth0', { interval: 0 }],
    ['interval', VIP, 'eth0', { interval: 60.5 }],
    ['interval', VIP, 'eth0', { interval: '1' }],
    ['options.time', VIP, 'eth0', { time: 3 }],
  ])('for an invalid %s, and nothing is sent', async (field, address, name, options) => {
    const { network, kernel } = await open()
    await expect(network.announce(address, name, options as object)).rejects.toMatchObject({ field })
    expect(kernel.messages).toEqual([])
  })
})
