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
import { drDirector, drServer, service } from '../../../support/host/doctor/host-facts.ts'

const SICK = drServer({ sysctls: { 'net.ipv4.conf.all.arp_ignore': 0, 'net.ipv4.conf.all.arp_announce': 0 } })

/** A host with these facts. A fix changes them. */
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
  prepare: (terminal: CapturedTerminal, host: FactsHost) => void = () => {},
) {
  const terminal = new CapturedTerminal(refuseToOpen)
  const host = new FactsHost(facts)
  terminal.host = host
  prepare(terminal, host)
  return { terminal, host, result: runLine(line, terminal) }
}

describe('lvs doctor', () => {
  it('prints the problem, symptom and fix of each finding, with status 1 if there are errors', async () => {
    const { status, printed, errors } = await examine('doctor', SICK).result
    expect(errors).toEqual([])
    expect(status).toBe(1)
    expect(printed).toMatch(/^error arp-ignore on real-server: \S.*$/m)
    expect(printed).toMatch(/^ {2}symptom: \S.*$/m)
    expect(printed).toMatch(/^ {2}fix: {5}sysctl -w net\.ipv4\.conf\.eth0\.arp_ignore=1$/m)
    expect(printed).toMatch(/\n2 errors\. Run lvs doctor --fix to fix them\./)
  })

  it('has status 0 if there are only warnings and hints, or no findings', async () => {
    const warned = drDirector({ sysctls: { 'net.ipv4.vs.expire_nodest_conn': 0 } })
    const { status, printed } = await examine('doctor', warned).result
    expect(printed).not.toMatch(/^error /m)
    expect(status).toBe(0)
    expect(await examine('doctor', drServer()).result).toMatchObject({
      status: 0,
      printed: 'No problems found.\n',
    })
  })

  it('prints JSON with --json', async () => {
    const { status, printed } = await examine('doctor --json', SICK).result
    expect(status).toBe(1)
    expect(JSON.parse(printed)).toMatchObject([
      { id: 'arp-ignore', severity: 'error', fix: { shell: 'sysctl -w net.ipv4.conf.eth0.arp_ignore=1' } },
      { id: 'arp-announce' },
    ])
  })

  it('prints colours if the terminal has them', async () => {
    const { result } = examine('doctor', SICK, (terminal) => {
      terminal.colours = true
    })
    expect((await result).printed).toContain('\u001b[31merror arp-ignore\u001b[39m on real-server')
  })

  it('passes its options to the doctor', async () => {
    const line =
      'doctor --role real-server --vip 192.168.79.110/32,2001:db8::1 --forwarding nat --director 192.168.5.10 --interface eth0'
    const { host, result } = examine(line, drServer())
    await result
    expect(host.told).toMatchObject([
      {
        role: 'real-server',
        vips: ['192.168.79.110', '2001:db8::1'],
        forwarding: 'nat',
        director: '192.168.5.10',
        interface: 'eth0',
      },
    ])
  })
})

describe('--fix', () => {
  it('asks before each fix, and applies those that are confirmed', async () => {
    const { terminal, result } = examine('doctor --fix', SICK, (each) => {
      each.isInteractive = true
      each.answers = [true, false]
    })
    const { status, printed } = await result
    expect(terminal.questions).toEqual(['Apply this fix?', 'Apply this fix?'])
    expect(status).toBe(1)
    expect(printed).toMatch(/Fixed\.\n/)
    expect(printed).toMatch(/\n1 error\. /)
    expect(printed.split('arp-ignore on')).toHaveLength(2)
  })

  it('applies fixes of hints only with --hints', async () => {
    const hinted = () =>
      drDirector({
        services: [service('udp://192.168.79.110:53', [{ address: '192.168.79.102', forwarding: 'dr' }])],
      })
    const without = examine('doctor --fix --yes', hinted()).result
    expect((await without).printed).toMatch(/^hint expire-nodest-conn/m)
    expect((await without).printed).not.toMatch(/Fixed|lvs doctor --fix/)
    const { printed } = await examine('doctor --fix --hints --yes', hinted()).result
    expect(printed).toMatch(/Fixed\.\n/)
  })

  it('does not ask with --yes, and has status 0 if no finding remains', async () => {
    const { terminal, result } = examine('doctor --fix --yes', SICK)
    expect(await result).toMatchObject({ status: 0, errors: [] })
    expect(terminal.questions).toEqual([])
    expect(terminal.printed).toMatch(/No problems found\.\n$/)
  })

  it('reports a fix that fails, and continues', async () => {
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

  it('are printed by --facts and diagnosed by --from', async () => {
    const { printed } = await examine('doctor --facts', SICK).result
    const file = save(JSON.parse(printed))
    const terminal = new CapturedTerminal(refuseToOpen)
    const { status } = await runLine(`doctor --from ${file}`, terminal)
    expect(status).toBe(1)
    expect(terminal.printed).toMatch(/^error arp-ignore on real-server/m)
    expect(terminal.printed).toMatch(/\n2 errors\.\n$/)
  })

  it('from --peer reveal problems of a real server of this director', async () => {
    const { status, printed } = await examine(`doctor --peer ${save(SICK)}`, drDirector()).result
    expect(status).toBe(1)
    expect(printed).toMatch(/^error arp-ignore on real-server: /m)
  })
})

describe('a usage error is reported before anything is opened', () => {
  it.each([
    ['doctor --fix', /no terminal to ask for confirmation; use --yes to proceed without it/],
    ['doctor --fix --yes --json', /--fix and --json are mutually exclusive/],
    ['doctor --yes', /--yes requires --fix/],
    ['doctor --hints', /--hints requires --fix/],
    ['doctor --routed --vip 192.0.2.1', /--routed and --vip are mutually exclusive/],
    ['doctor --from x --fix --yes', /--fix changes this host and cannot be used with --from/],
    ['doctor --from x --facts', /--facts and --from are mutually exclusive/],
    ['doctor --from none.json', /cannot read none\.json: ENOENT/],
    ['doctor --from package.json', /facts\.services must be as returned by facts\(\)/],
    ['doctor --role chief', /--role 'chief' is invalid: allowed choices are director, real-server, both/],
  ])('%s', async (line, error) => {
    expect(await runLine(line, new CapturedTerminal(refuseToOpen))).toMatchObject({
      status: 2,
      printed: '',
      errors: [expect.stringMatching(error)],
    })
  })
})
