import { expect, it } from 'vitest'
import { EMPTY_SNAPSHOT, takeSnapshot } from '../../../../../src/cli/top/model/table-snapshot.ts'
import { destination, service, WEB } from '../../../../support/dialect/service-samples.ts'
import { NO_TRAFFIC } from '../../../../support/ipvs/encoding.ts'

const counted = (connections: number) => ({ statistics: { ...NO_TRAFFIC, connections } })

it('a snapshot has separate rates of services and of destinations', () => {
  const table = (one: number, other: number) => [
    service(WEB, {
      ...counted(one + other),
      destinations: [destination('10.0.0.1', counted(one)), destination('10.0.0.2', counted(other))],
    }),
  ]
  const first = takeSnapshot(EMPTY_SNAPSHOT, table(10, 20), 0)
  const { services } = takeSnapshot(first, table(14, 26), 1)
  expect(services[0]?.rates.connections).toBe(5)
  expect(services[0]?.destinations.map(({ rates }) => rates.connections)).toEqual([2, 3])
})

it('a service has the connections of its destinations', () => {
  const destinations = [
    destination('10.0.0.1', { activeConnections: 3, inactiveConnections: 1 }),
    destination('10.0.0.2', { activeConnections: 4, forwarding: 'nat', weight: 0 }),
  ]
  const { services } = takeSnapshot(EMPTY_SNAPSHOT, [service(WEB, { scheduler: 'rr', destinations })], 0)
  expect(services).toMatchObject([
    {
      ...{ name: 'tcp://192.0.2.1:80', method: 'rr', active: 7, inactive: 1 },
      destinations: [
        { name: '10.0.0.1:80', method: 'dr', weight: 1, active: 3 },
        { name: '10.0.0.2:80', method: 'nat', weight: 0, active: 4, service: 'tcp://192.0.2.1:80' },
      ],
    },
  ])
})

it('a service that is removed and added again starts without a sample', () => {
  const first = takeSnapshot(EMPTY_SNAPSHOT, [service(WEB, counted(10))], 0)
  const gone = takeSnapshot(first, [], 1)
  expect(gone).toEqual(EMPTY_SNAPSHOT)
  const again = takeSnapshot(gone, [service(WEB, counted(100))], 2)
  expect(again.services[0]?.rates.connections).toBe(0)
})
