import { describe, expect, it } from 'vitest'
import { parseKeepalived } from '../../../../src/dialect/keepalived/parse-keepalived.ts'
import type { DesiredService } from '../../../../src/state/model/desired-state.ts'

const REAL = 'real_server 192.0.2.10 80 {\n}'

/** A virtual server with some lines, then a real server. */
const server = (lines: string, place = '10.0.0.1 80', real = REAL) =>
  `virtual_server ${place} {\n${lines}\n${real}\n}`

type Settings = Partial<DesiredService>

/** Files with lines that keepalived 2.2.7 passes over, what it makes of them (as observed), and the lines. */
const PASSED_OVER: Readonly<Record<string, [text: string, settings: Settings, lines: readonly number[]]>> = {
  'a flag before its scheduler': [server('sh-port\nlvs_sched sh'), { scheduler: 'sh' }, [2]],
  'a flag of another scheduler': [server('lvs_sched rr\nsh-port'), { scheduler: 'rr' }, [3]],
  'an unknown scheduler': [server('lvs_sched rr\nlvs_sched hashed'), { scheduler: 'rr' }, [3]],
  'a method in small letters': [
    server('lb_kind dr'),
    { destinations: [{ address: '192.0.2.10', forwarding: 'nat', weight: 1 }] },
    [2],
  ],
  'lb_kind in a real server': [
    server('', undefined, 'real_server 192.0.2.10 80 {\nlb_kind DR\n}'),
    { destinations: [{ address: '192.0.2.10', forwarding: 'nat', weight: 1 }] },
    [4],
  ],
  'a persistence of 0 seconds': [
    server('persistence_timeout 50\npersistence_timeout 0'),
    { persistence: { timeout: 50 } },
    [3],
  ],
  'a mask that is a prefix length': [
    server('persistence_granularity 24'),
    { persistence: { timeout: 360, mask: '0.0.0.24' } },
    [2],
  ],
  'an unknown protocol': [server('protocol TCP\nprotocol IP'), { service: 'tcp://10.0.0.1:80' }, [3]],
  'ops without UDP': [server('ops\nprotocol TCP'), { service: 'tcp://10.0.0.1:80' }, [2]],
  'a weight with a fraction, of which the digits count': [
    server('', undefined, 'real_server 192.0.2.10 80 {\nweight 3.5\n}'),
    { destinations: [{ address: '192.0.2.10', forwarding: 'nat', weight: 3 }] },
    [4],
  ],
  'a tunnel with options that do not fit': [
    server('lvs_method TUN type gue'),
    { destinations: [{ address: '192.0.2.10', forwarding: 'tun', weight: 1 }] },
    [2],
  ],
  'a real server of another family': [
    server('', undefined, `real_server 2001:db8::10 80 {\n}\n${REAL}`),
    { destinations: [{ address: '192.0.2.10', forwarding: 'nat', weight: 1 }] },
    [3],
  ],
  'a real server that is defined twice': [
    server(REAL, undefined, 'real_server 192.0.2.10 80 {\nweight 7\n}'),
    { destinations: [{ address: '192.0.2.10', forwarding: 'nat', weight: 1 }] },
    [4],
  ],
  'a virtual server that is defined twice, whose real servers are added to the first': [
    `${server('lvs_sched rr')}\n${server('lvs_sched wrr', undefined, 'real_server 192.0.2.11 80 {\n}')}`,
    {
      scheduler: 'rr',
      destinations: [
        { address: '192.0.2.10', forwarding: 'nat', weight: 1 },
        { address: '192.0.2.11', forwarding: 'nat', weight: 1 },
      ],
    },
    [6],
  ],
  'a lower threshold above the upper one, which the kernel refuses': [
    server('', undefined, `real_server 192.0.2.11 80 {\nlthreshold 5\n}\n${REAL}`),
    { destinations: [{ address: '192.0.2.10', forwarding: 'nat', weight: 1 }] },
    [3],
  ],
  'the method of a sorry server before it': [
    server(
      'sorry_server_lvs_method DR\nsorry_server 192.0.2.99 81',
      undefined,
      'real_server 192.0.2.10 80 {\nweight 0\n}',
    ),
    { destinations: [{ address: '192.0.2.99', port: 81, forwarding: 'nat', weight: 1 }] },
    [2],
  ],
  'a brace that is not closed': [`virtual_server 10.0.0.1 80 {\n${REAL}`, {}, [1]],
  'an unknown keyword with a block, whose end is the end of the block around it': [
    server('foo {\nweight 5\n}\nlvs_sched rr').replace(`${REAL}\n`, '').replace('foo', `${REAL}\nfoo`),
    { destinations: [{ address: '192.0.2.10', forwarding: 'nat', weight: 5 }] },
    [4, 4, 7, 8],
  ],
}

describe('lenient parsing goes on as keepalived does, and lists', () => {
  it.each(Object.entries(PASSED_OVER))('%s', async (_, [text, settings, lines]) => {
    const { desired, ignored } = await parseKeepalived(text, { lenient: true })
    expect(desired.services).toMatchObject([settings])
    expect(ignored.map(({ line }) => line).sort()).toEqual(lines)
    await expect(parseKeepalived(text)).rejects.toThrow('keepalived.conf')
  })
})

/** Files that keepalived 2.2.7 runs without complaint, and what it makes of them. */
const ACCEPTED: Readonly<Record<string, [text: string, settings: Settings]>> = {
  'braces that end words': [
    'virtual_server 10.0.0.1 80{lvs_sched rr\nreal_server 192.0.2.10 80 {weight 100}}',
    { scheduler: 'rr', destinations: [{ address: '192.0.2.10', forwarding: 'nat', weight: 100 }] },
  ],
  'comments that begin with !=': [server('!=== lvs_sched rr ===\nlvs_sched sh !='), { scheduler: 'sh' }],
  'ops with a mark and a protocol': [
    server('protocol TCP\nops', 'fwmark 5'),
    { service: 'fwmark://5', onePacket: true },
  ],
  'a range outside of groups, which is its first address': [
    server('', '10.0.0.1-9 80'),
    { service: 'udp://10.0.0.1:80' },
  ],
  'a prefix outside of groups': [server('', '10.0.0.1/24 80'), { service: 'udp://10.0.0.1:80' }],
  'words after a complete line': [server('lvs_sched rr wrr\nlvs_method DR csum'), { scheduler: 'rr' }],
  'a method after the real servers': [
    server(REAL, undefined, 'lvs_method DR'),
    { destinations: [{ address: '192.0.2.10', forwarding: 'dr', weight: 1 }] },
  ],
  'another method after the real servers, which keep the one before them': [
    server(`lvs_method DR\n${REAL}`, undefined, 'lvs_method NAT'),
    { destinations: [{ address: '192.0.2.10', forwarding: 'dr', weight: 1 }] },
  ],
  'a sorry server, beside which inhibited servers stay': [
    server(
      'inhibit_on_failure\nsorry_server 192.0.2.99',
      undefined,
      'real_server 192.0.2.10 80 {\nweight 0\n}',
    ),
    {
      destinations: [
        { address: '192.0.2.10', forwarding: 'nat', weight: 0 },
        { address: '192.0.2.99', port: 0, forwarding: 'nat', weight: 1 },
      ],
    },
  ],
  'flags of a scheduler that is replaced': [
    server('lvs_sched sh\nsh-port\nlvs_sched mh'),
    { scheduler: 'mh', schedulerFlags: ['mh-port'] },
  ],
  'a group without a port, all of whose services are persistent': [
    `virtual_server_group G {\n10.0.0.1\n}\n${server('', 'group G')}`,
    { service: 'udp://10.0.0.1:0', persistence: { timeout: 360 } },
  ],
  'a group with a mask, which keepalived loses': [
    `virtual_server_group G {\n10.0.0.1 80\n}\n${server('persistence_granularity 255.255.0.0', 'group G')}`,
    { persistence: { timeout: 360 } },
  ],
  'an include of a pattern that no file matches': [`include conf.d/*.conf\n${server('')}`, {}],
}

describe('without complaint, as keepalived does, the parser reads', () => {
  it.each(Object.entries(ACCEPTED))('%s', async (_, [text, settings]) => {
    const { desired } = await parseKeepalived(text)
    expect(desired.services).toMatchObject([settings])
    expect(await parseKeepalived(text, { lenient: true })).toMatchObject({ desired })
  })
})
