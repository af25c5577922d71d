import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type KeepalivedOptions,
  parseKeepalived,
} from '../../../../src/dialect/keepalived/parse-keepalived.ts'
import { DesiredStateError } from '../../../../src/state/document/problems.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'

const REAL = 'real_server 192.0.2.10 80 {\n}'

async function problems(text: string, options: KeepalivedOptions = {}): Promise<string[]> {
  const error = await parseKeepalived(text, options).catch((thrown: unknown) => thrown)
  if (!(error instanceof DesiredStateError)) return []
  return error.message.split('\n')
}

const services = async (text: string, options: KeepalivedOptions = {}) =>
  (await parseKeepalived(text, options)).desired.services

describe('a keepalived.conf', () => {
  it('is parsed as the table that it creates while every check succeeds', async () => {
    const text = `
      global_defs { # on one line
        lvs_timeouts tcp 1000 tcpfin 20
      }
      virtual_server 192.168.79.110 80 {
        lvs_sched wrr
        lvs_method DR
        protocol TCP
        persistence_timeout 50
        persistence_granularity 255.255.255.0
        real_server 192.168.79.102 80 {
          weight 2
          uthreshold 100
          lthreshold 50
        }
        real_server 192.168.79.103 80 {
          lvs_method TUN type gue port 7000 csum
        }
      }`
    expect((await parseKeepalived(text)).desired).toEqual({
      services: [
        {
          service: 'tcp://192.168.79.110:80',
          scheduler: 'wrr',
          persistence: { timeout: 50, mask: '255.255.255.0' },
          destinations: [
            {
              address: '192.168.79.102',
              forwarding: 'dr',
              weight: 2,
              upperThreshold: 100,
              lowerThreshold: 50,
            },
            {
              ...{ address: '192.168.79.103', forwarding: 'tun', weight: 1 },
              tunnel: { type: 'gue', port: 7000, checksum: 'checksum' },
            },
          ],
        },
      ],
      timeouts: { tcp: 1000, tcpFin: 20 },
    } satisfies DesiredState)
  })

  it('keeps checks and other statements as data', async () => {
    const text = `
      vrrp_instance VI_1 {
        state MASTER
      }
      virtual_server 10.0.0.1 80 {
        delay_loop 6
        quorum 2
        inhibit_on_failure
        sorry_server 192.0.2.99 80
        real_server 192.0.2.10 80 {
          weight 3
          HTTP_GET {
            url {
              path "/index.html #1"
            }
          }
        }
      }`
    const { virtualServers, others } = await parseKeepalived(text)
    expect(others).toMatchObject([
      { words: ['vrrp_instance', 'VI_1'], block: [{ words: ['state', 'MASTER'] }] },
    ])
    expect(virtualServers).toMatchObject([
      {
        ...{ services: ['udp://10.0.0.1:80'], quorum: 2, inhibitOnFailure: true, line: 5 },
        sorryServer: { address: '192.0.2.99', port: 80 },
        others: [{ words: ['delay_loop', '6'] }],
        realServers: [
          {
            ...{ address: '192.0.2.10', port: 80, inhibitOnFailure: true },
            others: [
              { words: ['HTTP_GET'], line: 12, block: [{ block: [{ words: ['path', '/index.html #1'] }] }] },
            ],
          },
        ],
      },
    ])
  })

  it('has conditions that depend on the name of the configuration', async () => {
    const text = `virtual_server 10.0.0.1 80 {\n@main lvs_sched rr\n@^main lvs_sched sh\n${REAL}\n}`
    expect(await services(text, { id: 'main' })).toMatchObject([{ scheduler: 'rr' }])
    expect(await services(text, { id: 'backup' })).toMatchObject([{ scheduler: 'sh' }])
  })

  it('has definitions of several lines, nested ones, and redefinitions', async () => {
    const text = `
      $BASE=10.2.\${SUB}
      $SUB=0
      $RS= \\
      real_server 192.168.\${VS}.\${N} 80 { \\
        weight \${N} \\
      }
      $SERVER= \\
      virtual_server \${BASE}.\${VS} 80 { \\
        $N=1 \\
        $RS \\
        $N=2 \\
        $RS \\
      }
      $VS=7
      $SERVER
      $SUB=10
      $SERVER`
    const found = await services(text)
    expect(found?.map(({ service }) => service)).toEqual(['udp://10.2.0.7:80', 'udp://10.2.10.7:80'])
    expect(found?.[0]?.destinations).toMatchObject([
      { address: '192.168.7.1', weight: 1 },
      { address: '192.168.7.2', weight: 2 },
    ])
  })

  it.each([
    ['~SEQ(N, 1, 3)', ['1', '2', '3']],
    ['~SEQ(N, 3)', ['1', '2', '3']],
    ['~SEQ(N, 3, -2, 1)', ['3', '1']],
    ['~SEQx(N, 0x9, 1, 0xb)', ['9', 'a', 'b']],
    ['~LST(N, 5, 7)', ['5', '7']],
    ['~LST({N, M}, {5, x}, {7, y})', ['5x', '7y']],
    ['~SEQ(N, 1, 2) ~LST(M, a, b)', ['1a', '1b', '2a', '2b']],
  ])('repeats a line with %s', async (head, expected) => {
    const { others } = await parseKeepalived(`$M=\n${head} track_file \${N}\${M} { }`)
    expect(others.map(({ words }) => words[1])).toEqual(expected)
  })

  it.each<[string, string]>([
    ['virtual_sever 10.0.0.1 80 {\n}', '1:1: unknown keyword virtual_sever at the top level'],
    [`virtual_server 10.0.0.1 80 {\nwieght 5\n${REAL}\n}`, '2:1: unknown keyword wieght in a virtual_server'],
    [
      'virtual_server 10.0.0.1 80 {\nreal_server 192.0.2.1 80 {\nwieght 5\n}\n}',
      '3:1: unknown keyword wieght in a real_server',
    ],
    [
      `virtual_server 10.0.0.1 80 {\nlvs_sched rr\nsh-port\n${REAL}\n}`,
      '3:1: sh-port does not apply to the scheduler rr',
    ],
    [
      `virtual_server 10.0.0.1 80 {\nprotocol TCP\nops\n${REAL}\n}`,
      '3:1: ops does not apply to the protocol tcp',
    ],
    [
      `virtual_server 10.0.0.1 80 {\nprotocol IP\n${REAL}\n}`,
      '2:1: protocol requires one of TCP, UDP, SCTP, not IP',
    ],
    [
      `virtual_server 10.0.0.1 80 {\nlvs_method TUN type ipsec\n${REAL}\n}`,
      '2:1: lvs_method requires one of ipip, gue, gre, not ipsec; the tunnel stays as it is',
    ],
    [
      `virtual_server 10.0.0.1 80 {\nlvs_method dr\n${REAL}\n}`,
      '2:1: lvs_method requires one of NAT, DR, TUN, not dr',
    ],
    [
      'virtual_server 10.0.0.1 80 {\nreal_server 192.0.2.1 80 {\nlb_kind DR\n}\n}',
      '3:1: unknown keyword lb_kind in a real_server',
    ],
    [
      `virtual_server 10.0.0.1 80 {\npersistence_timeout 0\n${REAL}\n}`,
      '2:1: persistence_timeout requires a whole number from 1 to 2678400, not 0',
    ],
    [
      `virtual_server 10.0.0.1 80 {\npersistence_granularity 24\n${REAL}\n}`,
      '2:1: persistence_granularity must be a mask such as',
    ],
    [
      'virtual_server 10.0.0.1 80 {\nreal_server web 80 {\n}\n}',
      '2:1: real_server requires an address, not web',
    ],
    [
      'virtual_server 10.0.0.1 80 {\nreal_server 192.0.2.1 80 {\nweight many\n}\n}',
      '3:1: weight requires a whole number from 0 to 2147483647, not many',
    ],
    [
      'virtual_server 10.0.0.1 80 {\nreal_server 192.0.2.1 80 {\nlthreshold 5\n}\n}',
      '2:1: real_server 192.0.2.1: lthreshold must be at most uthreshold (0), not 5',
    ],
    [`virtual_server www 80 {\n${REAL}\n}`, '1:1: virtual_server requires an address, not www'],
    [`virtual_server group G {\n${REAL}\n}`, '1:1: virtual_server_group G is not defined'],
    [
      `virtual_server 10.0.0.1 80 {\n${REAL}\n}\nvirtual_server 10.0.0.1 80 {\n${REAL}\n}`,
      '5:1: udp://10.0.0.1:80 is defined twice; the settings are those of line 1',
    ],
    ['virtual_server 10.0.0.1 80 {\n', '1:1: the { after virtual_server is not closed'],
    ['}\n', '1:1: unexpected }'],
    ['{\n}', '1:1: unexpected {: there is no keyword before it'],
    ['include nothing.conf', '1:1: include: no file matches nothing.conf'],
    ['$A=a $B\n$B=b $A\n$A', '3:1: the definition refers to itself'],
  ])('is reported with its line if it is invalid: %j', async (text, message) => {
    expect((await problems(text, { source: '' }))[0]).toMatch(
      new RegExp(`^${message.replaceAll(/[[\](){}.$]/g, '\\$&')}`),
    )
  })

  it.each([
    [
      `virtual_server 10.0.0.1 80 {\nlvs_sched\n${REAL}\n}`,
      '2:1: lvs_sched requires the name of a scheduler',
    ],
    [`virtual_server {\n${REAL}\n}`, '1:1: virtual_server requires an address, a mark or a group'],
    ['includem nosuch/*.conf', '1:1: includem: no file matches nosuch/*.conf'],
  ])('is reported leniently too if keepalived does not start with it: %j', async (text, message) => {
    expect(await problems(text, { source: '', lenient: true })).toEqual([message])
  })

  it('has services only if it has a virtual server', async () => {
    const { desired, omitted } = await parseKeepalived('vrrp_instance V {\nstate MASTER\n}')
    expect(desired).toEqual({})
    expect(omitted).toEqual(['1 vrrp_instance'])
  })

  it('says what keepalived does beyond the table', async () => {
    const text = `
      vrrp_instance V { state MASTER }
      global_defs { lvs_sync_daemon eth0 }
      virtual_server 10.0.0.1 80 {
        quorum 2
        quorum_up /bin/true
        sorry_server 192.0.2.99 80
        real_server 192.0.2.10 80 { TCP_CHECK { } }
        real_server 192.0.2.11 80 { TCP_CHECK { } }
      }`
    expect((await parseKeepalived(text)).omitted).toEqual([
      ...['1 vrrp_instance', 'checks of 2 real servers', '1 sorry server'],
      ...['the quorum of 1 virtual server', 'the scripts of 1 server', 'lvs_sync_daemon'],
    ])
  })

  it.each([
    ['', undefined],
    ['net_namespace blue', 'blue'],
    ['net_namespace blue\nnet_namespace_ipvs green', 'green'],
    ['net_namespace_ipvs\nnet_namespace blue', ''],
  ])('names the network namespace of its table: %j', async (text, namespace) => {
    expect((await parseKeepalived(text)).namespace).toBe(namespace)
  })

  it('is for the configuration with the name of the host without its domain by default', async () => {
    const host = hostname().replace(/\..*/, '')
    const text = `@${host} virtual_server 10.0.0.1 80 {\n@${host} ${REAL.replace('\n}', '}')}\n@${host} }`
    expect(await services(text)).toHaveLength(1)
  })
})

describe('an example of the package keepalived', () => {
  const SAMPLES = process.env['LVS_KEEPALIVED_SAMPLES'] ?? '/usr/share/doc/keepalived/samples'
  const names = existsSync(SAMPLES)
    ? readdirSync(SAMPLES).filter((name) => name.startsWith('keepalived.conf'))
    : []

  // Slim images of Debian leave documentation out.
  if (names.length === 0) it.skip('is not on this machine (apt-get install keepalived)')

  it.each(names)('can be parsed: %s', async (name) => {
    const text = readFileSync(join(SAMPLES, name), 'utf8')
    const { desired, virtualServers, others } = await parseKeepalived(text, { source: name, id: 'high' })
    expect(desired.services?.length ?? 0).toBeGreaterThanOrEqual(virtualServers.length)
    expect(virtualServers.length + others.length).toBeGreaterThan(0)
  })
})
