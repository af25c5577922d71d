import { type Command, Option } from 'commander'
import { diagnose } from '../../host/doctor/doctor.ts'
import type { Finding } from '../../host/doctor/model/finding.ts'
import type { DiagnoseOptions, HostRole } from '../../host/doctor/model/options.ts'
import type { HostFacts } from '../../host/facts/host-facts.ts'
import type { Terminal } from '../io/command-io.ts'
import { describeFailure, ExitStatus, UsageError } from '../io/failure.ts'
import type { FileOptions } from './input/file-format.ts'
import { readDesired, toRoleServices } from './input/read-desired.ts'
import { readSource } from './input/read-text.ts'
import {
  addExamples,
  addFileOptions,
  addNetnsOption,
  type DefineCommand,
  parseList,
} from './options/command-options.ts'
import { addYesOption, type ConfirmOptions, confirm, requireInteractive } from './options/confirm.ts'
import { addForwardingOption, addVipOption, type ForwardingMethod } from './options/host-options.ts'
import { printFinding, printFindings } from './output/print-findings.ts'
import { printJson } from './output/text.ts'

interface Flags extends FileOptions, ConfirmOptions {
  readonly role?: HostRole
  readonly vip?: readonly string[]
  readonly forwarding?: ForwardingMethod
  readonly director?: string
  readonly interface?: string
  readonly services?: string
  readonly peer?: readonly string[]
  readonly facts?: true
  readonly from?: string
  readonly routed?: true
  readonly fix?: true
  readonly hints?: true
  readonly json?: true
}

/** The findings that remain after the fixes. */
interface Diagnosis {
  readonly findings: readonly Finding[]
  /** Whether a fix failed. */
  readonly isFixFailed: boolean
}

export const define: DefineCommand = (command, terminal) => {
  const description =
    'Diagnose this host as a director, a real server or both. Each finding has a symptom and a fix. Changes nothing without --fix. The exit status is 1 if there are errors.'
  addDoctorOptions(command.description(description)).action(async (flags: Flags) => {
    checkFlags(flags, terminal)
    if (flags.facts) {
      const host = await terminal.openHost(flags.netns)
      terminal.print(printJson(await host.facts()))
      return
    }
    const options = await toDiagnoseOptions(flags, terminal)
    const { findings, isFixFailed } = await runDoctor(flags, options, terminal)
    terminal.print(flags.json ? printJson(findings) : printFindings(findings, terminal.colours))
    if (isFixFailed || findings.some(({ severity }) => severity === 'error')) throw new ExitStatus(1)
  })
  addExamples(
    command,
    'lvs doctor',
    'lvs doctor --fix',
    'lvs doctor --vip 192.168.79.110',
    'lvs doctor --forwarding nat --director 192.168.5.10',
    'lvs doctor --facts > web1.json',
    'lvs doctor --peer web1.json,web2.json',
    'lvs doctor --from web1.json --json',
  )
}

function addDoctorOptions(command: Command): Command {
  const role = new Option('--role <role>', 'role of this host (default: detected)')
  addNetnsOption(command).addOption(role.choices(['director', 'real-server', 'both']))
  addVipOption(command, 'virtual IP address that this host must serve', false)
  command.option(
    '--routed',
    'routers have a route to the virtual addresses: this host need not answer ARP for them',
  )
  addForwardingOption(command, 'forwarding method of the directors of this real server')
  command
    .option('--director <address>', 'the director of this real server; with nat, its gateway')
    .option('--interface <name>', 'the only interface on which clients resolve the virtual addresses')
    .option('--services <file>', 'desired state with the services that this host may have to take over')
  return addYesOption(
    addFileOptions(command)
      .option('--peer <files>', 'facts of other hosts of the cluster', parseList(String))
      .option('--facts', 'print the facts of this host, for --peer or --from on another host')
      .option('--from <file>', 'diagnose from these facts instead of this host; - for standard input')
      .option('--fix', 'apply fixes of errors and warnings, with a confirmation for each')
      .option('--hints', 'with --fix: also apply fixes of hints')
      .option('--json', 'print JSON'),
  )
}

/** Rejects flags that exclude or require each other. */
function checkFlags(flags: Flags, terminal: Terminal): void {
  const { fix, json, from, facts, yes, hints, routed, vip } = flags
  if (yes && !fix) throw new UsageError('--yes requires --fix')
  if (hints && !fix) throw new UsageError('--hints requires --fix')
  if (routed && vip !== undefined) throw new UsageError('--routed and --vip are mutually exclusive')
  if (fix && json) throw new UsageError('--fix and --json are mutually exclusive')
  if (from !== undefined && fix)
    throw new UsageError('--fix changes this host and cannot be used with --from')
  if (from !== undefined && facts) throw new UsageError('--facts and --from are mutually exclusive')
  if (fix) requireInteractive(flags, terminal)
}

async function runDoctor(flags: Flags, options: DiagnoseOptions, terminal: Terminal): Promise<Diagnosis> {
  if (flags.from !== undefined) {
    return { findings: diagnose(await readFacts(flags.from, terminal), options), isFixFailed: false }
  }
  const host = await terminal.openHost(flags.netns)
  if (flags.fix) return await fixEach(() => host.doctor(options), flags, terminal)
  return { findings: await host.doctor(options), isFixFailed: false }
}

/** Applies fixes of errors and warnings, and with `--hints` those of hints, one by one, and diagnoses again after each, because one fix may resolve several findings. */
async function fixEach(
  diagnoseHost: () => Promise<readonly Finding[]>,
  flags: Flags,
  terminal: Terminal,
): Promise<Diagnosis> {
  const seen = new Set<string>()
  for (let isFixFailed = false; ; ) {
    const findings = await diagnoseHost()
    const next = findings.find(
      ({ severity, fix }) =>
        (severity !== 'hint' || flags.hints) && fix.run !== undefined && !seen.has(fix.call),
    )
    if (next?.fix.run === undefined) return { findings, isFixFailed }
    seen.add(next.fix.call)
    terminal.print(printFinding(next, terminal.colours))
    if (!(await confirm('Apply this fix?', flags, terminal))) continue
    try {
      await next.fix.run()
      terminal.print('Fixed.\n\n')
    } catch (error) {
      terminal.printError(`lvs: ${describeFailure(error).message}`)
      isFixFailed = true
    }
  }
}

async function toDiagnoseOptions(flags: Flags, terminal: Terminal): Promise<DiagnoseOptions> {
  const { role, vip, routed, forwarding, director, interface: name, services: file, peer = [] } = flags
  // Roles take a prefix length, the doctor does not.
  const vips = vip?.map((each) => each.replace(/\/.*/, ''))
  return {
    ...{ role, vips: routed ? 'routed' : vips, forwarding, director, interface: name },
    services:
      file === undefined ? undefined : await toRoleServices(await readDesired(file, flags, terminal), file),
    peers: await Promise.all(peer.map((each) => readFacts(each, terminal))),
  }
}

async function readFacts(file: string, terminal: Terminal): Promise<HostFacts> {
  const { text } = await readSource(file, terminal)
  try {
    return JSON.parse(text) as HostFacts
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${file} is not the output of lvs doctor --facts: ${reason}`)
  }
}
