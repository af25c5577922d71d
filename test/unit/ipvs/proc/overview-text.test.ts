import { describe, expect, it } from 'vitest'
import { HEADINGS, overviewIn, tableOf } from '../../../support/ipvs/overview-tables.ts'

const overviewOf = (...lines: string[]) => overviewIn(tableOf(...lines))

describe('a destination', () => {
  const row = (text: string) => overviewOf('TCP  C0000201:0050 rr  ', `  -> C633640A:0050      ${text}`)

  it('has counts that may be wider than their columns', async () => {
    const [service] = await row('Masq    65535  2147483647 2147483647')
    expect(service?.destinations).toMatchObject([
      { weight: 65535, activeConnections: 2 ** 31 - 1, inactiveConnections: 2 ** 31 - 1 },
    ])
  })

  it('may have a negative count, which the kernel prints with a sign', async () => {
    const [service] = await row('Masq    1      -1         3         ')
    expect(service?.destinations).toMatchObject([{ activeConnections: -1, inactiveConnections: 3 }])
  })

  it('keeps an unknown word for its forwarding method', async () => {
    const [service] = await row('FullNat 1      0          0         ')
    expect(service?.destinations).toMatchObject([{ forwarding: 'FullNat' }])
  })
})

describe('the family under a firewall mark', () => {
  const v4 = '  -> C633640A:0000      '
  const v6 = '  -> [2001:0db8:0001:0000:0000:0000:0000:0010]:0000      '
  const counts = '1      0          0         '

  it.each([
    ['ipv4', 'Masq', v4],
    ['ipv4', 'Local', v4],
    ['ipv6', 'Route', v6],
  ])('is %s if a destination is reached by %s', async (family, method, start) => {
    const tunnels = [`${v4}Tunnel  ${counts}`, `${v6}Tunnel  ${counts}`]
    const [service] = await overviewOf(
      'FWM  00000007 rr ',
      ...tunnels,
      `${start}${method.padEnd(7)} ${counts}`,
    )
    expect(service?.family).toBe(family)
  })

  it.each([
    ['no destination', []],
    ['destinations behind tunnels alone', [`${v4}Tunnel  ${counts}`, `${v6}Tunnel  ${counts}`]],
    ['a forwarding that is not known here', [`${v4}FullNat ${counts}`]],
  ])('is unknown with %s', async (_, rows) => {
    const [service] = await overviewOf('FWM  00000007 rr ', ...rows)
    expect(service?.family).toBeNull()
  })

  it.each([
    ['FFFFFFFF', 'ipv4', '255.255.255.255'],
    ['00000000', 'ipv4', '0.0.0.0'],
    ['81000000', 'ipv4', '129.0.0.0'],
    ['80000000', null, undefined],
    ['01000000', null, undefined],
  ])('with the mask %s is %s', async (text, family, mask) => {
    const [service] = await overviewOf(`FWM  00000007 rr persistent 100 ${text}`)
    expect(service).toMatchObject({ family, persistence: { timeoutTicks: 100, mask } })
  })
})

it('has one-packet scheduling of a service at an IPv6 address if a kernel shows it', async () => {
  const [service] = await overviewOf('UDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 wlc ops ')
  expect(service?.onePacket).toBe(true)
})

it('has the ticks of persistence as an unsigned number', async () => {
  const [service] = await overviewOf('TCP  C0000201:0050 rr  persistent -296 FFFFFFFF')
  expect(service?.persistence?.timeoutTicks).toBe(4_294_967_000)
})

describe('text is malformed', () => {
  const service = 'TCP  C0000201:0050 rr  '
  const service6 = 'TCP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0050 rr '
  const row = '  -> C633640A:0050      Masq    1      0          0         '

  it.each([
    ['with nothing in it', ''],
    ['that ends in its headings', HEADINGS.slice(0, HEADINGS.lastIndexOf('  ->'))],
    ['with another first heading', tableOf().replace('Virtual Server', 'Virtual Desktop')],
    ['with another column', tableOf().replace('InActConn', 'InActConn PersistConn')],
    ['with a column less', tableOf(service).replace(' Flags', '')],
    ['that ends in the middle of a service', tableOf(service).slice(0, -1)],
    ['that ends in the middle of a destination', tableOf(service, row).slice(0, -8)],
    ['with a destination before any service', tableOf(row)],
    ['with an empty line', tableOf(service, '', row)],
    ['with a blank line', tableOf(service, '   ', row)],
    ['with a destination that is set in otherwise', tableOf(service, row.slice(1))],
    ['with an unknown protocol', tableOf(service.replace('TCP', 'XYZ'))],
    ['with a protocol beyond 65535', tableOf(service.replace('TCP', 'IP_65536'))],
    ['with a protocol without its number', tableOf(service.replace('TCP', 'IP_'))],
    ['with a service without a scheduler', tableOf('TCP  C0000201:0050 ')],
    ['with a service without a port', tableOf('TCP  C0000201 rr  ')],
    ['with a port of three digits', tableOf(service.replace('0050', '050'))],
    ['with a port of five digits', tableOf(service.replace('0050', '00500'))],
    ['with an address of seven digits', tableOf(service.replace('C0000201', 'C000201'))],
    ['with an address that is none', tableOf(service.replace('C0000201', 'C000020G'))],
    ['with a dotted address', tableOf(service.replace('C0000201', '192.0.2.1'))],
    ['with an IPv6 address without brackets', tableOf(service6.replaceAll(/[[\]]/g, ''))],
    ['with an IPv6 address of seven groups', tableOf(service6.replace(':0db8', ''))],
    ['with an IPv6 address that is shortened', tableOf(service6.replace('0db8', 'db8'))],
    ['with a mark of seven digits', tableOf('FWM  0000007 rr ')],
    ['with an unknown flag', tableOf(`${service}fast `)],
    ['with a flag that goes on', tableOf('UDP  C0000201:0050 rr opsx ')],
    ['with persistence without a mask', tableOf(`${service}persistent 100`)],
    ['with persistence without a time', tableOf(`${service}persistent FFFFFFFF`)],
    ['with more behind the persistence', tableOf(`${service}persistent 100 FFFFFFFF ops`)],
    ['with a time beyond 32 bits', tableOf(`${service}persistent 2147483648 FFFFFFFF`)],
    ['with a destination without a method', tableOf(service, row.replace('Masq    ', ''))],
    ['with no blank before a method', tableOf(service, row.replace('      Masq', 'Masq'))],
    ['with no blank before a scheduler', tableOf(service.replace(' rr', 'rr'))],
    ['with a count too few', tableOf(service, row.trimEnd().slice(0, -1))],
    ['with a count too many', tableOf(service, `${row}0`)],
    ['with a weight that is none', tableOf(service, row.replace(' 1 ', ' one '))],
    ['with a weight that is a sign', tableOf(service, row.replace(' 1 ', ' - '))],
    ['with a weight beyond 32 bits', tableOf(service, row.replace(' 1 ', ' 2147483648 '))],
    ['with a fraction of a connection', tableOf(service, row.replace(' 0 ', ' 0.5 '))],
  ])('%s', async (_, text) => {
    await expect(overviewIn(text)).rejects.toMatchObject({ name: 'NetlinkError', code: 'ERR_LVS_MALFORMED' })
  })

  it('and the error shows the line', async () => {
    await expect(overviewIn(tableOf(service, row, 'nonsense'))).rejects.toThrow(
      '"nonsense" in /proc/net/ip_vs',
    )
    await expect(overviewIn(tableOf(service, 'x'.repeat(1000)))).rejects.toThrow(/"x{200}" in/)
  })
})
