import { describe, expect, it } from 'vitest'
import {
  arrangeRows,
  describeSorting,
  filterServices,
  type SortKey,
  stepSortKey,
} from '../../../../../src/cli/top/model/arrange.ts'
import { rates, serviceRow } from '../../../../support/cli/top-rows.ts'

const WEB = serviceRow(
  'tcp://192.0.2.1:80',
  { '10.0.0.1:80': { active: 5 }, '10.0.0.2:80': { active: 9, weight: 7 } },
  { active: 14, rates: rates({ incomingBytes: 10 }) },
)
const DNS = serviceRow(
  'udp://192.0.2.1:53',
  { '10.0.0.1:53': { active: 20 } },
  { active: 20, rates: rates({ incomingBytes: 5 }) },
)
const SERVICES = [WEB, DNS]
const namesBy = (key: SortKey, isReversed = false) =>
  arrangeRows(SERVICES, { key, isReversed }).map(({ name }) => name)

describe('rows', () => {
  it('are sorted by name, destinations below their service', () => {
    expect(namesBy('name')).toEqual([
      ...['tcp://192.0.2.1:80', '10.0.0.1:80', '10.0.0.2:80'],
      ...['udp://192.0.2.1:53', '10.0.0.1:53'],
    ])
  })

  it('are sorted by a number in descending order, destinations within their service', () => {
    expect(namesBy('active')).toEqual([
      ...['udp://192.0.2.1:53', '10.0.0.1:53'],
      ...['tcp://192.0.2.1:80', '10.0.0.2:80', '10.0.0.1:80'],
    ])
    expect(namesBy('incomingBytes')[0]).toBe('tcp://192.0.2.1:80')
    expect(namesBy('weight').slice(0, 2)).toEqual(['tcp://192.0.2.1:80', '10.0.0.2:80'])
  })

  it('can be reversed', () => {
    expect(namesBy('active', true)[0]).toBe('tcp://192.0.2.1:80')
    expect(namesBy('name', true).slice(0, 2)).toEqual(['udp://192.0.2.1:53', '10.0.0.1:53'])
  })
})

describe('a filter', () => {
  const shown = (filter: string) =>
    filterServices(SERVICES, filter).map(({ name, destinations }) => [name, destinations.length])

  it('keeps a matching service with all its destinations, otherwise the matching destinations', () => {
    expect(shown('TCP')).toEqual([['tcp://192.0.2.1:80', 2]])
    expect(shown('10.0.0.1')).toEqual([
      ['tcp://192.0.2.1:80', 1],
      ['udp://192.0.2.1:53', 1],
    ])
    expect(shown('10.0.0.2')).toEqual([['tcp://192.0.2.1:80', 1]])
    expect(shown('')).toHaveLength(2)
    expect(shown('10.9')).toEqual([])
  })
})

it('sort keys are cyclic', () => {
  expect(stepSortKey('name', 1)).toBe('method')
  expect(stepSortKey('name', -1)).toBe('outgoingBytes')
  expect(stepSortKey('outgoingBytes', 1)).toBe('name')
})

it.each([
  ['name', false, 'by name'],
  ['name', true, 'by name, descending'],
  ['incomingBytes', false, 'by bytes in'],
  ['incomingBytes', true, 'by bytes in, lowest first'],
] as const)('%s (reversed: %s) is described as %s', (key, isReversed, text) => {
  expect(describeSorting({ key, isReversed })).toBe(text)
})
