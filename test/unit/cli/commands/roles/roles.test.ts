import { writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CapturedTerminal } from '../../../../support/cli/captured-terminal.ts'
import { refuseToOpen, runLine } from '../../../../support/cli/run-line.ts'
import { SimulatedHost } from '../../../../support/host/simulated-host.ts'
import { StateFolder } from '../../../../support/host/state-folder.ts'

/** A host, and a function that runs command lines on it. */
function makeHost() {
  const host = SimulatedHost.create({ interfaces: ['eth0', 'tunl0'] })
  const folder = new StateFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  const run = async (line: string) => {
    const terminal = new CapturedTerminal(refuseToOpen)
    terminal.host = host
    return await runLine(`${line} --state-file ${folder.path}`, terminal)
  }
  return { host, folder, run }
}

const TABLE = `services:
  - service: tcp://192.168.79.110:6379
    scheduler: rr
    defaults: { forwarding: dr }
    destinations: [{ address: 192.168.79.101 }, { address: 192.168.79.102 }]
timeouts: { tcp: 900 }
daemons: []
`

describe.each([
  ['real-server', '--vip 192.168.79.110,2001:db8::10'],
  ['real-server', '--forwarding tun --vip 192.168.79.110 --tunnel-device tunl0'],
  [
    'director',
    '--vip 192.168.79.110/24 --vip 2001:db8::10/64 --interface eth0 --forwarding nat,dr --label eth0:0',
  ],
])('lvs %s %s', (name, options) => {
  it('sets up the role, checks it, and restores the host', async () => {
    const { host, folder, run } = makeHost()
    const before = host.dump()
    expect((await run(`${name} status ${options}`)).status).toBe(1)
    expect(await run(`${name} up ${options}`)).toMatchObject({ status: 0, errors: [] })
    const { status, printed } = await run(`${name} status ${options}`)
    expect(status).toBe(0)
    expect(printed).not.toContain('NOT OK')
    expect(printed).toMatch(/^ok +address 192\.168\.79\.110\/\d+ on \w+ +present +present$/m)
    expect(JSON.parse((await run(`${name} status ${options} --json`)).printed)).toMatchObject({ ok: true })
    expect(await run(`${name} down ${options}`)).toMatchObject({ status: 0, errors: [] })
    expect(host.dump()).toEqual(before)
    expect(folder.isEmpty).toBe(true)
  })
})

describe('the status of a role', () => {
  it('lists expected and actual values, with status 1 if an item is not ok', async () => {
    const { host, run } = makeHost()
    await run('real-server up --vip 192.168.79.110')
    host.setSysctlFromOutside('net.ipv4.conf.all.arp_ignore', '0')
    const { status, printed } = await run('real-server status --vip 192.168.79.110')
    expect(status).toBe(1)
    expect(printed).toMatch(/^ {8}ITEM +EXPECTED +ACTUAL$/m)
    expect(printed).toMatch(/^NOT OK +sysctl net\.ipv4\.conf\.all\.arp_ignore +\S.* +0$/m)
    expect(printed).toMatch(/^ok +sysctl net\.ipv4\.conf\.all\.arp_announce +2 +2$/m)
  })

  it('has colours if the terminal has them', async () => {
    const terminal = new CapturedTerminal(refuseToOpen)
    terminal.host = SimulatedHost.create()
    terminal.colours = true
    await runLine('real-server status --vip 192.168.79.110', terminal)
    expect(terminal.printed).toContain('\u001b[31mNOT OK\u001b[39m  address 192.168.79.110/32 on lo')
  })

  it('after down lists items that another program has changed since', async () => {
    const { host, run } = makeHost()
    await run('real-server up --vip 192.168.79.110')
    host.setSysctlFromOutside('net.ipv4.conf.all.arp_announce', '1')
    const { status, printed } = await run('real-server down --vip 192.168.79.110')
    expect(status).toBe(1)
    expect(printed).toMatch(/^NOT OK +sysctl net\.ipv4\.conf\.all\.arp_announce/m)
    expect(await run('real-server down --vip 192.168.79.110')).toMatchObject({
      status: 0,
      printed: 'Nothing to restore.\n',
    })
  })
})

describe('lvs cluster-node', () => {
  function makeNode() {
    const { host, folder, run } = makeHost()
    const file = `${folder.path}.yaml`
    writeFileSync(file, TABLE)
    const options = `--vip 192.168.79.110/24 --interface eth0 --services ${file}`
    return { host, folder, file, run: (words: string) => run(`cluster-node ${words} ${options}`) }
  }

  it('promotes and demotes the node with the services of a file, and restores the host', async () => {
    const { host, folder, run } = makeNode()
    const before = host.dump()
    expect(await run('up')).toMatchObject({
      status: 0,
      printed: expect.stringMatching(/^This node is a backup\.\n/),
    })
    expect(host.services).toEqual([])
    expect(await run('promote --sync eth0 --sync-id 7')).toMatchObject({
      status: 0,
      printed: expect.stringMatching(/^This node is active\.\n/),
    })
    expect(host.services).toEqual(['tcp://192.168.79.110:6379'])
    expect(host.daemons).toEqual(['master'])
    expect((await run('status --sync eth0 --sync-id 7')).status).toBe(0)
    expect((await run('demote --sync eth0 --sync-id 7')).status).toBe(0)
    expect(host.services).toEqual([])
    expect((await run('down --sync eth0 --sync-id 7')).status).toBe(0)
    expect(host.dump()).toEqual(before)
    expect(folder.isEmpty).toBe(true)
  })

  it('rejects a file with synchronisation daemons', async () => {
    const { file, run } = makeNode()
    writeFileSync(file, TABLE.replace('[]', '[{ role: master, interface: eth0 }]'))
    expect(await run('promote')).toMatchObject({
      status: 2,
      errors: [expect.stringMatching(/lists synchronisation daemons.*remove them and use --sync/)],
    })
  })

  it('rejects services on addresses that are not the node’s', async () => {
    const { file, run } = makeNode()
    writeFileSync(file, TABLE.replace('79.110', '79.111'))
    expect(await run('up')).toMatchObject({
      status: 2,
      errors: [expect.stringMatching(/one of the virtual addresses, 192\.168\.79\.110/)],
    })
  })
})

describe('a usage error is reported before anything is opened', () => {
  it.each([
    ['real-server up', /--forwarding dr requires --vip/],
    ['real-server up --forwarding nat', /--forwarding nat requires --director/],
    ['real-server up --vip 192.0.2.1 --director 10.0.0.1', /--director requires --forwarding nat, not dr/],
    ['real-server up --vip 192.0.2.1 --tunnel-device x', /--tunnel-device requires --forwarding tun, not dr/],
    [
      'real-server up --forwarding nat --director 10.0.0.1 --vip 192.0.2.1',
      /--vip requires --forwarding dr or tun/,
    ],
    [
      'real-server up --vip 192.0.2',
      /--vip '192.0.2' is invalid: expected an address such as 192\.168\.79\.110/,
    ],
    ['real-server upp', /unknown command 'upp'; did you mean up\?/],
    ['director up --vip 192.0.2.1', /required option '--interface <name>' not specified/],
    ['director up --interface eth0', /required option '--vip <address>' not specified/],
    [
      'director up --vip 192.0.2.1 --interface eth0 --forwarding route',
      /--forwarding 'route' is invalid: allowed choices are dr, nat, tun/,
    ],
    [
      'cluster-node up --vip 192.0.2.1 --interface eth0 --services none.yaml',
      /cannot read none.yaml: ENOENT/,
    ],
    ['cluster-node up --vip 192.0.2.1 --interface eth0 --services x --sync-id 1', /require --sync/],
  ])('%s', async (line, error) => {
    expect(await runLine(line, new CapturedTerminal(refuseToOpen))).toMatchObject({
      status: 2,
      printed: '',
      errors: [expect.stringMatching(error)],
    })
  })
})
