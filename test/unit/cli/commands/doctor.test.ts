import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { diagnose } from '../../../../src/host/doctor/doctor.ts'
import type { DoctorOptions } from '../../../../src/host/doctor/model/options.ts'
import type { HostFacts } from '../../../../src/host/facts/host-facts.ts'
import { CapturedTerminal } from '../../../support/cli/captured-terminal.ts'
import { refuseToOpen, runLine } from '../../../support/cli/run-line.ts'
import { factsAfterFix } from '../../../support/host/doctor/findings.ts'
import { drDirector, drServer } from '../../../support/host/doctor/host-facts.ts'

const SICK = drServer({ sysctls: { 'net.ipv4.conf.all.arp_ignore': 0, 'net.ipv4.conf.all.arp_announce': 0 } })

/** A host of these facts, whose sysctls can be mended. */
class FactsHost {
  facts: () => Promise<HostFacts>
  readonly told: DoctorOptions[] = []
  refusal: Error | undefined
  #facts: HostFacts

  constructor(facts: HostFacts) {
    this.#facts = facts
    this.facts = () => Promise.resolve(this.#facts)
  }

  async doctor(options: DoctorOptions) {
    this.told.push(options)
    return diagnose(this.#facts, options).map((finding) => {
      if (finding.host !== this.#facts.name) return finding
      const run = async () => {
        if (this.refusal !== undefined) throw this.refusal
        this.#facts = factsAfterFix(this.#facts, finding)
      }
      return { ...finding, fix: { ...finding.fix, run } }
    })
  }
}

function examine(
  line: string,
  facts: HostFacts,
  prepare: (screen: CapturedTerminal, host: FactsHost) => void = () => {},
) {
  const screen = new CapturedTerminal(refuseToOpen)
  const host = new FactsHost(facts)
  screen.host = host
  prepare(screen, host)
  return { screen, host, result: runLine(line, screen) }
}

describe('lvs doctor', () => {
  it('tells what is wrong, how it shows and the way out, and ends with 1 when there are errors', async () => {
    const { status, printed, errors } = await examine('doctor', SICK).result
    expect(errors).toEqual([])
    expect(status).toBe(1)
    expect(printed).toMatch(/^error arp-ignore on real-server: \S.*$/m)
    expect(printed).toMatch(/^ {2}shows as: \S.*$/m)
    expect(printed).toMatch(/^ {2}way out: {2}sysctl -w net\.ipv4\.conf\.eth0\.arp_ignore=1$/m)
    expect(printed).toMatch(/\n2 errors\. lvs doctor --fix mends 2 of them/)
  })

  it('ends with 0 where there are warnings and hints only, and where there is nothing', async () => {
    const warned = drDirector({ sysctls: { 'net.ipv4.vs.expire_nodest_conn': 0 } })
    const { status, printed } = await examine('doctor', warned).result
    expect(printed).not.toMatch(/^error /m)
    expect(status).toBe(0)
    expect(await examine('doctor', drServer()).result).toMatchObject({
      status: 0,
      printed: 'There is nothing wrong that the doctor knows of.\n',
    })
  })

  it('prints JSON for programs', async () => {
    const { status, printed } = await examine('doctor --json', SICK).result
    expect(status).toBe(1)
    expect(JSON.parse(printed)).toMatchObject([
      { id: 'arp-ignore', severity: 'error', mend: { shell: 'sysctl -w net.ipv4.conf.eth0.arp_ignore=1' } },
      { id: 'arp-announce' },
    ])
  })

  it('has colours where there are any', async () => {
    const { result } = examine('doctor', SICK, (screen) => {
      screen.colours = true
    })
    expect((await result).printed).toContain('\u001b[31merror arp-ignore\u001b[39m on real-server')
  })

  it('passes on what it is told', async () => {
    const line =
      'doctor --role real-server --vip 192.168.79.110/32,2001:db8::1 --method nat --director 192.168.5.10 --interface eth0'
    const { host, result } = examine(line, drServer())
    await result
    expect(host.told).toMatchObject([
      {
        role: 'real-server',
        vips: ['192.168.79.110', '2001:db8::1'],
        method: 'nat',
        director: '192.168.5.10',
        interface: 'eth0',
      },
    ])
  })
})

describe('--fix', () => {
  it('asks for each, and mends what is said yes to', async () => {
    const { screen, result } = examine('doctor --fix', SICK, (each) => {
      each.isInteractive = true
      each.answers = [true, false]
    })
    const { status, printed } = await result
    expect(screen.questions).toEqual(['Do that?', 'Do that?'])
    expect(status).toBe(1)
    expect(printed).toMatch(/Done\.\n/)
    expect(printed).toMatch(/\n1 error\. /)
    expect(printed.split('arp-ignore on')).toHaveLength(2)
  })

  it('with --yes asks nothing, and ends with 0 when nothing is left', async () => {
    const { screen, result } = examine('doctor --fix --yes', SICK)
    expect(await result).toMatchObject({ status: 0, errors: [] })
    expect(screen.questions).toEqual([])
    expect(screen.printed).toMatch(/There is nothing wrong that the doctor knows of\.\n$/)
  })

  it('tells what could not be done, and goes on', async () => {
    const { result } = examine('doctor --fix --yes', SICK, (_, host) => {
      host.refusal = new Error('this needs root')
    })
    expect(await result).toMatchObject({
      status: 1,
      errors: ['lvs: this needs root', 'lvs: this needs root'],
    })
  })
})

describe('facts of hosts', () => {
  function save(facts: HostFacts): string {
    const folder = mkdtempSync(join(tmpdir(), 'lvs-facts-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'facts.json')
    writeFileSync(file, JSON.stringify(facts))
    return file
  }

  it('are printed, and examined elsewhere', async () => {
    const { printed } = await examine('doctor --facts', SICK).result
    const file = save(JSON.parse(printed))
    const screen = new CapturedTerminal(refuseToOpen)
    const { status } = await runLine(`doctor --from ${file}`, screen)
    expect(status).toBe(1)
    expect(screen.printed).toMatch(/^error arp-ignore on real-server/m)
    expect(screen.printed).toMatch(/\n2 errors\.\n$/)
  })

  it('show what is wrong with a real server of this director', async () => {
    const { status, printed } = await examine(`doctor --peer ${save(SICK)}`, drDirector()).result
    expect(status).toBe(1)
    expect(printed).toMatch(/^error arp-ignore on real-server: /m)
  })
})

describe('a mistake is told before anything is opened', () => {
  it.each([
    ['doctor --fix', /there is no terminal to ask on; --yes does it without a question/],
    ['doctor --fix --yes --json', /--fix talks to people/],
    ['doctor --yes', /--yes is an answer to --fix/],
    ['doctor --from x --fix --yes', /--fix mends this host/],
    ['doctor --from x --facts', /--facts prints those of this host/],
    ['doctor --from none.json', /none\.json cannot be read: ENOENT/],
    ['doctor --from package.json', /facts\.services must be as facts\(\) gives it/],
    ['doctor --role chief', /--role 'chief' is wrong: allowed choices are director, real-server, both/],
  ])('%s', async (line, error) => {
    expect(await runLine(line, new CapturedTerminal(refuseToOpen))).toMatchObject({
      status: 2,
      printed: '',
      errors: [expect.stringMatching(error)],
    })
  })
})
