import { describe, expect, it } from 'vitest'
import { parseCommand } from '../../../../src/cli/ipvsadm/command.ts'
import type { IpvsadmError } from '../../../../src/dialect/ipvsadm/parse/ipvsadm-error.ts'
import { names } from '../../../support/dialect/known-names.ts'

const read = (line: string) => parseCommand(line.split(' '), names)
const change = (line: string) => {
  const command = read(line)
  return command.action === 'change' ? command.change : command
}
const mistake = (line: string) => {
  try {
    read(line)
  } catch (error) {
    const { message, status, continues } = error as IpvsadmError
    return { message, status, continues }
  }
  throw new Error(`${line} is no mistake`)
}

const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80, family: 'ipv4' }
const DEFAULTS = {
  scheduler: 'wlc',
  schedulerFlags: [],
  onePacket: false,
  persistence: null,
  persistenceEngine: null,
}
const SERVER = { address: '198.51.100.7', port: 80, weight: 1, upperThreshold: 0, lowerThreshold: 0 }

describe('a command line about a virtual service', () => {
  it('has the defaults of ipvsadm', () => {
    expect(change('-A -t 192.0.2.1:80')).toEqual({ command: 'addService', service: { ...WEB, ...DEFAULTS } })
  })

  it('resets every setting that an edit omits', () => {
    expect(change('-E -t 192.0.2.1:80')).toEqual({
      command: 'updateService',
      service: WEB,
      changes: DEFAULTS,
    })
  })

  it.each([
    ['-t 192.0.2.1:80', WEB],
    ['-u [2001:db8::1]:53', { protocol: 'udp', address: '2001:db8::1', port: 53, family: 'ipv6' }],
    ['--sctp-service 192.0.2.1:2905', { ...WEB, protocol: 'sctp', port: 2905 }],
    ['-f 7', { fwmark: 7, family: 'ipv4' }],
    ['-f 7 -6', { fwmark: 7, family: 'ipv6' }],
  ])('names it with %s', (words, service) => {
    expect(change(`-D ${words}`)).toEqual({ command: 'removeService', service })
  })

  it.each([
    ['-p', { timeout: 360, mask: '255.255.255.255' }],
    ['-p 60', { timeout: 60, mask: '255.255.255.255' }],
    ['-p60 -M 255.255.0.0', { timeout: 60, mask: '255.255.0.0' }],
    ['-p 60 -M 0xffffff00', { timeout: 60, mask: '255.255.255.0' }],
  ])('reads persistence from %s', (words, persistence) => {
    expect(change(`-A -t 192.0.2.1:80 ${words}`)).toMatchObject({ service: { persistence } })
  })

  it('reads a mask before an IPv6 service as an IPv4 mask, and ignores it', () => {
    const mask = (line: string) => (change(line) as { service: { persistence: object } }).service.persistence
    expect(mask('-A -t [2001:db8::1]:80 -p 60 -M 64')).toEqual({ timeout: 60, mask: 64 })
    expect(mask('-A -M 64 -t [2001:db8::1]:80 -p 60')).toEqual({ timeout: 60, mask: 128 })
    expect(mask('-A -f 1 -6 -p 60 -M 12abc')).toEqual({ timeout: 60, mask: 12 })
  })

  it('reads flags of the scheduler before and after it', () => {
    expect(change('-A -t 192.0.2.1:80 -b sh-port,,flag-3 -s sh')).toMatchObject({
      service: { scheduler: 'sh', schedulerFlags: ['sh-port', 'flag-3'] },
    })
  })

  it('truncates a name to the length that the kernel accepts', () => {
    expect(change(`-A -t 192.0.2.1:80 -s ${'x'.repeat(30)}`)).toMatchObject({
      service: { scheduler: 'x'.repeat(15) },
    })
  })
})

describe('a command line about a real server', () => {
  it.each([
    ['', { forwarding: 'dr', tunnel: null }],
    ['-g', { forwarding: 'dr', tunnel: null }],
    ['-m', { forwarding: 'nat', tunnel: null }],
    ['-i', { forwarding: 'tun', tunnel: { type: 'ipip' } }],
    [
      '-i --tun-type gue --tun-port 6080',
      { forwarding: 'tun', tunnel: { type: 'gue', port: 6080, checksum: 'none' } },
    ],
    [
      '-i --tun-type gue --tun-port 6080 --tun-remcsum',
      { forwarding: 'tun', tunnel: { type: 'gue', port: 6080, checksum: 'remote' } },
    ],
    ['-i --tun-type gre --tun-csum', { forwarding: 'tun', tunnel: { type: 'gre', checksum: 'checksum' } }],
  ])('forwards with %j', (words, forwarding) => {
    const line = `-a -t 192.0.2.1:80 -r 198.51.100.7 ${words}`.trim()
    expect(change(line)).toEqual({
      command: 'addDestination',
      service: WEB,
      destination: { ...SERVER, ...forwarding },
    })
  })

  it('has the port of the service unless it is behind NAT, or under a mark', () => {
    const port = (line: string) => (change(line) as { destination: { port: number } }).destination.port
    expect(port('-a -t 192.0.2.1:80 -r 198.51.100.7:8080')).toBe(80)
    expect(port('-a -t 192.0.2.1:80 -r 198.51.100.7:8080 -m')).toBe(8080)
    expect(port('-a -t 192.0.2.1:80 -r 198.51.100.7 -m')).toBe(80)
    expect(port('-a -f 1 -r 198.51.100.7:8080')).toBe(8080)
    expect(port('-a -f 1 -r 198.51.100.7')).toBe(0)
    // Before the service its port is not known yet.
    expect(port('-a -r 198.51.100.7 -m -t 192.0.2.1:80')).toBe(0)
  })
})

describe('a listing', () => {
  const format = { columns: 'plain', numeric: false, exact: false, sorted: true }

  it.each([
    ['-L', {}],
    ['-Ln', { numeric: true }],
    ['-Ln --stats --exact', { numeric: true, columns: 'stats', exact: true }],
    ['-L --rate --stats', { columns: 'stats' }],
    ['-L --persistent-conn --thresholds --tun-info', { columns: 'thresholds' }],
    ['-L --nosort --sort', { sorted: false }],
  ])('reads the columns and the format of %s', (line, differences) => {
    expect(read(line)).toEqual({ action: 'list', service: undefined, format: { ...format, ...differences } })
  })

  it.each([
    ['-Lnc', { action: 'connections', numeric: true, engines: false }],
    ['-Lc --persistent-conn', { action: 'connections', numeric: false, engines: true }],
    ['-L --timeout', { action: 'timeouts' }],
    ['-L --daemon -n', { action: 'daemons' }],
  ])('reads other listings from %s', (line, command) => {
    expect(read(line)).toEqual(command)
  })
})

describe('other command lines', () => {
  it.each([
    ['-Sn', { action: 'save', numeric: true }],
    ['-R', { action: 'restore' }],
    ['-C', { action: 'change', change: { command: 'flush' } }],
    ['-Z', { action: 'change', change: { command: 'zero', service: undefined } }],
    ['-h', { action: 'help' }],
    ['--version and more', { action: 'version' }],
    ['--set 900 0 300', { action: 'set-timeouts', timeouts: { tcp: 900, tcpFin: undefined, udp: 300 } }],
    ['--stop-daemon backup', { action: 'stop-daemon', role: 'backup' }],
    [
      '--start-daemon master',
      { action: 'start-daemon', daemon: { role: 'master', interface: 'eth0', syncId: 0 } },
    ],
    [
      '--start-daemon=backup --mcast-interface=d0 --syncid=7 --sync-maxlen 1400 --mcast-group ff05::1 --mcast-port 9000 --mcast-ttl 9',
      {
        action: 'start-daemon',
        daemon: {
          ...{ role: 'backup', interface: 'd0', syncId: 7, maximumLength: 1400 },
          ...{ group: 'ff05::1', port: 9000, ttl: 9 },
        },
      },
    ],
  ])('read %s', (line, command) => {
    expect(read(line)).toEqual(command)
  })
})

describe('a mistake', () => {
  it('ends with status 2 if a value, an option or an argument is wrong', () => {
    for (const [line, message] of [
      ['-A', "You need to supply the 'service-address' option for the 'add-service' command"],
      ['-D -t 192.0.2.1:80 -w 5', "Illegal 'weight' option with the 'delete-service' command"],
      ['-A -t 192.0.2.1:80 -t 192.0.2.1:81', "multiple 'service-address' options specified"],
      [
        '-L -c -t 192.0.2.1:80',
        "The option 'service-address' conflicts with the 'connection' option in the 'list' command",
      ],
      ['-L -c --stats', 'options conflicts in the list command'],
      ['-A -t nowhere:80', 'illegal virtual server address[:port] specified'],
      ['-A -t 192.0.2.1', 'Zero port specified for non-persistent service'],
      ['-A -t 192.0.2.1:80 -o', 'One-Packet Scheduling is only for UDP virtual services'],
      ['-A -t 192.0.2.1:80 -b sh-port', "incompatible scheduler flag `sh-port'"],
      ['-A -6 -f 1', '-6 used before -f'],
      ['-A -f -1', "invalid fwmark value `-1' specified"],
      [
        '-a -t 192.0.2.1:80 -r [2001:db8::1]:80',
        'Different address family is allowed only for tunneling servers',
      ],
      ['-a -t 192.0.2.1:80 -r 192.0.2.2 --tun-csum', 'Tunnel options conflict with forward method'],
      [
        '-a -t 192.0.2.1:80 -r 192.0.2.2 -i --tun-type gue',
        "You need to supply the 'tun-port' option for the 'gue' tunnel type",
      ],
      ['--set 1 2', '--set option requires 3 timeout values'],
      ['-L -A', "invalid option `-A'"],
      ['-L more', 'unexpected argument more'],
    ] as const) {
      expect(mistake(line)).toEqual({ message, status: 2, continues: false })
    }
  })

  it('ends with status 255 if an option is misspelled, after which rules continue', () => {
    expect(mistake('-A -Q')).toEqual({ message: '-Q: unknown option', status: 255, continues: true })
    expect(mistake('-A -t')).toEqual({ message: '-t: missing argument', status: 255, continues: true })
  })

  it('ends with status 255 if there is no command, which ends rules', () => {
    for (const line of ['-Q', 'more', '-n -L', '-- -L', '--list=all']) {
      expect(mistake(line)).toMatchObject({ status: 255, continues: false })
    }
  })
})
