import { describe, expect, it } from 'vitest'
import { formatNumeric } from '../../../../../src/dialect/ipvsadm/print/endpoint-format.ts'
import {
  formatDestinationOption,
  formatDestinationOptions,
  formatServiceOption,
  formatServiceOptions,
  printRules,
} from '../../../../../src/dialect/ipvsadm/print/print-rules.ts'
import { destination, service, WEB } from '../../../../support/dialect/service-samples.ts'

describe('printRules', () => {
  it('prints rules that create the services', () => {
    const services = [
      service(WEB, {
        scheduler: 'mh',
        schedulerFlags: ['mh-fallback', 'mh-port'],
        persistence: { timeout: 60, mask: '255.255.255.0' },
        persistenceEngine: 'sip',
        destinations: [
          destination('10.0.0.1', { weight: 0 }),
          destination('10.0.0.2', { forwarding: 'nat', port: 8080 }),
          destination('10.0.0.3', { forwarding: 'tun', tunnel: { type: 'ipip' } }),
          destination('10.0.0.4', { forwarding: 'tun', tunnel: { type: 'gue', port: 6080 } }),
          destination('10.0.0.5', { forwarding: 'tun', tunnel: { type: 'gre', checksum: 'checksum' } }),
        ],
      }),
      service(
        { protocol: 'sctp', address: '2001:db8::1', port: 2905 },
        { persistence: { timeout: 5, mask: 128 } },
      ),
      service(
        { fwmark: 7, family: 'ipv6' },
        { onePacket: true, destinations: [destination('2001:db8::2', { port: 0 })] },
      ),
    ]
    expect(printRules(services, formatNumeric).split('\n')).toEqual([
      '-A -t 192.0.2.1:80 -s mh -p 60 -M 255.255.255.0 --pe sip -b mh-fallback,mh-port',
      '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 0',
      '-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 1',
      '-a -t 192.0.2.1:80 -r 10.0.0.3:80 -i -w 1 --tun-type ipip',
      '-a -t 192.0.2.1:80 -r 10.0.0.4:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum',
      '-a -t 192.0.2.1:80 -r 10.0.0.5:80 -i -w 1 --tun-type gre --tun-csum',
      '-A --sctp-service [2001:db8::1]:2905 -s wlc -p 5',
      '-A -f 7 -6 -s wlc -o',
      '-a -f 7 -6 -r [2001:db8::2]:0 -g -w 1',
      '',
    ])
  })

  it('does not truncate names, since that would change the rule', () => {
    const name = 'x'.repeat(100)
    expect(printRules([service(WEB)], () => name)).toBe(`-A -t ${name} -s wlc\n`)
  })
})

describe('the options of a command line', () => {
  const web = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const

  it.each([
    [web, '-t 192.0.2.1:80'],
    [{ ...web, protocol: 'udp', address: '2001:db8::1' }, "-u '[2001:db8::1]:80'"],
    [{ ...web, protocol: 'sctp' }, '--sctp-service 192.0.2.1:80'],
    [{ fwmark: 7 }, '-f 7'],
    [{ fwmark: 7, family: 'ipv6' }, '-f 7 -6'],
  ] as const)('name the service %j', (key, words) => {
    expect(formatServiceOption(key)).toBe(words)
  })

  it('include every setting of a service, since ipvsadm resets those that are missing', () => {
    const settings = {
      scheduler: 'sh',
      schedulerFlags: ['sh-port', 'sh-fallback'],
      onePacket: true,
      persistence: { timeout: 60, mask: 64 },
      persistenceEngine: 'sip',
    } as const
    expect(formatServiceOptions({ ...web, ...settings })).toBe(
      '-t 192.0.2.1:80 -s sh -p 60 -M 64 --pe sip -o -b sh-port,sh-fallback',
    )
    expect(formatServiceOptions(web)).toBe('-t 192.0.2.1:80 -s wlc')
  })

  it.each([
    [{ address: '2001:db8::9', port: 81, forwarding: 'nat', weight: 0 }, "-r '[2001:db8::9]:81' -m -w 0"],
    [
      { address: '192.0.2.9', forwarding: 'dr', upperThreshold: 9, lowerThreshold: 5 },
      '-r 192.0.2.9:80 -g -w 1 -x 9 -y 5',
    ],
    [
      { address: '192.0.2.9', forwarding: 'tun', tunnel: { type: 'ipip' } },
      '-r 192.0.2.9:80 -i -w 1 --tun-type ipip',
    ],
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

  it('name a destination by its address, with the port of its service', () => {
    expect(formatDestinationOption(web, { address: '192.0.2.9' })).toBe('-r 192.0.2.9:80')
  })

  it('make ipvsadm refuse a line with a value that it has no option for', () => {
    expect(formatServiceOption({ ...web, protocol: 41 as never })).toBe("'(null)' 192.0.2.1:80")
    expect(formatDestinationOptions(web, { address: '192.0.2.9', forwarding: 'bypass' })).toBe(
      "-r 192.0.2.9:80 '(null)' -w 1",
    )
  })
})
