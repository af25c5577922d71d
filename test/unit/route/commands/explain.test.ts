import { describe, expect, it } from 'vitest'
import { explainNetworkError } from '../../../../src/route/commands/explain.ts'

describe('the explanation of a refusal', () => {
  it.each([
    ['addAddress', 'EEXIST', {}, 'ensureAddress'],
    ['ensureAddress', 'EACCES', { interface: 'eth0' }, 'net.ipv6.conf.eth0.disable_ipv6=0'],
    ['removeAddress', 'EADDRNOTAVAIL', {}, 'does not have this address with this prefix length'],
    ['ensureNoAddress', 'EADDRNOTAVAIL', {}, 'does not have this address'],
    ['addRoute', 'ENETUNREACH', {}, 'gateway is not in a network of this host'],
    ['ensureRoute', 'ENETDOWN', { interface: 'eth0' }, "updateLink('eth0', { up: true })"],
    ['addRoute', 'ENETDOWN', {}, 'bring it up with updateLink'],
    ['removeRoute', 'ESRCH', {}, 'no such route'],
    ['routeTo', 'ENETUNREACH', {}, 'add one with addRoute'],
    ['routeTo', 'ENETUNREACH', { from: '192.0.2.1' }, '192.0.2.1 is not an address of this host'],
    ['addLink', 'EEXIST', { kind: 'dummy' }, 'interface with this name'],
    ['ensureLink', 'EEXIST', { kind: 'ipip' }, 'with the same endpoints'],
    ['addLink', 'EOPNOTSUPP', { kind: 'gre' }, 'modprobe ip_gre'],
    ['addLink', 'EOPNOTSUPP', { kind: 'ip6gre' }, 'modprobe ip6_gre'],
    ['addLink', 'EOPNOTSUPP', { kind: 'sit' }, 'modprobe sit'],
    ['removeLink', 'EOPNOTSUPP', {}, 'hardware'],
    ['updateLink', 'EINVAL', {}, 'MTU'],
    ['links', 'EPERM', {}, 'CAP_NET_ADMIN'],
    ['addresses', 'ENODEV', { interface: 'eth9' }, "'eth9'"],
    ['addresses', 'ENODEV', {}, 'no such network interface'],
    ['addAddress', 'EOPNOTSUPP', {}, 'ipv6.disable=1'],
    ['links', 'EWHATEVER', {}, 'the kernel refused the command'],
  ])('%s %s %o', (command, code, context, part) => {
    expect(explainNetworkError(command, code, context)).toContain(part)
  })
})
