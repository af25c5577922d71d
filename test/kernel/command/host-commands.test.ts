/** The commands of `lvs` for hosts and desired states, each in its own process on a real kernel. */

import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exportState } from '../../../src/index.ts'
import { type CommandResult, NamespaceShell } from '../../support/kernel/command/namespace-shell.ts'
import { makeNode, readHostState } from '../../support/kernel/host/node.ts'
import { VIP, VIP6 } from '../../support/kernel/host/roles.ts'
import { makeNamespace, type Namespace } from '../../support/kernel/namespace.ts'

const PROGRAM = join(import.meta.dirname, '../../../dist/bin/lvs.cjs')

/** Runs command lines in a network namespace. */
class Lvs {
  readonly #shell: NamespaceShell
  /** Arguments that are appended to every command line. */
  readonly #words: readonly string[]

  constructor(namespace: Namespace, ...words: string[]) {
    this.#shell = NamespaceShell.start(namespace)
    this.#words = words
  }

  run(line: string, input = ''): Promise<CommandResult> {
    return this.#shell.run([process.execPath, PROGRAM, ...line.split(' '), ...this.#words], input)
  }

  /** Runs a command line that must print no errors. Returns its output. */
  async printed(line: string, { status = 0, input = '' } = {}): Promise<string> {
    const { stdout, ...rest } = await this.run(line, input)
    expect({ ...rest, stdout }).toEqual({ status, stderr: '', stdout })
    return stdout
  }

  /** Runs a command line on a terminal with typed input. */
  async typed(line: string, typed: string): Promise<CommandResult> {
    const command = [process.execPath, PROGRAM, ...line.split(' '), ...this.#words].join(' ')
    // NO_COLOR may be set for the tests.
    const words = ['env', '-u', 'NO_COLOR', 'script', '-qec', command, '/dev/null']
    return await this.#shell.run(words, typed)
  }
}

const CLUSTER = `services:
  - service: tcp://${VIP}:6379
    scheduler: rr
    defaults: { forwarding: dr }
    destinations: [{ address: 192.168.79.101 }, { address: 192.168.79.102 }]
`

describe('lvs real-server and lvs director', () => {
  it.each([
    ['real-server', `--vip ${VIP},${VIP6}`],
    ['director', `--vip ${VIP}/24 --interface eth0 --forwarding nat,dr`],
  ])('%s sets up the role, checks it, and restores the host', async (role, options) => {
    const { node, stateFile } = await makeNode()
    const lvs = new Lvs(node, '--state-file', stateFile)
    const before = await readHostState(node)

    expect(await lvs.printed(`${role} status ${options}`, { status: 1 })).toMatch(/^NOT OK +address /m)
    expect(await readHostState(node)).toEqual(before)
    expect(await lvs.printed(`${role} up ${options}`)).not.toContain('NOT OK')
    expect(await node.ip('address')).toContain(VIP)
    const status = await lvs.printed(`${role} status ${options}`)
    expect(status).toMatch(new RegExp(`^ok +address ${VIP}/\\d+ on \\w+ +present +present$`, 'm'))
    await node.ip('address', 'flush', 'to', VIP)
    expect(await lvs.printed(`${role} status ${options}`, { status: 1 })).toMatch(
      new RegExp(`^NOT OK +address ${VIP}/\\d+ on \\w+ +present +none$`, 'm'),
    )
    await lvs.printed(`${role} down ${options}`)
    expect(await readHostState(node)).toEqual(before)
  })

  it('list the interfaces if the named one does not exist', async () => {
    const { node, stateFile } = await makeNode()
    const lvs = new Lvs(node, '--state-file', stateFile)
    expect(await lvs.run(`director up --vip ${VIP} --interface eth7`)).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^lvs: interface must be one of lo, .*eth0, not "eth7"\n$/),
    })
  })
})

it('lvs cluster-node promotes and demotes the node, and restores the host', async () => {
  const { node, stateFile } = await makeNode()
  const file = join(dirname(stateFile), 'redis.yaml')
  writeFileSync(file, CLUSTER)
  const options = [`--vip=${VIP}/24`, '--interface=eth0', `--services=${file}`, '--sync=eth0', '--sync-id=7']
  const lvs = new Lvs(node, ...options, '--state-file', stateFile)
  const before = await readHostState(node)

  expect(await lvs.printed('cluster-node up')).toMatch(/^This node is a backup\.\n/)
  expect(await node.saved()).toEqual([])
  expect(await lvs.printed('cluster-node promote')).toMatch(/^This node is active\.\n/)
  expect(await node.saved()).toHaveLength(3)
  expect(JSON.parse(await lvs.printed('cluster-node status --json'))).toMatchObject({
    ok: true,
    active: true,
  })
  expect(await lvs.printed('cluster-node demote')).toMatch(/^This node is a backup\.\n/)
  expect(await node.saved()).toEqual([])
  await lvs.printed('cluster-node down')
  expect(await readHostState(node)).toEqual(before)
})

describe('lvs doctor', () => {
  it('finds a problem of a real server and fixes it', async () => {
    const { node, stateFile } = await makeNode()
    const lvs = new Lvs(node)
    await lvs.printed(`real-server up --vip ${VIP} --state-file ${stateFile}`)
    expect(await lvs.printed(`doctor --vip ${VIP}`)).toBe('No problems found.\n')

    await node.exec('sysctl', '-w', 'net.ipv4.conf.all.arp_ignore=0', 'net.ipv4.conf.eth0.arp_ignore=0')
    await node.ip('address', 'del', `${VIP}/32`, 'dev', 'lo')
    const found = await lvs.printed(`doctor --vip ${VIP}`, { status: 1 })
    expect(found).toMatch(/^error vip-missing on \S+: /m)
    expect(found).toMatch(/^ {2}fix: {5}\S/m)
    const ids = JSON.parse(await lvs.printed(`doctor --vip ${VIP} --json`, { status: 1 }))
    expect(ids).toMatchObject([{ id: 'vip-missing', severity: 'error' }])

    expect(await lvs.run(`doctor --vip ${VIP} --fix`)).toMatchObject({ status: 2, stdout: '' })
    const fixed = await lvs.typed(`doctor --vip ${VIP} --fix`, 'y\n')
    expect(fixed.stdout).toMatch(/Apply this fix\? \[y\/N\]/)
    expect(fixed).toMatchObject({ status: 0, stderr: '' })
    expect(await lvs.printed(`doctor --vip ${VIP}`)).toBe('No problems found.\n')
  })

  it('diagnoses another host from its facts', async () => {
    const { node } = await makeNode()
    const lvs = new Lvs(node)
    const facts = await lvs.printed('doctor --facts')
    expect(JSON.parse(facts)).toMatchObject({ services: [], sysctls: { 'net.ipv4.ip_forward': 0 } })
    const found = await lvs.printed(`doctor --from - --vip ${VIP}`, { status: 1, input: facts })
    expect(found).toMatch(/^error vip-missing on /m)
  })
})

/** Every setting, including those that ipvsadm -S drops. */
const TABLE = `services:
  - service: tcp://192.0.2.1:80
    scheduler: sh
    schedulerFlags: [sh-port]
    persistence: { timeout: 600, mask: 255.255.255.0 }
    destinations:
      - { address: 10.0.0.1, forwarding: dr, weight: 3, upperThreshold: 100, lowerThreshold: 50 }
      - { address: 10.0.0.2, port: 8080, forwarding: nat, weight: 0 }
  - service: fwmark://7/ipv6
    scheduler: rr
    destinations: [{ address: 2001:db8::2, forwarding: tun }]
timeouts: { tcp: 1200, tcpFin: 60, udp: 200 }
daemons: []
`

describe('lvs diff, lvs apply and lvs export', () => {
  it('make the table match a file, and export it for another host', async () => {
    const [one, other] = [await makeNamespace(), await makeNamespace()]
    const [lvs, elsewhere] = [new Lvs(one), new Lvs(other)]
    const plan = await lvs.printed('diff -', { status: 1, input: TABLE })
    expect(plan).toMatch(/^\+ add service tcp:\/\/192\.0\.2\.1:80 \(sh\)$/m)
    expect(plan).toMatch(/^~ change the timeouts: /m)
    expect(await one.saved()).toEqual([])

    expect(await lvs.run('apply -', TABLE)).toMatchObject({ status: 2, stdout: '' })
    expect(await one.saved()).toEqual([])
    expect(await lvs.printed('apply - --yes', { input: TABLE })).toMatch(/\n6 done\.\n$/)
    expect(await lvs.printed('diff -', { input: TABLE })).toBe(
      'warning: tcp://192.0.2.1:80: sh refuses new clients that hash to 10.0.0.2:8080, which has weight 0; set the scheduler flag sh-fallback.\nNothing to do.\n',
    )

    for (const format of ['yaml', 'json', 'rules']) {
      const exported = await lvs.printed(`export --format ${format}`)
      await elsewhere.printed('apply - --yes', { input: exported })
      expect(await exportState(other.ipvs)).toEqual(await exportState(one.ipvs))
      await other.ipvs.apply({ services: [], timeouts: { tcp: 900 } }, { owns: () => true })
    }
  })

  it('read and write a keepalived.conf', async () => {
    const host = await makeNamespace()
    const lvs = new Lvs(host)
    await host.restore(['-A -t 192.0.2.1:80 -s wrr', '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 3'])
    const exported = await lvs.printed('export --format keepalived')
    expect(exported).toMatch(/^virtual_server 192\.0\.2\.1 80 \{$/m)
    await host.ipvsadm('-C')
    await lvs.printed('apply - --yes', { input: exported })
    expect(await host.saved()).toEqual([
      '-A -t 192.0.2.1:80 -s wrr',
      '-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 3',
    ])
  })

  it('ask on a terminal, and change nothing unless confirmed', async () => {
    const host = await makeNamespace()
    const { stateFile } = await makeNode()
    const file = join(dirname(stateFile), 'lvs.yaml')
    writeFileSync(file, CLUSTER)
    const lvs = new Lvs(host)
    expect(await lvs.typed(`apply ${file}`, 'n\n')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/Apply these steps\? \[y\/N\][\s\S]*lvs: aborted; nothing was changed/),
    })
    expect(await host.saved()).toEqual([])
    const { status, stdout } = await lvs.typed(`apply ${file}`, 'y\n')
    expect(status).toBe(0)
    expect(stdout).toContain('\u001b[32m')
    expect(await host.saved()).toHaveLength(3)
  })

  it('record what they create in an ownership set', async () => {
    const host = await makeNamespace()
    const { stateFile } = await makeNode()
    const lvs = new Lvs(host, '--set', 'web', '--set-directory', join(dirname(stateFile), 'sets'))
    await host.restore(['-A -t 192.0.2.9:80 -s rr'])
    await lvs.printed('apply - --yes', { input: CLUSTER })
    const theirs = `services: [{ service: tcp://192.0.2.9:80, scheduler: wrr }]\n`
    expect(await lvs.run('apply - --yes', theirs)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^lvs: tcp:\/\/192\.0\.2\.9:80 was not created by the set web: .*--adopt\n$/,
      ),
    })
    expect(await lvs.printed('apply - --yes', { input: 'services: []\n' })).toMatch(/1 done\.\n$/)
    expect(await host.saved()).toEqual(['-A -t 192.0.2.9:80 -s rr'])
  })

  it('use the same ownership set inside a network namespace and with --netns', async () => {
    const [host, outside] = [await makeNamespace(), await makeNamespace()]
    const inode = (await host.exec('stat', '-L', '-c', '%i', '/proc/self/ns/net')).trim()
    const directory = `/run/lvs-${inode}`
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    await new Lvs(host).printed('apply - --yes --set web', { input: CLUSTER })
    expect(readdirSync(directory)).toEqual(['web.json'])
    const line = `diff - --set web --netns ${host.name}`
    expect(await new Lvs(outside).printed(line, { status: 1, input: 'services: []\n' })).toBe(
      `- remove service tcp://${VIP}:6379\n`,
    )
  })

  it('report a step that failed, and take the others', async () => {
    const lvs = new Lvs(await makeNamespace())
    const input = 'services: [{ service: tcp://192.0.2.1:80, scheduler: nosuch }, { service: fwmark://7 }]\n'
    const { status, stdout } = await lvs.run('apply - --yes', input)
    expect(status).toBe(1)
    expect(stdout).toMatch(/^failed +\+ add service tcp:\/\/192\.0\.2\.1:80 \(nosuch\): .*nosuch/m)
    expect(stdout).toMatch(/\n1 done, 1 failed\.\n$/)
  })
})
