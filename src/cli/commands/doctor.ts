import { type Command, Option } from 'commander'
import { diagnose } from '../../host/doctor/doctor.ts'
import type { Finding } from '../../host/doctor/model/finding.ts'
import type { DiagnoseOptions, HostRole } from '../../host/doctor/model/options.ts'
import type { HostFacts } from '../../host/facts/host-facts.ts'
import type { DefineCommand } from '../commands.ts'
import type { Terminal } from '../io/command-io.ts'
import { ExitStatus, UsageError } from '../io/failure.ts'
import type { FileFormat } from './input/file-format.ts'
import { fixEach } from './input/fix.ts'
import { addFormatOption, readDesired } from './input/read-desired.ts'
import { readSource } from './input/read-text.ts'
import { addYesOption, type ConfirmOptions, requireInteractive } from './options/confirm.ts'
import { addExamples, addNetnsOption, type NetnsOptions, parseList } from './options/options.ts'
import { addVipOption } from './options/vips.ts'
import { printFindings } from './output/print-findings.ts'
import { printJson } from './output/print-json.ts'

/** What a doctor is told, as it was given. */
interface Flags extends NetnsOptions, ConfirmOptions {
  readonly role?: HostRole
  readonly vip?: readonly string[]
  readonly method?: NonNullable<DiagnoseOptions['forwarding']>
  readonly director?: string
  readonly interface?: string
  readonly services?: string
  readonly format?: FileFormat
  readonly peer?: readonly string[]
  readonly facts?: true
  readonly from?: string
  readonly fix?: true
  readonly json?: true
}

export const define: DefineCommand = (command, screen) => {
  const description =
    'Find out what is wrong with this host as a director, a real server or both: what, how it shows, and the way out. Nothing is changed without --fix. Status 1 when there are errors.'
  addDoctorOptions(command.description(description)).action(async (flags: Flags) => {
    checkFlags(flags, screen)
    if (flags.facts) {
      const host = await screen.openHost(flags.netns)
      screen.print(printJson(await host.facts()))
      return
    }
    const options = await toDiagnoseOptions(flags, screen)
    const { findings, failed } = await runDoctor(flags, options, screen)
    screen.print(flags.json ? printJson(findings) : printFindings(findings, screen.colours))
    if (failed || findings.some(({ severity }) => severity === 'error')) throw new ExitStatus(1)
  })
  addExamples(
    command,
    'lvs doctor',
    'lvs doctor --fix',
    'lvs doctor --vip 192.168.79.110',
    'lvs doctor --method nat --director 192.168.5.10',
    'lvs doctor --facts > web1.json',
    'lvs doctor --peer web1.json,web2.json',
    'lvs doctor --from web1.json --json',
  )
}

function addDoctorOptions(command: Command): Command {
  const role = new Option('--role <role>', 'what the host is; by default it is found out')
  const method = new Option('--method <method>', 'how its directors reach this real server')
  const flags = addVipOption(
    addNetnsOption(command).addOption(role.choices(['director', 'real-server', 'both'])),
    'a virtual address that the host has to serve',
    false,
  )
    .addOption(method.choices(['dr', 'tun', 'nat']))
    .option('--director <address>', 'the director as this real server knows it; with nat its way out')
    .option('--interface <name>', 'the one interface that the addresses are asked for on')
    .option('--services <file>', 'services that the host is to have later; as lvs apply takes it')
  return addYesOption(
    addFormatOption(flags)
      .option('--peer <files>', 'facts of other hosts of the cluster', parseList(String))
      .option('--facts', 'print what the doctor looks at, for --peer or --from elsewhere')
      .option('--from <file>', 'examine these facts in place of this host; - for standard input')
      .option('--fix', 'put right what can be, after a question for each')
      .option('--json', 'print JSON'),
  )
}

/** What would make no sense together. */
function checkFlags(flags: Flags, screen: Terminal): void {
  const { fix, json, from, facts, yes } = flags
  if (yes && !fix) throw new UsageError('--yes is an answer to --fix; without it nothing is asked')
  if (fix && json) throw new UsageError('--fix talks to people; leave out --json')
  if (from !== undefined && fix)
    throw new UsageError('--fix mends this host; with --from another one is examined')
  if (from !== undefined && facts) throw new UsageError('--facts prints those of this host; leave out --from')
  if (fix) requireInteractive(flags, screen)
}

async function runDoctor(
  flags: Flags,
  options: DiagnoseOptions,
  screen: Terminal,
): Promise<{ readonly findings: readonly Finding[]; readonly failed: boolean }> {
  if (flags.from !== undefined) {
    return { findings: diagnose(await readFacts(flags.from, screen), options), failed: false }
  }
  const host = await screen.openHost(flags.netns)
  if (flags.fix) return await fixEach(() => host.doctor(options), flags, screen)
  return { findings: await host.doctor(options), failed: false }
}

async function toDiagnoseOptions(flags: Flags, screen: Terminal): Promise<DiagnoseOptions> {
  const { role, vip, method, director, interface: name, services: file, format, peer = [] } = flags
  // With a prefix length, as roles take them, they are the same addresses.
  const vips = vip?.map((each) => each.replace(/\/.*/, ''))
  return {
    ...{ role, vips, forwarding: method, director, interface: name },
    services: file === undefined ? undefined : await readPlannedServices(file, format, screen),
    peers: await Promise.all(peer.map((each) => readFacts(each, screen))),
  }
}

async function readPlannedServices(file: string, format: FileFormat | undefined, screen: Terminal) {
  const [desired, { toRoleServices: directedServices }] = await Promise.all([
    readDesired(file, format, screen),
    import('./input/role-services.ts'),
  ])
  return directedServices(desired, file)
}

async function readFacts(file: string, screen: Terminal): Promise<HostFacts> {
  const { text } = await readSource(file, screen)
  try {
    return JSON.parse(text) as HostFacts
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${file} holds no facts of a host, as lvs doctor --facts prints them: ${reason}`)
  }
}
