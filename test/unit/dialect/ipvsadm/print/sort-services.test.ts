import { describe, expect, it } from 'vitest'
import { sortServices } from '../../../../../src/dialect/ipvsadm/print/sort-services.ts'
import { formatService } from '../../../../../src/ipvs/model/service-key.ts'
import { destination, service, WEB } from '../../../../support/dialect/service-samples.ts'

const order = (...addresses: string[]) =>
  sortServices([
    service(WEB, { destinations: addresses.map((address) => destination(address)) }),
  ])[0]?.destinations.map(({ address }) => address)

describe('sortServices', () => {
  it('sorts services by mark, family, protocol, address and port', () => {
    const keys = [
      { fwmark: 5, family: 'ipv6' },
      { fwmark: 5, family: 'ipv4' },
      { protocol: 'tcp', address: '2001:db8::1', port: 80 },
      { protocol: 'udp', address: '192.0.2.1', port: 53 },
      { protocol: 'tcp', address: '192.0.2.2', port: 80 },
      { protocol: 'tcp', address: '192.0.2.1', port: 443 },
      WEB,
    ] as const
    expect(sortServices(keys.map((key) => service(key))).map(formatService)).toEqual([
      'tcp://192.0.2.1:80',
      'tcp://192.0.2.1:443',
      'tcp://192.0.2.2:80',
      'udp://192.0.2.1:53',
      'tcp://[2001:db8::1]:80',
      'fwmark://5',
      'fwmark://5/ipv6',
    ])
  })

  it('compares addresses by their signed difference, as ipvsadm does', () => {
    expect(order('10.0.0.1', '192.168.0.1')).toEqual(['192.168.0.1', '10.0.0.1'])
    expect(order('2001:db8::1', 'fd00::1')).toEqual(['fd00::1', '2001:db8::1'])
    expect(order('123.0.0.1', '10.0.0.1', '2001:db8::1')).toEqual(['10.0.0.1', '2001:db8::1', '123.0.0.1'])
  })

  it('depends on the order of the kernel where the comparison is not transitive', () => {
    // As observed in the lab: glibc merges halves, and each of 10, 90 and 170 is sorted before the next.
    expect(order('170.0.0.1', '90.0.0.1', '10.0.0.1')).toEqual(['170.0.0.1', '10.0.0.1', '90.0.0.1'])
  })
})
