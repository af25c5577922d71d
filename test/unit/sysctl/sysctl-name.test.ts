import { describe, expect, it } from 'vitest'
import { ArgumentTypeError } from '../../../src/errors.ts'
import { findKnownSysctl, findSysctl, interfaceSysctl } from '../../../src/sysctl/sysctl-name.ts'

describe('the name of a sysctl', () => {
  it.each([
    ['net.ipv4.ip_forward', '/proc/sys/net/ipv4/ip_forward'],
    ['net.ipv4.vs.conntrack', '/proc/sys/net/ipv4/vs/conntrack'],
    ['net.ipv4.conf.all.arp_ignore', '/proc/sys/net/ipv4/conf/all/arp_ignore'],
    ['net.ipv4.conf.eth0/100.arp_ignore', '/proc/sys/net/ipv4/conf/eth0.100/arp_ignore'],
    ['net.ipv4.conf....arp_ignore'.replace('....', './//.'), '/proc/sys/net/ipv4/conf/.../arp_ignore'],
    ['net.ipv6.conf.接口.forwarding', '/proc/sys/net/ipv6/conf/接口/forwarding'],
    ['net.ipv4.neigh.eth0/1.gc_stale_time', '/proc/sys/net/ipv4/neigh/eth0.1/gc_stale_time'],
    ['net.core.somaxconn', '/proc/sys/net/core/somaxconn'],
    ['net.nf_conntrack_max', '/proc/sys/net/nf_conntrack_max'],
  ])('%s leads to %s', (name, path) => expect(findSysctl(name)).toMatchObject({ name, path }))

  it.each([
    '',
    'net',
    'net.',
    'net..ipv4',
    '.net.ipv4.ip_forward',
    'net.ipv4.ip_forward.',
    'kernel.modprobe',
    'Net.ipv4.ip_forward',
    'net/ipv4/ip_forward',
    '/proc/sys/net/ipv4/ip_forward',
    'net.//.//.kernel.modprobe',
    'net./.ipv4',
    'net.ipv4.//.//.kernel.modprobe',
    'net.ipv4.conf.//.arp_ignore',
    'net.ipv4.conf./.arp_ignore',
    'net.ipv4.conf..arp_ignore',
    'net.ipv4.conf.eth0.100.arp_ignore',
    'net.ipv4.conf.eth0',
    'net.ipv4.conf.1234567890123456.arp_ignore',
    'net.ipv4.conf.e th0.arp_ignore',
    'net.ipv4.conf.eth0.arp_ignore\0',
    'net.ipv4.conf.eth0\0.arp_ignore',
    'net.ipv4.conf.\ud800.arp_ignore',
    'net.ipv4.conf.eth0.arp\nignore',
    'net.ipv4.ip_förward',
    `net.ipv4.${'x'.repeat(256)}`,
  ])('is not %j', (name) => expect(() => findSysctl(name)).toThrow(/name|interface/))

  it.each([undefined, null, 7, ['net.ipv4.ip_forward'], {}])('is not %j either', (name) =>
    expect(() => findSysctl(name)).toThrow(ArgumentTypeError),
  )

  it('explains how to write the dots of an interface', () => {
    expect(() => findSysctl('net.ipv4.conf.eth0.100.arp_ignore')).toThrow(
      'name must be the name of a sysctl below net., such as net.ipv4.conf.eth0.arp_ignore (write a dot in the name of an interface as \'/\'), not "net.ipv4.conf.eth0.100.arp_ignore"',
    )
  })

  it.each([
    'net.core.somaxconn',
    'net.ipv4.vs.constructor',
    'net.ipv4.vs.toString',
    'net.ipv4.conf.eth0.hasOwnProperty',
    'net.ipv6.conf.all.arp_ignore',
    'net.ipv4.neigh.eth0.forwarding',
    'net.ipv5.conf.eth0.forwarding',
    'net.ipv4.ip_forward_use_pmtu',
  ])('%s has no type here, and the error names the method to call instead', (name) => {
    expect(findSysctl(name).definition).toBeUndefined()
    expect(() => findKnownSysctl(name)).toThrow(/getText.*setText/)
  })
})

describe('the name of a sysctl of an interface', () => {
  it('has slashes for the dots of the interface', () => {
    expect(interfaceSysctl('ipv4', 'eth0', 'arp_ignore')).toBe('net.ipv4.conf.eth0.arp_ignore')
    expect(interfaceSysctl('ipv6', 'a.b.c', 'forwarding')).toBe('net.ipv6.conf.a/b/c.forwarding')
    expect(interfaceSysctl('ipv4', 'all', 'rp_filter')).toBe('net.ipv4.conf.all.rp_filter')
  })

  it.each([
    ['ipv5', 'eth0', 'forwarding', 'family'],
    ['ipv4', 'eth0/1', 'forwarding', 'interfaceName'],
    ['ipv4', '..', 'forwarding', 'interfaceName'],
    ['ipv4', 'eth0', 'accept_dad', 'setting'],
    ['ipv6', 'eth0', 'arp_ignore', 'setting'],
    ['ipv4', 'eth0', 'constructor', 'setting'],
    ['ipv4', 'eth0', '../../ip_forward', 'setting'],
  ])('cannot be formed from %s, %s and %s', (family, name, setting, field) => {
    const make = () => interfaceSysctl(family as 'ipv4', name, setting as 'forwarding')
    expect(make).toThrow(expect.objectContaining({ field }))
  })
})
