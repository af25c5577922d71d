import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expandRange } from '../../../../src/dialect/keepalived/address-range.ts'
import { formatKeepalived } from '../../../../src/dialect/keepalived/format-keepalived.ts'
import {
  type KeepalivedOptions,
  parseKeepalived,
} from '../../../../src/dialect/keepalived/parse-keepalived.ts'
import { readKeepalived } from '../../../../src/dialect/keepalived/read-keepalived.ts'
import { DesiredStateError } from '../../../../src/state/document/problems.ts'
import { resolveDesiredState } from '../../../../src/state/document/resolve-desired-state.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import { CONFIGURATIONS } from '../../../support/dialect/keepalived-configurations.ts'

const REAL = 'real_server 192.0.2.10 80 {\n}'

async function problems(text: string, options: KeepalivedOptions = {}): Promise<string[]> {
  const error = await parseKeepalived(text, options).catch((thrown: unknown) => thrown)
  if (!(error instanceof DesiredStateError)) return []
  return error.message.split('\n')
}

const services = async (text: string, options: KeepalivedOptions = {}) =>
  (await parseKeepalived(text, options)).desired.services

describe('a keepalived.conf', () => {
  it('is read as the table that it makes while everything is up', async () => {
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

  it('keeps checks and whatever else it says as data', async () => {
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

  it('has conditions, by the name of the configuration', async () => {
    const text = `virtual_server 10.0.0.1 80 {\n@main lvs_sched rr\n@^main lvs_sched sh\n${REAL}\n}`
    expect(await services(text, { id: 'main' })).toMatchObject([{ scheduler: 'rr' }])
    expect(await services(text, { id: 'backup' })).toMatchObject([{ scheduler: 'sh' }])
  })

  it('has definitions, over several lines, in one another, and changed on the way', async () => {
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
    const { others } = await parseKeepalived(`$M=\n${head} track_file \${N}\${M}`)
    expect(others.map(({ words }) => words[1])).toEqual(expected)
  })

  it('includes files, from where it is itself', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'lvs-keepalived-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    mkdirSync(join(directory, 'conf.d'))
    const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
    write('keepalived.conf', 'include conf.d/*.conf\n')
    write('conf.d/b.conf', `virtual_server 10.0.0.2 80 {\nlvs_sched nosuch\n${REAL}\n}`)
    write('conf.d/a.conf', `include ../{c,d}.inc\nvirtual_server 10.0.0.1 80 {\n${REAL}\n}`)
    write('c.inc', `virtual_server 10.0.0.3 80 {\n${REAL}\n}`)
    write('d.inc', '')
    const path = join(directory, 'keepalived.conf')
    const { desired } = await readKeepalived(path, { unknown: 'list' })
    expect(desired.services?.map(({ service }) => service)).toEqual(
      [3, 1, 2].map((host) => `udp://10.0.0.${host}:80`),
    )
    await expect(readKeepalived(path)).rejects.toThrow(
      `${directory}/conf.d/b.conf:2:1: nosuch is not known as a scheduler`,
    )
    write('c.inc', 'include c.inc')
    await expect(readKeepalived(path)).rejects.toThrow('c.inc is included in itself')
  })

  it.each<[string, string]>([
    ['virtual_sever 10.0.0.1 80 {\n}', '1:1: virtual_sever is not known at the top'],
    [`virtual_server 10.0.0.1 80 {\nwieght 5\n${REAL}\n}`, '2:1: wieght is not known in a virtual_server'],
    [
      'virtual_server 10.0.0.1 80 {\nreal_server 192.0.2.1 80 {\nwieght 5\n}\n}',
      '3:1: wieght is not known in a real_server',
    ],
    [
      `virtual_server 10.0.0.1 80 {\nlvs_sched rr\nsh-port\n${REAL}\n}`,
      '3:1: sh-port is not known with the scheduler rr',
    ],
    [
      `virtual_server 10.0.0.1 80 {\nprotocol TCP\nops\n${REAL}\n}`,
      '3:1: ops is not known with the protocol tcp',
    ],
    [
      `virtual_server 10.0.0.1 80 {\nprotocol IP\n${REAL}\n}`,
      '2:1: protocol must be one of TCP, UDP, SCTP, not IP',
    ],
    [
      `virtual_server 10.0.0.1 80 {\nlvs_method TUN type ipsec\n${REAL}\n}`,
      '2:1: lvs_method must be one of ipip, gue, gre, not ipsec',
    ],
    [
      `virtual_server 10.0.0.1 80 {\nlvs_method DR csum\n${REAL}\n}`,
      '2:1: DR has nothing behind it, least of all csum',
    ],
    [
      `virtual_server 10.0.0.1 80 {\npersistence_timeout 0\n${REAL}\n}`,
      '2:1: persistence_timeout must be from 1 to 2678400 seconds',
    ],
    [
      `virtual_server 10.0.0.1 80 {\npersistence_granularity 24\n${REAL}\n}`,
      '1:1: persistence_granularity must be a mask such as',
    ],
    [
      'virtual_server 10.0.0.1 80 {\nreal_server web 80 {\n}\n}',
      '2:1: real_server must have an address behind it, not web',
    ],
    [
      'virtual_server 10.0.0.1 80 {\nreal_server 192.0.2.1 80 {\nweight many\n}\n}',
      '3:1: weight must have a whole number behind it, not many',
    ],
    [
      'virtual_server 10.0.0.1 80 {\nreal_server 192.0.2.1 80 {\nlthreshold 5\n}\n}',
      '2:1: services[0].destinations[0].lowerThreshold must be at most',
    ],
    [`virtual_server www 80 {\n${REAL}\n}`, '1:1: www is no address and no range of addresses'],
    [`virtual_server group G {\n${REAL}\n}`, '1:1: There is no virtual_server_group G'],
    [
      `virtual_server 10.0.0.1 80 {\n${REAL}\n}\nvirtual_server 10.0.0.1 80 {\n${REAL}\n}`,
      '5:1: services[1].service is udp://10.0.0.1:80, as services[0] is',
    ],
    ['virtual_server 10.0.0.1 80 {\n', '1:1: The { behind virtual_server is never closed'],
    ['}\n', '1:1: There is a } without its {'],
    ['{\n}', '1:1: There is a { with no word before it'],
    ['include nothing.conf', '1:1: include: there is no file nothing.conf'],
    ['$A=a $B\n$B=b $A\n$A', '3:1: A definition stands for itself'],
  ])('that is wrong is told with its line: %j', async (text, message) => {
    expect((await problems(text, { source: '' }))[0]).toMatch(
      new RegExp(`^${message.replaceAll(/[[\](){}.$]/g, '\\$&')}`),
    )
  })

  it('lists words that are not known instead, if asked', async () => {
    const text = `virtual_server 10.0.0.1 80 {\nnosuch 5\nlvs_sched nosuch\n${REAL}\n}`
    const { unknown, desired } = await parseKeepalived(text, { unknown: 'list' })
    expect(unknown.map(({ line }) => line)).toEqual([2, 3])
    expect(desired.services).toHaveLength(1)
  })
})

describe('what is written for keepalived', () => {
  it.each(Object.entries(CONFIGURATIONS))('is read as the same: %s', async (_, text) => {
    const { desired } = await parseKeepalived(text)
    const again = await parseKeepalived(formatKeepalived(desired))
    expect(resolveDesiredState(again.desired)).toEqual(resolveDesiredState(desired))
  })

  it.each<[DesiredState, string]>([
    [{ services: [{ service: 'tcp://10.0.0.1:80' }] }, 'has no destinations'],
    [
      {
        services: [
          { service: 'fwmark://1', destinations: [{ address: '10.0.0.1', port: 5, forwarding: 'dr' }] },
        ],
      },
      'would take port 0',
    ],
    [
      { services: [{ service: 'fwmark://1', destinations: [{ address: '10.0.0.1', forwarding: 'local' }] }] },
      'no word for the way of forwarding local',
    ],
    [{ daemons: [{ role: 'master', interface: 'eth0' }] }, 'lvs_sync_daemon'],
  ])('says all or fails: %j', (desired, message) => {
    expect(() => formatKeepalived(desired)).toThrow(message)
  })
})

describe('a range of addresses', () => {
  it.each([
    ['192.0.2.1', ['192.0.2.1']],
    ['192.0.2.254-255', ['192.0.2.254', '192.0.2.255']],
    ['192.0.2.255-192.0.3.1', ['192.0.2.255', '192.0.3.0', '192.0.3.1']],
    ['192.0.2.6/31', ['192.0.2.6', '192.0.2.7']],
    ['2001:db8::fffe-ffff', ['2001:db8::fffe', '2001:db8::ffff']],
    ['192.0.2.7-3', undefined],
    ['10.0.0.0/8', undefined],
    ['192.0.2.5/30', undefined],
    ['192.0.2.1-300', undefined],
    ['web', undefined],
  ])('%s', (text, expected) => {
    expect(expandRange(text)).toEqual(expected)
  })
})

describe('the examples of the package keepalived', () => {
  const SAMPLES = process.env['LVS_KEEPALIVED_SAMPLES'] ?? '/usr/share/doc/keepalived/samples'
  const names = existsSync(SAMPLES)
    ? readdirSync(SAMPLES).filter((name) => name.startsWith('keepalived.conf'))
    : []

  // Slim images of Debian leave documentation out.
  if (names.length === 0) it.skip('are not on this machine (apt-get install keepalived)')

  it.each(names)('%s', async (name) => {
    const text = readFileSync(join(SAMPLES, name), 'utf8')
    const { desired, virtualServers, others } = await parseKeepalived(text, { source: name, id: 'high' })
    expect(desired.services?.length).toBeGreaterThanOrEqual(virtualServers.length)
    expect(virtualServers.length + others.length).toBeGreaterThan(0)
  })
})
