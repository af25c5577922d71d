/** The commands of `lvs` on a real kernel. */

import { describe, expect, it } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'
import { CapturedTerminal } from '../../support/cli/captured-terminal.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'
import { DNS, makeBusyHost } from '../../support/kernel/traffic/busy-host.ts'
import { waitUntil } from '../../support/kernel/until.ts'

/** Runs a command line on a host. */
async function run({ ipvs }: Namespace, line: string, input = '') {
  const terminal = new CapturedTerminal(() => Promise.resolve(ipvs), input)
  const status = await runProgram(line.split(' '), terminal)
  return { status, printed: terminal.printed, errors: terminal.errors }
}

/** The output of a command that must succeed without errors. */
async function printed(host: Namespace, line: string, input = ''): Promise<string> {
  const result = await run(host, line, input)
  expect(result).toMatchObject({ status: 0, errors: [] })
  return result.printed
}

const TABLE = [
  'add service tcp://192.0.2.1:80 --scheduler wrr --persistent 600 --mask 24',
  'add destination tcp://192.0.2.1:80 10.0.0.1 --weight 3 --upper 100 --lower 50',
  'add destination tcp://192.0.2.1:80 10.0.0.2:8080 --forwarding nat --weight 0',
  'add destination tcp://192.0.2.1:80 10.0.0.3 --tunnel gue:6080 --checksum remote',
  'add service udp://[2001:db8::1]:5060 --engine sip --persistent --one-packet',
  'add destination udp://[2001:db8::1]:5060 2001:db8::2',
  'add service fwmark://7/ipv6 --scheduler sh --flags sh-port,sh-fallback',
]

describe('lvs', () => {
  it('adds, changes and removes services and destinations', async () => {
    const host = await makeNamespace()
    for (const line of TABLE) expect(await printed(host, line)).toBe('')
    expect(await host.saved()).toEqual([
      '-A -t 192.0.2.1:80 -s wrr -p 600 -M 255.255.255.0',
      '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 3',
      '-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 0',
      '-a -t 192.0.2.1:80 -r 10.0.0.3:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
      '-A -u [2001:db8::1]:5060 -s wlc -p 360 --pe sip -o',
      '-a -u [2001:db8::1]:5060 -r [2001:db8::2]:5060 -g -w 1',
      '-A -f 7 -6 -s sh -b sh-fallback,sh-port',
    ])

    await printed(host, 'set service tcp://192.0.2.1:80 --scheduler lc')
    await printed(host, 'set service udp://[2001:db8::1]:5060 --no-engine --no-one-packet --no-persistent')
    await printed(host, 'set destination tcp://192.0.2.1:80 10.0.0.1 --weight 9')
    await printed(host, 'remove destination tcp://192.0.2.1:80 10.0.0.2:8080')
    await printed(host, 'remove service fwmark://7/ipv6')
    expect(await host.saved()).toEqual([
      '-A -t 192.0.2.1:80 -s lc -p 600 -M 255.255.255.0',
      '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 9',
      '-a -t 192.0.2.1:80 -r 10.0.0.3:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum',
      '-A -u [2001:db8::1]:5060 -s wlc',
      '-a -u [2001:db8::1]:5060 -r [2001:db8::2]:5060 -g -w 1',
    ])
    expect(await host.ipvs.destinations('tcp://192.0.2.1:80')).toContainEqual(
      expect.objectContaining({ address: '10.0.0.1', upperThreshold: 100, lowerThreshold: 50 }),
    )
    expect(await run(host, 'remove service fwmark://7/ipv6')).toMatchObject({ status: 1 })
  })

  it.each(['yaml', 'json', 'rules'])(
    'saves a table as %s and restores it on another host',
    async (format) => {
      const [one, other] = [await makeNamespace(), await makeNamespace()]
      for (const line of TABLE) await printed(one, line)
      const saved = await printed(one, `save --format ${format}`)

      expect(await printed(other, 'restore', saved)).toBe('')
      expect(await other.saved()).toEqual(await one.saved())
      if (format !== 'rules') expect(await printed(other, 'save')).toBe(await printed(one, 'save'))

      // Rules are commands, which fail on existing entries. A document is a state, which the table already has.
      const again = await run(other, 'restore', saved)
      expect(again.status).toBe(format === 'rules' ? 1 : 0)
      expect(again.errors).toHaveLength(format === 'rules' ? TABLE.length : 0)
    },
  )

  it('lists services and connections as text and JSON', async () => {
    const host = await makeNamespace()
    expect(await printed(host, 'list')).toBe('No virtual services.\n')
    expect(await printed(host, 'connections')).toBe('No connections.\n')
    for (const line of TABLE) await printed(host, line)
    expect(await printed(host, 'list')).toBe(
      `SERVICE / DESTINATION     METHOD  WEIGHT  ACTIVE  INACTIVE
fwmark://7/ipv6           sh                   0         0  sh-fallback, sh-port
tcp://192.0.2.1:80        wrr                  0         0  persistent 600 s mask 255.255.255.0
  10.0.0.1:80             dr           3       0         0  max 100, resume below 50
  10.0.0.2:8080           nat          0       0         0  drained
  10.0.0.3:80             tun          1       0         0  gue port 6080
udp://[2001:db8::1]:5060  wlc                  0         0  persistent 360 s, engine sip, one packet
  [2001:db8::2]:5060      dr           1       0         0
`,
    )
    const services = JSON.parse(await printed(host, 'list tcp://192.0.2.1:80 --json'))
    expect(services).toMatchObject([{ address: '192.0.2.1', destinations: [{ weight: 3 }, {}, {}] }])
  })

  it('shows traffic, repeatedly with --watch', async () => {
    const { host, client } = await makeBusyHost()
    await client.connect('198.51.100.1', '192.0.2.10', 80)
    for (let count = 0; count < 40; count++)
      await client.send('198.51.100.2', '192.0.2.10', 53, 'x'.repeat(1000))

    const stats = await waitUntil(
      () => printed(host, `stats ${DNS}`),
      (text) => /udp:\/\/192\.0\.2\.10:53 +40 /.test(text),
    )
    expect(stats).toMatch(
      /^SERVICE \/ DESTINATION +CONNECTIONS +PACKETS IN +PACKETS OUT +BYTES IN +BYTES OUT$/m,
    )
    expect(stats).toMatch(/udp:\/\/192\.0\.2\.10:53 +40 +40 +80 +41 k +2\.4 k$/m)
    expect(await printed(host, 'rate')).toMatch(/udp:\/\/192\.0\.2\.10:53 +[1-9]\d* +[1-9]/)
    expect(await printed(host, 'connections')).toMatch(
      /^tcp +ESTABLISHED +\d+ s +198\.51\.100\.1:\d+ +192\.0\.2\.10:80 /m,
    )

    const terminal = new CapturedTerminal(() => Promise.resolve(host.ipvs))
    terminal.rounds = 2
    expect(await runProgram(['list', '--json', '--watch', '1'], terminal)).toBe(0)
    const lines = terminal.printed.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).length)).toEqual([4, 4, 4])
  })
})
