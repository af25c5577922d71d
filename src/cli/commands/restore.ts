import { SystemNames } from '../../dialect/ipvsadm/parse/names.ts'
import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import { makePlan } from '../../state/apply/make-plan.ts'
import type { DefineCommand } from '../commands.ts'
import type { Terminal } from '../io/command-io.ts'
import { describeFailure, ExitStatus } from '../io/failure.ts'
import { RuleRestorer } from '../ipvsadm/restore.ts'
import { applyPlan } from './apply.ts'
import { detectFormat, type FileFormat } from './input/file-format.ts'
import { addFormatOption, parseDesired } from './input/read-desired.ts'
import { readSource, type Source, STANDARD_INPUT } from './input/read-text.ts'
import { addExamples, addNetnsOption, type NetnsOptions } from './options/options.ts'

interface Flags extends NetnsOptions {
  readonly format?: FileFormat
}

export const define: DefineCommand = (command, screen) => {
  command.argument('[file]', 'what was saved; standard input without', STANDARD_INPUT)
  const description =
    'Put back what was saved: what is missing is added, what was changed is changed back, and nothing is removed. Rules are taken one by one, as ipvsadm -R does.'
  addNetnsOption(addFormatOption(command.description(description))).action(
    async (file: string, flags: Flags) => {
      const source = await readSource(file, screen)
      const spelling = flags.format ?? detectFormat(source.file, source.text)
      if (spelling === 'rules') await restoreRules(await screen.open(flags.netns), source.text, screen)
      else await restoreDocument(source, spelling, flags.netns, screen)
    },
  )
  addExamples(command, 'lvs restore lvs.yaml', 'ipvsadm -Sn | lvs restore --netns director')
}

async function restoreRules(ipvs: IpvsClient, text: string, screen: Terminal): Promise<void> {
  let complaints = 0
  const restoration = new RuleRestorer(ipvs, new SystemNames(), {
    program: screen.program,
    input: streamOf(Buffer.from(text)),
    print: (printed) => screen.print(printed),
    printError: (complaint) => {
      complaints++
      screen.printError(`lvs: ${complaint}`)
    },
    open: () => Promise.resolve(ipvs),
  })
  const status = await restoration.restore()
  // Unlike ipvsadm, whose status is that of the last line.
  if (status !== 0 || complaints > 0) throw new ExitStatus(1)
}

async function* streamOf(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield piece
}

async function restoreDocument(
  source: Source,
  spelling: FileFormat,
  netns: string | undefined,
  screen: Terminal,
): Promise<void> {
  const desired = await parseDesired(source, spelling, screen)
  const { steps } = await applyPlan(await makePlan(await screen.open(netns), desired, {}), false)
  const failed = steps.filter(({ outcome }) => outcome === 'failed')
  for (const { error } of failed) screen.printError(`lvs: ${describeFailure(error).message}`)
  if (failed.length > 0) throw new ExitStatus(1)
}
