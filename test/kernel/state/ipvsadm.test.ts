import { describe, expect, it } from 'vitest'
import { formatRules } from '../../../src/dialect/ipvsadm/format-rules.ts'
import { parseRules } from '../../../src/dialect/ipvsadm/parse-rules.ts'
import { type DesiredState, SCHEDULERS } from '../../../src/index.ts'
import { toDesiredState } from '../../../src/state/document/format-state.ts'
import { readTable } from '../../../src/state/model/table.ts'
import { restorable, restorableRules } from '../../support/kernel/ipvs/ipvsadm-rules.ts'
import { matrixOf } from '../../support/kernel/ipvs/setting-matrix.ts'
import { makeNamespace } from '../../support/kernel/namespace.ts'
import { sortedTable } from '../../support/state/compare-tables.ts'

describe.each([...SCHEDULERS, 'none'])('rules of ipvsadm with scheduler %s', (scheduler) => {
  const services = matrixOf(scheduler)
    .map(({ read }) => read)
    .flatMap(restorable)

  it('that ipvsadm accepts are parsed to the table that it creates from them', async () => {
    const namespace = await makeNamespace()
    const rules = services.flatMap(restorableRules)
    await namespace.restore(rules)
    const theirs = await readTable(namespace.ipvs)

    const { ipvs } = await makeNamespace()
    await ipvs.apply(parseRules(rules.join('\n')))
    const ours = await readTable(ipvs)
    expect(sortedTable({ ...ours, timeouts: theirs.timeouts })).toEqual(sortedTable(theirs))
  })

  it('that are formatted restore the table that they were formatted from', async () => {
    const namespace = await makeNamespace()
    const table = { services, timeouts: { tcp: 1000, tcpFin: 100, udp: 10 }, daemons: [] }
    const rules = formatRules(toDesiredState(table)).split('\n')
    // ipvsadm -R accepts no settings of the whole namespace.
    await namespace.restore(rules.filter((rule) => rule.startsWith('-') && !rule.startsWith('--set')))
    for (const rule of rules.filter((each) => each.startsWith('--set')))
      await namespace.ipvsadm(...rule.split(' '))
    expect(sortedTable(await readTable(namespace.ipvs))).toEqual(sortedTable(table))
  })
})

it('rules saved by ipvsadm are read back, except for settings that it omits', async () => {
  const namespace = await makeNamespace()
  const desired: DesiredState = {
    services: [
      {
        service: 'tcp://192.0.2.1:80',
        scheduler: 'sh',
        schedulerFlags: ['sh-port'],
        persistence: { timeout: 60, mask: '255.255.255.0' },
        destinations: [
          {
            address: '198.51.100.1',
            forwarding: 'tun',
            tunnel: { type: 'gue', port: 7000, checksum: 'remote' },
          },
        ],
      },
      {
        service: 'fwmark://4294967295/ipv6',
        scheduler: 'wlc',
        persistence: { timeout: 60, mask: 64 },
        destinations: [],
      },
    ],
  }
  await namespace.ipvs.apply(desired)
  const saved = await namespace.ipvsadm('-S', '-n')
  const other = await makeNamespace()
  await other.ipvs.apply(parseRules(saved))
  expect(sortedTable(await readTable(other.ipvs))).toEqual(sortedTable(await readTable(namespace.ipvs)))
})
