import { describe, expect, it } from 'vitest'
import { formatNumeric } from '../../../../../src/dialect/ipvsadm/print/labels.ts'
import { printRules } from '../../../../../src/dialect/ipvsadm/print/print-rules.ts'
import { destination, service, WEB } from '../../../../support/dialect/service-samples.ts'

describe('printRules', () => {
  it('prints rules that make the services again', () => {
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

  it('does not cut names: a rule with half a name would be another rule', () => {
    const name = 'x'.repeat(100)
    expect(printRules([service(WEB)], () => name)).toBe(`-A -t ${name} -s wlc\n`)
  })
})
