import { describe, expect, it } from 'vitest'
import { formatRules } from '../../../src/dialect/ipvsadm/format-rules.ts'
import { parseRules } from '../../../src/dialect/ipvsadm/parse-rules.ts'
import { formatKeepalived } from '../../../src/dialect/keepalived/format-keepalived.ts'
import { parseKeepalived } from '../../../src/dialect/keepalived/parse-keepalived.ts'
import { type DesiredState, exportState, formatState, parseState } from '../../../src/index.ts'
import {
  DAEMON_SETTINGS,
  DESTINATION_SETTINGS,
  SERVICE_SETTINGS,
} from '../../../src/state/model/resolved-state.ts'
import { makeNamespace } from '../../support/kernel/namespace.ts'

const WEB = {
  service: 'tcp://192.0.2.1:80',
  scheduler: 'mh',
  schedulerFlags: ['mh-fallback', 'mh-port'],
  persistence: { timeout: 77, mask: '255.255.255.0' },
  destinations: [
    { address: '198.51.100.1', forwarding: 'dr', weight: 0 },
    { address: '198.51.100.2', forwarding: 'nat', weight: 2, upperThreshold: 100, lowerThreshold: 10 },
    { address: '198.51.100.3', port: 8080, forwarding: 'nat', weight: 2_147_483_647 },
    {
      address: '198.51.100.4',
      forwarding: 'tun',
      weight: 1,
      tunnel: { type: 'gue', port: 7000, checksum: 'remote' },
    },
    { address: '198.51.100.5', forwarding: 'tun', weight: 1, tunnel: { type: 'gre', checksum: 'checksum' } },
    { address: '198.51.100.6', forwarding: 'tun', weight: 1 },
  ],
} as const
const SIP = {
  service: 'udp://192.0.2.1:5060',
  scheduler: 'rr',
  onePacket: true,
  persistence: { timeout: 300, mask: '255.255.255.255' },
  persistenceEngine: 'sip',
  destinations: [{ address: '198.51.100.1', forwarding: 'nat', weight: 1 }],
} as const
const WEB6 = {
  service: 'tcp://[2001:db8::1]:80',
  scheduler: 'sh',
  schedulerFlags: ['sh-port'],
  persistence: { timeout: 60, mask: 64 },
  destinations: [{ address: '2001:db8::7', forwarding: 'dr', weight: 1 }],
} as const
const MARK = {
  service: 'fwmark://7/ipv6',
  scheduler: 'wlc',
  destinations: [{ address: '2001:db8::8', forwarding: 'nat', weight: 3, upperThreshold: 5 }],
} as const
const TIMEOUTS = { tcp: 1000, tcpFin: 100, udp: 10 }
const DAEMONS = [
  {
    role: 'master',
    interface: 'eth0',
    syncId: 3,
    maximumLength: 1400,
    group: '224.0.0.99',
    port: 9000,
    ttl: 2,
  },
  {
    role: 'backup',
    interface: 'eth0',
    syncId: 4,
    maximumLength: 1300,
    group: 'ff02::51',
    port: 9001,
    ttl: 3,
  },
] as const

/** Every field, in the order of a table. */
const EVERYTHING: DesiredState = {
  services: [MARK, WEB6, WEB, SIP],
  timeouts: TIMEOUTS,
  daemons: DAEMONS,
}
/** The part that keepalived can express: no destinations at ports other than the service's, and no daemons. */
const FOR_KEEPALIVED: DesiredState = { services: [MARK, WEB6, WEB, SIP], timeouts: TIMEOUTS }

/** A format of a document. */
interface Spelling {
  readonly document: DesiredState
  readonly write: (desired: DesiredState) => string
  readonly read: (text: string) => DesiredState | Promise<DesiredState>
}

const SPELLINGS: Readonly<Record<string, Spelling>> = {
  YAML: { document: EVERYTHING, write: (desired) => formatState(desired), read: (text) => parseState(text) },
  JSON: {
    document: EVERYTHING,
    write: (desired) => formatState(desired, 'json'),
    read: (text) => parseState(text),
  },
  'rules of ipvsadm': { document: EVERYTHING, write: formatRules, read: parseRules },
  'keepalived.conf': {
    document: FOR_KEEPALIVED,
    // The daemons of keepalived follow VRRP.
    write: ({ daemons: _, ...desired }) => formatKeepalived(desired),
    read: async (text) => (await parseKeepalived(text)).desired,
  },
}

describe('a table that was created from a document is exported as the same text', () => {
  it.each(Object.entries(SPELLINGS))('%s', async (_, { document, write, read }) => {
    const namespace = await makeNamespace()
    await namespace.addDummy('eth0', ['192.0.2.1/24', '2001:db8::1/64'])
    const text = write(document)
    await namespace.ipvs.apply(await read(text))
    expect(write(await exportState(namespace.ipvs))).toBe(text)
  })

  it('with every field', () => {
    const text = formatState(EVERYTHING)
    const fields = [
      ...SERVICE_SETTINGS,
      ...DESTINATION_SETTINGS,
      ...DAEMON_SETTINGS,
      ...Object.keys(TIMEOUTS),
    ]
    expect(fields.filter((field) => !new RegExp(`\\b${field}:`).test(text))).toEqual([])
  })
})
