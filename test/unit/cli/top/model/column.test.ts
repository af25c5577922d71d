import { expect, it } from 'vitest'
import { COLUMNS } from '../../../../../src/cli/top/model/column.ts'
import { rates, serviceRow } from '../../../../support/cli/top-rows.ts'

it('the largest numbers fit their columns', () => {
  const most = { active: 2 ** 32, inactive: 2 ** 32, weight: 2 ** 31 - 1 }
  const large = 999.9e9
  const traffic = rates({
    ...{ connections: large, incomingPackets: large, outgoingPackets: large },
    ...{ incomingBytes: large, outgoingBytes: large },
  })
  const [row] = serviceRow('tcp://192.0.2.1:80', { '10.0.0.1:80': { ...most, rates: traffic } }).destinations
  for (const { format, formatTotal, width, name } of COLUMNS) {
    expect(format(row!).length, name).toBeLessThanOrEqual(width)
    expect(formatTotal(row!).length, name).toBeLessThanOrEqual(width)
  }
})
