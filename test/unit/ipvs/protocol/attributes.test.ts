import { describe, expect, it } from 'vitest'
import {
  COMMAND,
  DAEMON,
  DESTINATION,
  INFO,
  SERVICE,
  STATISTICS_32,
  STATISTICS_64,
} from '../../../../src/ipvs/protocol/attributes.ts'
import type { AttributeTable } from '../../../../src/netlink/wire/attributes.ts'

/**
 * A second copy of <linux/ip_vs.h>, written from the reference (ipvs-netlink.md, 1.2 to 1.7 and 2) and not from the tables:
 * every number with the type that the kernel reads and writes.
 */
const HEADER: readonly [name: string, table: AttributeTable, attributes: string][] = [
  ['IPVS_CMD_ATTR', COMMAND, '1 service, 2 destination, 3 daemon, 4 u32, 5 u32, 6 u32'],
  [
    'IPVS_SVC_ATTR',
    SERVICE,
    '1 u16, 2 u16, 3 bytes, 4 u16be, 5 u32, 6 text, 7 bytes, 8 u32, 9 bytes, 10 statistics, 11 text, 12 statistics64',
  ],
  [
    'IPVS_DEST_ATTR',
    DESTINATION,
    '1 bytes, 2 u16be, 3 u32, 4 i32, 5 u32, 6 u32, 7 u32, 8 u32, 9 u32, 10 statistics, 11 u16, 12 statistics64, 13 u8, 14 u16be, 15 u16',
  ],
  ['IPVS_DAEMON_ATTR', DAEMON, '1 u32, 2 text, 3 u32, 4 u16, 5 bytes, 6 bytes, 7 u16, 8 u8'],
  [
    'IPVS_STATS_ATTR in 32 bits',
    STATISTICS_32,
    '1 u32, 2 u32, 3 u32, 4 u64, 5 u64, 6 u32, 7 u32, 8 u32, 9 u32, 10 u32, 11 pad',
  ],
  [
    'IPVS_STATS_ATTR in 64 bits',
    STATISTICS_64,
    '1 u64, 2 u64, 3 u64, 4 u64, 5 u64, 6 u64, 7 u64, 8 u64, 9 u64, 10 u64, 11 pad',
  ],
  ['IPVS_INFO_ATTR', INFO, '1 u32, 2 u32'],
]

describe('the attributes', () => {
  it.each(HEADER)('%s have the numbers and types of the kernel', (_, table, attributes) => {
    const found = table.byType.flatMap((field) =>
      field === undefined ? [] : [`${field.type} ${field.codec.name}`],
    )
    expect(found.join(', ')).toBe(attributes)
  })

  it('map each number to its field, whatever its name', () => {
    const number = (table: AttributeTable, name: string) => table.fields[name]?.type
    const names = [
      'activeConnections',
      'inactiveConnections',
      'persistentConnections',
      'upperThreshold',
      'lowerThreshold',
    ]
    expect(names.map((name) => number(DESTINATION, name))).toEqual([7, 8, 9, 5, 6])
    expect(['tcpTimeout', 'tcpFinTimeout', 'udpTimeout'].map((name) => number(COMMAND, name))).toEqual([
      4, 5, 6,
    ])
    expect(['timeout', 'netmask', 'fwmark'].map((name) => number(SERVICE, name))).toEqual([8, 9, 5])
    expect(
      ['syncId', 'maximumLength', 'group', 'group6', 'port', 'ttl'].map((name) => number(DAEMON, name)),
    ).toEqual([3, 4, 5, 6, 7, 8])
  })
})
