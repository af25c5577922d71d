import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exportState } from '../../../../src/state/document/format-state.ts'
import { CapturedTerminal } from '../../../support/cli/captured-terminal.ts'
import { refuseToOpen, runLine } from '../../../support/cli/run-line.ts'
import { makeKernel } from '../../../support/testing/make-kernel.ts'

const WEB = 'tcp://192.0.2.10:80'

/** The table of {@link makeTable} with other weights, another scheduler, and one destination replaced. */
const DOCUMENT = `services:
  - service: ${WEB}
    scheduler: wrr
    defaults: { forwarding: nat }
    destinations:
      - { address: 192.0.2.20, weight: 5 }
      - { address: 192.0.2.22 }
`

/** A table with a service and two destinations of weight 1, a folder, and a function that runs command lines. */
async function makeTable() {
  const { kernel, ipvs } = await makeKernel([1, 1])
  const folder = mkdtempSync(join(tmpdir(), 'lvs-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const save = (text: string, name = 'lvs.yaml') => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const run = async (line: string, prepare: (terminal: CapturedTerminal) => void = () => {}, input = '') => {
    const terminal = new CapturedTerminal(() => Promise.resolve(ipvs), input)
    prepare(terminal)
    return { ...(await runLine(line, terminal)), terminal }
  }
  return { kernel, ipvs, folder, save, run }
}

describe('lvs diff', () => {
  it('prints the steps without taking them, with status 1', async () => {
    const { ipvs, save, run } = await makeTable()
    const before = await exportState(ipvs)
    expect(await run(`diff ${save(DOCUMENT)} --whole`)).toMatchObject({
      status: 1,
      printed: `~ set scheduler of ${WEB} from rr to wrr
~ set weight of 192.0.2.20:80 in ${WEB} from 1 to 5
+ add 192.0.2.22:80 to ${WEB} (nat, weight 1)
- remove 192.0.2.21:80 from ${WEB}
`,
      errors: [],
    })
    expect(await exportState(ipvs)).toEqual(before)
  })

  it('has status 0 if there are no steps', async () => {
    const { run } = await makeTable()
    const { printed } = await run('export')
    expect(await run('diff - --whole', () => {}, printed)).toMatchObject({
      status: 0,
      printed: 'Nothing to do.\n',
    })
  })

  it('lists skipped steps with the reason', async () => {
    const { save, run } = await makeTable()
    const { printed } = await run(`diff ${save(DOCUMENT)}`)
    expect(printed).toContain(
      `. skipped (not owned, see --set and --whole): remove 192.0.2.21:80 from ${WEB}\n`,
    )
  })

  it('prints colours if the terminal has them, and JSON with --json', async () => {
    const { save, run } = await makeTable()
    const coloured = await run(`diff ${save(DOCUMENT)} --whole`, (terminal) => {
      terminal.colours = true
    })
    expect(coloured.printed).toContain('\u001b[32m+ add 192.0.2.22:80')
    expect(coloured.printed).toContain('\u001b[31m- remove 192.0.2.21:80')
    const { status, printed } = await run(`diff ${save(DOCUMENT)} --json`)
    expect(status).toBe(1)
    expect(JSON.parse(printed)).toMatchObject({
      steps: [{ kind: 'updateService' }, { kind: 'updateDestination' }, { kind: 'addDestination' }],
      skipped: [{ reason: 'not-owned', step: { kind: 'removeDestination' } }],
    })
  })

  it.each([
    ['rules', '-A -t 192.0.2.10:80 -s rr\n-a -t 192.0.2.10:80 -r 192.0.2.20:80 -m -w 3\n'],
    [
      'keepalived.conf',
      'virtual_server 192.0.2.10 80 {\n lvs_sched rr\n lvs_method NAT\n protocol TCP\n real_server 192.0.2.20 80 {\n weight 3\n }\n}\n',
    ],
    [
      'lvs.json',
      `{ "services": [{ "service": "${WEB}", "scheduler": "rr", "destinations": [{ "address": "192.0.2.20", "forwarding": "nat", "weight": 3 }] }] }`,
    ],
  ])('reads %s', async (name, text) => {
    const { save, run } = await makeTable()
    expect(await run(`diff ${save(text, name)}`)).toMatchObject({
      status: 1,
      printed: expect.stringMatching(/^~ set weight of 192\.0\.2\.20:80 in \S+ from 1 to 3\n\. skipped/),
      errors: [],
    })
  })

  it('has status 2 for an invalid file, and reports each problem with its line', async () => {
    const { save, run } = await makeTable()
    const file = save(DOCUMENT.replace('weight: 5', 'weight: -1').replace('scheduler', 'shceduler'))
    expect(await run(`diff ${file}`)).toMatchObject({
      status: 2,
      printed: '',
      errors: [
        expect.stringMatching(
          /^lvs: \S+lvs\.yaml:3:5: unknown field `shceduler` in services\[0\]; expected one of /,
        ),
        expect.stringMatching(/^lvs: \S+lvs\.yaml:6:32: services\[0\]\.destinations\[0\]\.weight must be/),
      ],
    })
    const terminal = new CapturedTerminal(() => Promise.reject(new Error('no IPVS here')))
    expect(await runLine(`diff ${save(DOCUMENT)}`, terminal)).toMatchObject({
      status: 2,
      errors: ['lvs: no IPVS here'],
    })
  })

  it('rejects empty input instead of treating it as an empty table', async () => {
    const { run } = await makeTable()
    expect(await run('diff - --whole')).toMatchObject({
      status: 2,
      errors: [expect.stringMatching(/^lvs: standard input is empty; .*services: \[\]/)],
    })
  })
})

describe('lvs apply', () => {
  it('prints the plan, asks, and prints the outcome of each step', async () => {
    const { save, run } = await makeTable()
    const { status, printed, errors, terminal } = await run(`apply ${save(DOCUMENT)} --whole`, (each) => {
      each.isInteractive = true
      each.answers = [true]
    })
    expect({ status, errors }).toEqual({ status: 0, errors: [] })
    expect(terminal.questions).toEqual(['Apply these steps?'])
    expect(printed).toContain(`~ set weight of 192.0.2.20:80 in ${WEB} from 1 to 5\n`)
    expect(printed).toContain(`done           ~ set weight of 192.0.2.20:80 in ${WEB} from 1 to 5\n`)
    expect(printed).toMatch(/\n4 done\.\n$/)
    expect((await run(`diff ${save(DOCUMENT)} --whole`)).status).toBe(0)
  })

  it('changes nothing unless confirmed, with status 1', async () => {
    const { ipvs, save, run } = await makeTable()
    const before = await exportState(ipvs)
    const refused = await run(`apply ${save(DOCUMENT)}`, (terminal) => {
      terminal.isInteractive = true
    })
    expect(refused).toMatchObject({ status: 1, errors: ['lvs: aborted; nothing was changed'] })
    expect(await exportState(ipvs)).toEqual(before)
  })

  it('does not ask if there are no steps', async () => {
    const { run } = await makeTable()
    const { printed } = await run('export')
    expect(await run('apply - --yes', () => {}, printed)).toMatchObject({
      status: 0,
      printed: 'Nothing to do.\n',
    })
  })

  it('has status 1 if a step failed, and prints the reason', async () => {
    const { kernel, save, run } = await makeTable()
    kernel.faults.inject({ on: 'NEW_DEST', fault: { kind: 'refuse', error: 'EINVAL' } })
    const { status, printed } = await run(`apply ${save(DOCUMENT)} --yes`)
    expect(status).toBe(1)
    expect(printed).toMatch(/^failed +\+ add 192\.0\.2\.22:80 to \S+ \(nat, weight 1\): \S.*$/m)
    expect(printed).toMatch(/\n2 done, 1 failed\.\n$/)
  })

  it('prints JSON with --json', async () => {
    const { save, run } = await makeTable()
    const { status, printed } = await run(`apply ${save(DOCUMENT)} --yes --json`)
    expect(status).toBe(0)
    expect(JSON.parse(printed)).toMatchObject({
      steps: [{ kind: 'updateService', outcome: 'done' }, { outcome: 'done' }, { outcome: 'done' }],
      skipped: [{ reason: 'not-owned' }],
    })
  })

  it('records the entries that it creates in an ownership set, and later removes only those', async () => {
    const { ipvs, folder, save, run } = await makeTable()
    const set = `--set web --set-directory ${join(folder, 'sets')}`
    const mine = DOCUMENT.replace(WEB, 'tcp://192.0.2.11:80')
    expect((await run(`apply ${save(mine)} --yes ${set}`)).status).toBe(0)
    expect(readdirSync(join(folder, 'sets'))).toEqual(['web.json'])

    const other = await run(`apply ${save(DOCUMENT)} --yes ${set}`)
    expect(other).toMatchObject({
      status: 1,
      errors: [
        expect.stringMatching(/^lvs: tcp:\/\/192\.0\.2\.10:80 was not created by the set web: .*--adopt$/),
      ],
    })
    expect((await run(`diff ${save('services: []\n')} ${set}`)).printed).toBe(
      '- remove service tcp://192.0.2.11:80\n',
    )
    expect((await run(`apply ${save('services: []\n')} --yes ${set}`)).status).toBe(0)
    expect((await ipvs.services()).map(({ address }) => address)).toEqual(['192.0.2.10'])
    expect((await run(`apply ${save(DOCUMENT)} --yes --adopt ${set}`)).status).toBe(0)
  })

  it('does not change weights with --keep-weights', async () => {
    const { save, run } = await makeTable()
    expect((await run(`diff ${save(DOCUMENT)} --keep-weights`)).printed).not.toContain('weight of')
  })

  it('drains destinations before it removes them', async () => {
    const { ipvs, save, run } = await makeTable()
    const drained = await run(`apply ${save(DOCUMENT)} --yes --whole --drain 60 --no-wait`)
    expect(drained.status).toBe(0)
    expect(drained.printed).toMatch(
      /^done +- set weight of 192\.0\.2\.21:80 .* from 1 to 0, to remove it when its connections have ended$/m,
    )
    expect(await ipvs.destinations(WEB)).toContainEqual(
      expect.objectContaining({ address: '192.0.2.21', weight: 0 }),
    )
  })

  it('prints warnings', async () => {
    const { kernel, ipvs } = await makeKernel([1], { persistence: 300 })
    kernel.files.set('/proc/sys/net/ipv4/vs/expire_quiescent_template', '0\n')
    const input = `services: [{ service: ${WEB}, scheduler: rr, persistence: { timeout: 300 }, destinations: [] }]\n`
    const terminal = new CapturedTerminal(() => Promise.resolve(ipvs), input)
    const { printed } = await runLine('apply - --yes --whole --drain 60 --no-wait', terminal)
    expect(printed).toMatch(new RegExp(`^warning: ${WEB} is persistent: .*\\n1 done\\.\\n$`, 'm'))
  })
})

describe('lvs export', () => {
  it.each(['yaml', 'json', 'rules', 'keepalived'])('prints %s that apply reads', async (format) => {
    const one = await makeTable()
    const { status, printed } = await one.run(`export --format ${format}`)
    expect(status).toBe(0)
    const { ipvs } = await makeKernel()
    const terminal = new CapturedTerminal(() => Promise.resolve(ipvs), printed)
    expect(await runLine('apply - --yes', terminal)).toMatchObject({ status: 0, errors: [] })
    expect(await exportState(ipvs)).toEqual(await exportState(one.ipvs))
  })

  it('fails without output if the format cannot express the table', async () => {
    const { ipvs, run } = await makeTable()
    await ipvs.addService({ fwmark: 7, family: 'ipv4' })
    expect(await run('export --format keepalived')).toMatchObject({
      status: 1,
      printed: '',
      errors: [
        expect.stringMatching(/^lvs: keepalived ignores a service without destinations: fwmark:\/\/7/),
      ],
    })
  })
})

describe('a usage error is reported before anything is opened', () => {
  it.each([
    ['diff', /missing required argument 'file'/],
    ['diff none.yaml', /cannot read none\.yaml: ENOENT/],
    ['diff x --adopt', /--adopt requires --set/],
    ['diff x --set-directory /run/lvs', /--set-directory requires --set/],
    ['diff x --set web --whole', /--set and --whole are mutually exclusive/],
    ['diff x --set a/b', /expected letters, digits/],
    ['diff x --drain soon', /--drain 'soon' is invalid: expected a number from 0 to/],
    ['diff x --format toml', /--format 'toml' is invalid: allowed choices are yaml, json, rules, keepalived/],
    ['apply x', /no terminal to ask for confirmation; use --yes to proceed without it/],
    ['apply x --json', /--json requires --yes/],
  ])('%s', async (line, error) => {
    expect(await runLine(line, new CapturedTerminal(refuseToOpen))).toMatchObject({
      status: 2,
      printed: '',
      errors: [expect.stringMatching(error)],
    })
  })
})
