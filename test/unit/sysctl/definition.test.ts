import { describe, expect, it } from 'vitest'
import { ArgumentRangeError, ArgumentTypeError } from '../../../src/errors.ts'
import { formatValue, parseValue, type SysctlDefinition } from '../../../src/sysctl/definition.ts'
import {
  HOST_SYSCTLS,
  IPV4_INTERFACE_SYSCTLS,
  IPV6_INTERFACE_SYSCTLS,
} from '../../../src/sysctl/interface-sysctls.ts'
import { IPVS_SYSCTLS } from '../../../src/sysctl/ipvs-sysctls.ts'

const OF_IPVS: Readonly<Record<string, SysctlDefinition>> = IPVS_SYSCTLS
const ALL: Readonly<Record<string, SysctlDefinition>> = {
  ...OF_IPVS,
  ...IPV4_INTERFACE_SYSCTLS,
  ...HOST_SYSCTLS,
  v6_forwarding: IPV6_INTERFACE_SYSCTLS.forwarding,
  accept_dad: IPV6_INTERFACE_SYSCTLS.accept_dad,
}

/** The text that is written for a value. */
const written = (name: string, value: unknown) => formatValue(name, ALL[name]!, value)

describe('a value is written and read back:', () => {
  it.each<[name: string, value: unknown, text: string]>([
    ['arp_ignore', 0, '0'],
    ['arp_ignore', 8, '8'],
    ['arp_announce', 2, '2'],
    ['rp_filter', 2, '2'],
    ['accept_dad', -1, '-1'],
    ['net.ipv4.ip_forward', 1, '1'],
    ['conn_reuse_mode', 3, '3'],
    ['drop_entry', 3, '3'],
    ['est_nice', -20, '-20'],
    ['conn_lfactor', -8, '-8'],
    ['conn_max', 2 ** 30, '1073741824'],
    ['sync_qlen_max', Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['sync_ports', 64, '64'],
    ['sync_threshold', [3, 50], '3 50'],
    ['sync_threshold', [9, 0], '9 0'],
    ['est_cpulist', '0-3,8', '0-3,8'],
    ['est_cpulist', '0-15:2/4,N', '0-15:2/4,N'],
    ['est_cpulist', 'all', 'all'],
    ['est_cpulist', '', ''],
  ])('%s %j', (name, value, text) => {
    expect(written(name, value)).toBe(text)
    expect(parseValue(ALL[name]!, text)).toEqual(value)
  })

  it('two numbers in the text of the kernel are separated by a tab', () => {
    expect(parseValue(IPVS_SYSCTLS.sync_threshold, '3\t50')).toEqual([3, 50])
  })

  it('values outside the range are read unchanged', () => {
    expect(parseValue(IPV4_INTERFACE_SYSCTLS.arp_ignore, '-7')).toBe(-7)
    expect(parseValue(IPV4_INTERFACE_SYSCTLS.arp_announce, '255')).toBe(255)
  })

  it.each<[name: string, text: string]>([
    ['arp_ignore', ''],
    ['arp_ignore', 'one'],
    ['arp_ignore', '1 2'],
    ['arp_ignore', '0x1'],
    ['sync_threshold', '3'],
    ['sync_threshold', '3\t50\t7'],
    ['sync_threshold', 'a b'],
  ])('%s is not read from %j', (name, text) => expect(parseValue(ALL[name]!, text)).toBeUndefined())
})

describe('a value outside the range is refused', () => {
  it.each<[name: string, value: unknown, allowed: string]>([
    ['arp_ignore', 4, '0, 1, 2, 3 or 8'],
    ['arp_ignore', 9, '0, 1, 2, 3 or 8'],
    ['arp_ignore', -1, '0, 1, 2, 3 or 8'],
    ['arp_announce', 3, 'an integer from 0 to 2'],
    ['rp_filter', 1.5, 'an integer from 0 to 2'],
    ['net.ipv4.ip_forward', 2, '0 or 1'],
    ['conntrack', Number.NaN, '0 or 1'],
    ['drop_packet', 4, 'an integer from 0 to 3'],
    ['est_nice', 20, 'an integer from -20 to 19'],
    ['conn_max', 2 ** 30 + 1, 'an integer from 0 to 1073741824'],
    ['svc_lfactor', -9, 'an integer from -8 to 8'],
    ['sync_ports', 3, '1, 2, 4, 8, 16, 32 or 64'],
    ['sync_ports', 128, '1, 2, 4, 8, 16, 32 or 64'],
    ['sync_version', 2, 'an integer from 0 to 1'],
    ['sync_threshold', [50, 50], 'two integers [count, period]'],
    ['sync_threshold', [-1, 5], 'two integers [count, period]'],
    ['sync_threshold', [1, 2 ** 31], 'two integers [count, period]'],
  ])('%s %j', (name, value, allowed) => {
    const write = () => written(name, value)
    expect(write).toThrow(ArgumentRangeError)
    expect(write).toThrow(`${name} must be ${allowed}`)
    expect(write).toThrow(expect.objectContaining({ field: name }))
  })

  it.each<[name: string, value: unknown]>([
    ['arp_ignore', '1'],
    ['arp_ignore', true],
    ['arp_ignore', 1n],
    ['arp_ignore', undefined],
    ['am_droprate', null],
    ['sync_threshold', 3],
    ['sync_threshold', [3]],
    ['sync_threshold', [3, 50, 1]],
    ['sync_threshold', ['3', '50']],
    ['sync_threshold', '3 50'],
    ['est_cpulist', 0],
    ['est_cpulist', '1-'],
    ['est_cpulist', '0\n1'],
    ['est_cpulist', ' '],
    ['est_cpulist', 'none'],
  ])('%s %o has another type', (name, value) => expect(() => written(name, value)).toThrow(ArgumentTypeError))
})

it('the table of IPVS has the version of the newer sysctls', () => {
  const newer = Object.entries(OF_IPVS).filter(([, { since = '0' }]) => Number.parseInt(since, 10) >= 6)
  expect(Object.fromEntries(newer.map(([name, { since }]) => [name, since]))).toEqual({
    conn_lfactor: '7.1',
    conn_max: '7.2',
    est_cpulist: '6.2',
    est_nice: '6.2',
    svc_lfactor: '7.1',
  })
})
