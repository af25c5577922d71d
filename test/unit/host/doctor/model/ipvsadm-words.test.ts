import { describe, expect, it } from 'vitest'
import {
  formatDestinationOptions,
  formatServiceOption,
  formatServiceOptions,
} from '../../../../../src/host/doctor/model/ipvsadm-words.ts'
import { alone, contains, parseNetwork } from '../../../../../src/host/doctor/model/network.ts'
import { toSource } from '../../../../../src/host/doctor/model/to-source.ts'

const web = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const

describe('a literal', () => {
  it.each([
    [{ address: '192.0.2.1/32', nodad: true, label: undefined }, "{ address: '192.0.2.1/32', nodad: true }"],
    [{ 'tun-type': 1, list: ['a', 2, null] }, "{ 'tun-type': 1, list: ['a', 2, null] }"],
    [{}, '{}'],
    [`it's "so"\\\n`, `'it\\'s "so"\\\\\\n'`],
  ])('of %j can be read back', (value, text) => {
    expect(toSource(value)).toBe(text)
    expect(new Function(`return (${text})`)()).toEqual(value)
  })
})

describe('a network', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['192.0.2.1/32', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['default', '203.0.113.7', true],
    ['2001:db8::/63', '2001:db8:0:1::1', true],
    ['2001:db8::/63', '2001:db8:0:2::1', false],
    ['default', '2001:db8::1', true],
  ])('%s and %s: %s', (network, address, inside) => {
    const family = address.includes(':') ? 'ipv6' : 'ipv4'
    expect(contains(parseNetwork(network, family), address)).toBe(inside)
  })

  it('of one family holds nothing of the other', () => {
    expect(contains(parseNetwork('default', 'ipv4'), '2001:db8::1')).toBe(false)
  })

  it('of one address is written with all its bits', () => {
    expect([alone('192.0.2.1'), alone('2001:db8::1')]).toEqual(['192.0.2.1/32', '2001:db8::1/128'])
  })
})

describe('a line of ipvsadm', () => {
  it.each([
    [web, '-t 192.0.2.1:80'],
    [{ ...web, protocol: 'udp', address: '2001:db8::1' }, '-u [2001:db8::1]:80'],
    [{ ...web, protocol: 'sctp' }, '--sctp-service 192.0.2.1:80'],
    [{ fwmark: 7 }, '-f 7'],
    [{ fwmark: 7, family: 'ipv6' }, '-f 7 -6'],
  ] as const)('names the service %j', (key, words) => {
    expect(formatServiceOption(key)).toBe(words)
  })

  it('has every setting of a service, since ipvsadm sets back what is not named', () => {
    const settings = {
      scheduler: 'sh',
      schedulerFlags: ['sh-port', 'sh-fallback'],
      onePacket: true,
      persistence: { timeout: 60, mask: 64 },
      persistenceEngine: 'sip',
    } as const
    expect(formatServiceOptions({ ...web, ...settings })).toBe(
      '-t 192.0.2.1:80 -s sh -b sh-port,sh-fallback -p 60 -M 64 --pe sip -o',
    )
    expect(formatServiceOptions(web)).toBe('-t 192.0.2.1:80 -s wlc')
  })

  it.each([
    [{ address: '192.0.2.9' }, '-r 192.0.2.9:80'],
    [{ address: '2001:db8::9', port: 81, forwarding: 'nat', weight: 0 }, '-r [2001:db8::9]:81 -m -w 0'],
    [
      { address: '192.0.2.9', forwarding: 'dr', upperThreshold: 9, lowerThreshold: 5 },
      '-r 192.0.2.9:80 -g -w 1 -x 9 -y 5',
    ],
    [{ address: '192.0.2.9', forwarding: 'tun', tunnel: { type: 'ipip' } }, '-r 192.0.2.9:80 -i -w 1'],
    [
      { address: '192.0.2.9', forwarding: 'tun', tunnel: { type: 'gue', port: 6080, checksum: 'remote' } },
      '-r 192.0.2.9:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
    ],
    [
      { address: '192.0.2.9', forwarding: 'tun', tunnel: { type: 'gre' } },
      '-r 192.0.2.9:80 -i -w 1 --tun-type gre --tun-nocsum',
    ],
  ] as const)('has the destination %j', (destination, words) => {
    expect(formatDestinationOptions(web, destination)).toBe(words)
  })
})
