import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatRules } from '../../../../src/dialect/ipvsadm/format-rules.ts'
import { parseRules } from '../../../../src/dialect/ipvsadm/parse-rules.ts'
import { DesiredStateError } from '../../../../src/state/document/problems.ts'
import { resolveDesiredState } from '../../../../src/state/document/resolve-desired-state.ts'
import type {
  DesiredDestination,
  DesiredService,
  DesiredState,
} from '../../../../src/state/model/desired-state.ts'
import { twoStates } from '../../../support/state/arbitrary-states.ts'

const RULES = `# saved on Monday
-A -t 192.0.2.1:80 -s wrr -p 3600 -M 255.255.255.0
-a -t 192.0.2.1:80 -r 198.51.100.1:80 -g -w 2
-a -t 192.0.2.1:80 -r 198.51.100.2:80 -i -w 1 -x 100 -y 50 --tun-type gue --tun-port 7000 --tun-csum
ipvsadm --add-service --udp-service [2001:db8::1]:53 --scheduler=sh --sched-flags sh-port,sh-fallback --ops
ipvsadm --add-server --udp-service [2001:db8::1]:53 --real-server [2001:db8::53]:5353 --masquerading
/sbin/ipvsadm -At 192.0.2.1:https -swrr -p600
-at192.0.2.1:443 -r=198.51.100.1 -w=3	-x 5 # joined

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
  it('are read in every spelling that ipvsadm accepts', () => {
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
        {
          ...{ service: 'tcp://192.0.2.1:443', scheduler: 'wrr', persistence: { timeout: 600 } },
          destinations: [
            { address: '198.51.100.1', port: 443, forwarding: 'dr', weight: 3, upperThreshold: 5 },
          ],
        },
        { service: 'fwmark://7/ipv6', scheduler: 'rr', persistence: { timeout: 360 }, destinations: [] },
        { service: 'fwmark://4294967295', scheduler: 'rr', persistenceEngine: 'sip', destinations: [] },
      ],
      timeouts: { tcp: 7200, udp: 60 },
      daemons: [{ role: 'master', interface: 'eth0', syncId: 7, ttl: 2 }],
    } satisfies DesiredState)
  })

  it('are written so that they are read as the same table (2,000 cases)', () => {
    fc.assert(
      fc.property(twoStates, ([state]) => {
        const expressible = toExpressible(state)
        expect(readBack(expressible)).toEqual(resolveDesiredState(expressible))
      }),
      { numRuns: 2000 },
    )
  }, 60_000)

  it('are written from any document, or refused, but never change it (2,000 cases)', () => {
    fc.assert(
      fc.property(twoStates, ([state]) => {
        const named = withReadableNames(state)
        try {
          formatRules(named)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
          return
        }
        expect(readBack(named)).toEqual(resolveDesiredState(named))
      }),
      { numRuns: 2000 },
    )
  }, 60_000)

  it('are refused for a document that ipvsadm cannot express', () => {
    const of = (service: string, destination: object) => () =>
      formatRules({
        services: [
          { service, destinations: [{ address: '198.51.100.1', forwarding: 'dr', ...destination }] },
        ],
      })
    expect(of('41://192.0.2.1:80', {})).toThrow('ipvsadm has no option for the protocol 41')
    expect(of('fwmark://1', { forwarding: 'local' })).toThrow(
      'ipvsadm has no option for the forwarding method local',
    )
    const tunnel = { type: 9, port: 1, checksum: 'none' }
    expect(of('fwmark://1', { forwarding: 'tun', tunnel })).toThrow(
      'ipvsadm has no option for the tunnel type 9',
    )
  })

  it.each<[string, DesiredService, string]>([
    [
      'port 0 without persistence',
      { service: 'tcp://192.0.2.1:0', destinations: [] },
      'ipvsadm refuses port 0 without persistence: tcp://192.0.2.1:0',
    ],
    [
      'a persistence of 0 seconds',
      { service: 'tcp://192.0.2.1:80', persistence: { timeout: 0 }, destinations: [] },
      'ipvsadm accepts a persistence of 1 to 2678400 seconds: tcp://192.0.2.1:80 has 0',
    ],
    [
      'one-packet scheduling of TCP',
      { service: 'tcp://192.0.2.1:80', onePacket: true, destinations: [] },
      'ipvsadm refuses one-packet scheduling without UDP: tcp://192.0.2.1:80',
    ],
    [
      'a dr destination at another port',
      {
        service: 'tcp://192.0.2.1:80',
        destinations: [{ address: '198.51.100.1', port: 81, forwarding: 'dr' }],
      },
      'ipvsadm would use port 80 for 198.51.100.1 in tcp://192.0.2.1:80 instead of 81',
    ],
  ])('are refused for %s', (_, service, message) => {
    expect(() => formatRules({ services: [service] })).toThrow(new RangeError(message))
  })

  it('are refused for a timeout that ipvsadm does not accept', () => {
    expect(() => formatRules({ timeouts: { udp: 2_678_401 } })).toThrow('up to 2678400 seconds, not 2678401')
  })

  it.each<[string, string]>([
    ['-A -t 192.0.2.1:nowhere', '1: illegal virtual server address[:port] specified'],
    [
      '-A -t 192.0.2.1:80\n-a -r 198.51.100.1:http -t 192.0.2.1:80',
      '2: illegal real server address[:port] specified',
    ],
    ['-A -t www:80', '1: unknown address www; host names are not looked up'],
    ['-A -t 192.0.2.1:80 -s rr -w 1', "1: Illegal 'weight' option with the 'add-service' command"],
    ['-A -t 192.0.2.1:80 -s rr -n', "1: Illegal 'numeric' option with the 'add-service' command"],
    ['-A -t 192.0.2.1:80 -z 1', '1: -z: unknown option'],
    ['-A -t 192.0.2.1:80 -s', '1: -s: missing argument'],
    ['-A -t 192.0.2.1:80 -u 192.0.2.1:80', "1: multiple 'service-address' options specified"],
    ['-A -t 192.0.2.1:0', '1: Zero port specified for non-persistent service'],
    ['-A -s rr', "1: You need to supply the 'service-address' option for the 'add-service' command"],
    [
      '\n-a -t 192.0.2.1:80 -r 198.51.100.1',
      '2: tcp://192.0.2.1:80 is not defined; its -A line must come first',
    ],
    ['-A -f 1\n-A -f 1', '2: fwmark://1 is added twice'],
    ['-A -f 0', "1: invalid fwmark value `0' specified"],
    ['-A -f 1\n-a -f 1', "2: You need to supply the 'real-server' option for the 'add-server' command"],
    ['-A -f 1\n-a -f 1 -r 198.51.100.1 -w x', '2: illegal weight specified'],
    [
      '-A -f 1\n-a -f 1 -r 198.51.100.1 -g\n-a -f 1 -r 198.51.100.1 -m',
      '3: services[0].destinations[1] is 198.51.100.1:0',
    ],
    ['-A -f 1 -s rr -b sh-port', "1: incompatible scheduler flag `sh-port'"],
    ['-C', '1: -C does not describe a table; expected one of -A, -a, --set, --start-daemon'],
    ['flush', "1: Try `ipvsadm -h' for more information."],
    ['--set 1 2', '1: --set option requires 3 timeout values'],
    ['--start-daemon slave --mcast-interface eth0', '1: illegal start-daemon parameter specified'],
  ])('are reported with their line if they are invalid: %j', (text, message) => {
    const found = problems(text)
    expect(found[0]?.slice(0, message.length)).toBe(message)
    expect(found).toHaveLength(1)
  })

  it('are reported together if several are invalid', () => {
    expect(
      problems('-A -Q\n-A -f 1 -s rr\n-a -f 1 -r 198.51.100.1 -y 5\n-A -w 1').map((text) => text[0]),
    ).toEqual([...['1', '3', '4']])
  })
})

function readBack(state: DesiredState): unknown {
  return resolveDesiredState(parseRules(formatRules(state)))
}

/** Replaces characters that a line cannot contain, in scheduler names, and engines that do not exist. */
function withReadableNames(state: DesiredState): DesiredState {
  const { daemons = [], ...rest } = state
  return {
    ...rest,
    // Rules without a daemon do not mean that there is none.
    ...(daemons.length === 0 ? {} : { daemons }),
    services: state.services?.map(({ scheduler = 'rr', persistenceEngine, ...service }) => ({
      ...service,
      scheduler: scheduler.replaceAll(/[#=]/g, 'x').replace(/^-+/, 'x'),
      persistenceEngine: persistenceEngine === null ? null : 'sip',
    })),
  }
}

/** The nearest document that ipvsadm can express. */
function toExpressible(state: DesiredState): DesiredState {
  const named = withReadableNames(state)
  return {
    ...named,
    services: named.services
      ?.filter(({ service }) => !/^\d/.test(String(service)))
      .map(({ onePacket, persistence, destinations, ...service }) => {
        const name = String(service.service)
        const port = name.startsWith('fwmark:') ? undefined : Number(/\d+$/.exec(name)?.[0])
        return {
          ...service,
          onePacket: onePacket === true && (port === undefined || name.startsWith('udp:')),
          persistence: toExpressiblePersistence(persistence, port === 0),
          destinations: toExpressibleDestinations(destinations, port),
        }
      }),
  }
}

function toExpressiblePersistence(
  persistence: DesiredService['persistence'],
  isRequired: boolean,
): DesiredService['persistence'] {
  if (persistence === null || persistence === undefined) return isRequired ? { timeout: 60 } : null
  return { ...persistence, timeout: Math.min(Math.max(persistence.timeout ?? 300, 1), 31 * 86_400) }
}

/** Removes settings without an option, and moves destinations that are not behind NAT to the port of the service. */
function toExpressibleDestinations(
  destinations: DesiredService['destinations'],
  servicePort: number | undefined,
): DesiredDestination[] {
  const found = new Map<string, DesiredDestination>()
  for (const destination of destinations ?? []) {
    const { address, forwarding, tunnel } = destination
    if (!['dr', 'nat', 'tun'].includes(String(forwarding))) continue
    if (tunnel !== null && tunnel !== undefined && typeof tunnel.type !== 'string') continue
    const port = forwarding === 'nat' ? destination.port : (servicePort ?? destination.port)
    found.set(`${address} ${port}`, { ...destination, port })
  }
  return [...found.values()]
}
