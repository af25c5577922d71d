import { describe, expect, it } from 'vitest'
import {
  formatDestinationOptions,
  formatServiceOption,
  formatServiceOptions,
} from '../../../../../src/host/doctor/model/ipvsadm-words.ts'

const web = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const

describe('ipvsadm options', () => {
  it.each([
    [web, '-t 192.0.2.1:80'],
    [{ ...web, protocol: 'udp', address: '2001:db8::1' }, '-u [2001:db8::1]:80'],
    [{ ...web, protocol: 'sctp' }, '--sctp-service 192.0.2.1:80'],
    [{ fwmark: 7 }, '-f 7'],
    [{ fwmark: 7, family: 'ipv6' }, '-f 7 -6'],
  ] as const)('identify the service %j', (key, words) => {
    expect(formatServiceOption(key)).toBe(words)
  })

  it('contain every setting of a service, because ipvsadm resets omitted ones', () => {
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
  ] as const)('describe the destination %j', (destination, words) => {
    expect(formatDestinationOptions(web, destination)).toBe(words)
  })
})
