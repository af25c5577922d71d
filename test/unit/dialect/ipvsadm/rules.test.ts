import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatRules } from '../../../../src/dialect/ipvsadm/format-rules.ts'
import { parseRules } from '../../../../src/dialect/ipvsadm/parse-rules.ts'
import { DesiredStateError } from '../../../../src/state/document/problems.ts'
import { resolveDesiredState } from '../../../../src/state/document/resolve-desired-state.ts'
import type { DesiredState } from '../../../../src/state/model/desired-state.ts'
import { twoStates } from '../../../support/state/arbitrary-states.ts'

const RULES = `# saved on Monday
-A -t 192.0.2.1:80 -s wrr -p 3600 -M 255.255.255.0
-a -t 192.0.2.1:80 -r 198.51.100.1:80 -g -w 2
-a -t 192.0.2.1:80 -r 198.51.100.2:80 -i -w 1 -x 100 -y 50 --tun-type gue --tun-port 7000 --tun-csum
ipvsadm --add-service --udp-service [2001:db8::1]:53 --scheduler=sh --sched-flags sh-port,sh-fallback --ops
ipvsadm --add-server --udp-service [2001:db8::1]:53 --real-server [2001:db8::53]:5353 --masquerading

-A -f 7 -6 -s rr -p
-A -f -1 -s rr --pe sip
--set 7200 0 60
--start-daemon master --mcast-interface eth0 --syncid 7 --mcast-ttl 2
`

function problems(text: string): string[] {
  try {
    parseRules(text)
  } catch (error) {
    if (!(error instanceof DesiredStateError)) throw error
    return error.problems.map(({ line, message }) => `${line}: ${message}`)
  }
  return []
}

describe('rules of ipvsadm', () => {
  it('are read in every spelling', () => {
    expect(parseRules(RULES)).toEqual({
      services: [
        {
          service: 'tcp://192.0.2.1:80',
          scheduler: 'wrr',
          persistence: { timeout: 3600, mask: '255.255.255.0' },
          destinations: [
            { address: '198.51.100.1', port: 80, forwarding: 'dr', weight: 2 },
            {
              ...{ address: '198.51.100.2', port: 80, forwarding: 'tun', weight: 1 },
              ...{ upperThreshold: 100, lowerThreshold: 50 },
              tunnel: { type: 'gue', port: 7000, checksum: 'checksum' },
            },
          ],
        },
        {
          service: 'udp://[2001:db8::1]:53',
          scheduler: 'sh',
          schedulerFlags: ['sh-port', 'sh-fallback'],
          onePacket: true,
          destinations: [{ address: '2001:db8::53', port: 5353, forwarding: 'nat' }],
        },
        { service: 'fwmark://7/ipv6', scheduler: 'rr', persistence: {}, destinations: [] },
        { service: 'fwmark://4294967295', scheduler: 'rr', persistenceEngine: 'sip', destinations: [] },
      ],
      timeouts: { tcp: 7200, udp: 60 },
      daemons: [{ role: 'master', interface: 'eth0', syncId: 7, ttl: 2 }],
    } satisfies DesiredState)
  })

  it('are written so that they are read as the same table (2,000 cases)', () => {
    fc.assert(
      fc.property(twoStates, ([state]) => {
        const told = inItsWords(state)
        expect(resolveDesiredState(parseRules(formatRules(told)))).toEqual(resolveDesiredState(told))
      }),
      { numRuns: 2000 },
    )
  }, 60_000)

  it('say nothing of what they have no words for, but fail', () => {
    const of = (service: string, destination: object) => () =>
      formatRules({
        services: [
          { service, destinations: [{ address: '198.51.100.1', forwarding: 'dr', ...destination }] },
        ],
      })
    expect(of('41://192.0.2.1:80', {})).toThrow('ipvsadm has no option for the protocol 41')
    expect(of('fwmark://1', { forwarding: 'local' })).toThrow(
      'ipvsadm has no option for the way of forwarding local',
    )
    const tunnel = { type: 9, port: 1, checksum: 'none' }
    expect(of('fwmark://1', { forwarding: 'tun', tunnel })).toThrow('no word for the tunnel type 9')
  })

  it.each<[string, string]>([
    ['-A -t 192.0.2.1:http', '1: 192.0.2.1:http is no address with a port in numbers'],
    ['-A -t www:80', '1: www:80 is no address with a port in numbers'],
    ['-A -t 192.0.2.1:80 -s rr -w 1', '1: -w has no place with -A'],
    ['-A -t 192.0.2.1:80 -z 1', '1: There is no option -z'],
    ['-A -t 192.0.2.1:80 -s', '1: -s needs a word behind it'],
    ['-A -t 192.0.2.1:80 -u 192.0.2.1:80', '1: -t and -u exclude each other'],
    ['-A -s rr', '1: Which service: -t, -u, --sctp-service or -f?'],
    [
      '\n-a -t 192.0.2.1:80 -r 198.51.100.1',
      '2: tcp://192.0.2.1:80 has not been added: write its -A line before',
    ],
    ['-A -f 1\n-A -f 1', '2: fwmark://1 is added once more'],
    ['-A -f 1\n-a -f 1', '2: Which real server: -r?'],
    ['-A -f 1\n-a -f 1 -r 198.51.100.1 -w x', '2: -w must have a number behind it, not x'],
    [
      '-A -f 1\n-a -f 1 -r 198.51.100.1 -g\n-a -f 1 -r 198.51.100.1 -m',
      '3: services[0].destinations[1] is 198.51.100.1:0',
    ],
    ['-A -f 1 -s rr -b sh-port', '1: services[0].schedulerFlags must be an array of the flags that rr has'],
    ['-C', '1: -C is no rule: -A and -a say what a table is'],
    ['flush', '1: A rule begins with -A or -a'],
    ['--set 1 2', '1: --set needs three numbers'],
    ['--start-daemon slave --mcast-interface eth0', '1: daemons[0].role must be'],
  ])('that are wrong are told with their line: %j', (text, message) => {
    const found = problems(text)
    expect(found[0]?.slice(0, message.length)).toBe(message)
    expect(found).toHaveLength(1)
  })
})

/** A document without what ipvsadm has no words for. */
function inItsWords(state: DesiredState): DesiredState {
  const { daemons = [], ...rest } = state
  return {
    ...rest,
    // Rules without a daemon do not say that there is none.
    ...(daemons.length === 0 ? {} : { daemons }),
    services: state.services
      ?.filter(({ service }) => !/^\d/.test(String(service)))
      .map(({ scheduler = 'rr', persistenceEngine, ...service }) => ({
        ...service,
        scheduler: scheduler.replaceAll(/[#=]/g, 'x').replace(/^-+/, 'x'),
        persistenceEngine: persistenceEngine === null ? null : 'sip',
        destinations: service.destinations?.filter(
          ({ forwarding, tunnel }) =>
            ['dr', 'nat', 'tun'].includes(String(forwarding)) &&
            (tunnel === null || tunnel === undefined || typeof tunnel.type === 'string'),
        ),
      })),
  }
}
