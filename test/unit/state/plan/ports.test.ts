/** Ports in documents that no packet reaches: accepted, because a table may contain them, and reported. */

import { describe, expect, it } from 'vitest'
import { planTable } from '../../../../src/state/apply/plan.ts'
import type { DesiredService } from '../../../../src/state/model/desired-state.ts'
import { EMPTY_TABLE } from '../../../../src/state/model/table.ts'

const warnings = (service: DesiredService) => planTable(EMPTY_TABLE, { services: [service] }).warnings
const to = (forwarding: 'dr' | 'tun' | 'nat' | 'local', port?: number) => ({
  address: '10.0.0.1',
  forwarding,
  port,
})

describe('the warnings of a plan', () => {
  it.each([
    [
      'tcp://192.0.2.1:80',
      to('dr', 8080),
      /^no packet reaches port 8080 of 10.0.0.1:8080 in tcp:.* keep port 80; use port 80, or nat/,
    ],
    ['tcp://192.0.2.1:80', to('tun', 8080), /tun does not translate ports/],
    ['udp://[2001:db8::1]:53', { ...to('dr', 54), address: '2001:db8::2' }, /no packet reaches port 54/],
    ['tcp://192.0.2.1:80', to('dr', 80), undefined],
    ['tcp://192.0.2.1:80', to('dr'), undefined],
    ['tcp://192.0.2.1:80', to('nat', 8080), undefined],
    ['tcp://192.0.2.1:80', to('local', 8080), undefined],
    ['fwmark://7', to('dr', 8080), undefined],
  ] as const)('for a destination of %s at %j', (service, destination, warning) => {
    const found = warnings({ service, destinations: [destination] })
    expect(found).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)])
  })

  it('name a service for every port without persistence', () => {
    expect(warnings({ service: 'tcp://192.0.2.1:0' })).toEqual([
      'tcp://192.0.2.1:0 refuses every connection: port 0, for every port, requires persistence.',
    ])
    expect(warnings({ service: 'tcp://192.0.2.1:0', persistence: { timeout: 60 } })).toEqual([])
  })
})
