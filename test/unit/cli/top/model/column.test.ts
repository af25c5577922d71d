import { expect, it } from 'vitest'
import { COLUMNS, formatRate } from '../../../../../src/cli/top/model/column.ts'
import { rates, serviceRow } from '../../../../support/cli/top-rows.ts'

it.each([
  [0, '0'],
  [0.5, '0.5'],
  [8.5, '8.5'],
  [9.96, '10'],
  [12.5, '13'],
  [999.4, '999'],
  [1234, '1.2 k'],
  [98_765_432, '98 M'],
])('a rate of %d is shown as %s', (rate, text) => {
  expect(formatRate(rate)).toBe(text)
})

it('no figure is wider than its column', () => {
  const most = { active: 2 ** 32, inactive: 2 ** 32, weight: 2 ** 31 - 1 }
  const large = 999.9e9
  const traffic = rates({
    ...{ connections: large, incomingPackets: large, outgoingPackets: large },
    ...{ incomingBytes: large, outgoingBytes: large },
  })
  const [row] = serviceRow('tcp://192.0.2.1:80', { '10.0.0.1:80': { ...most, rates: traffic } }).destinations
  for (const { format: print, formatTotal: printTotal, width, name } of COLUMNS) {
    expect(print(row!).length, name).toBeLessThanOrEqual(width)
    expect(printTotal(row!).length, name).toBeLessThanOrEqual(width)
  }
})
