import { describe, expect, it } from 'vitest'
import { formatKeepalived } from '../../../../src/dialect/keepalived/format-keepalived.ts'
import { parseKeepalived } from '../../../../src/dialect/keepalived/parse-keepalived.ts'
import { resolveDesiredState } from '../../../../src/state/document/resolve-desired-state.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import { CONFIGURATIONS, NAT_GROUP } from '../../../support/dialect/keepalived-configurations.ts'

describe('formatKeepalived', () => {
  it.each(Object.entries(CONFIGURATIONS).filter(([name]) => name !== NAT_GROUP))(
    'writes text that is parsed as the same document: %s',
    async (_, text) => {
      const { desired } = await parseKeepalived(text)
      const again = await parseKeepalived(formatKeepalived(desired))
      expect(resolveDesiredState(again.desired)).toEqual(resolveDesiredState(desired))
    },
  )

  it.each<[DesiredState, string]>([
    [
      { services: [{ service: 'tcp://10.0.0.1:80' }] },
      'keepalived ignores a service without destinations: tcp://10.0.0.1:80',
    ],
    [
      {
        services: [
          { service: 'fwmark://1', destinations: [{ address: '10.0.0.1', port: 5, forwarding: 'dr' }] },
        ],
      },
      'would use port 0',
    ],
    [
      { services: [{ service: 'fwmark://1', destinations: [{ address: '10.0.0.1', forwarding: 'local' }] }] },
      'no keyword for the forwarding method local',
    ],
    [
      {
        services: [
          {
            service: 'tcp://10.0.0.1:80',
            destinations: [{ address: '10.0.0.2', port: 0, forwarding: 'nat' }],
          },
        ],
      },
      'keepalived would use port 80 for 10.0.0.2 in tcp://10.0.0.1:80 instead of 0',
    ],
    [{ daemons: [{ role: 'master', interface: 'eth0' }] }, 'lvs_sync_daemon'],
  ])('throws for a document that keepalived cannot express: %j', (desired, message) => {
    expect(() => formatKeepalived(desired)).toThrow(message)
  })
})
