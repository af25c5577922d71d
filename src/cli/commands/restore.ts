import { SystemNames } from '../../dialect/ipvsadm/names/system-names.ts'
import { checkWhole } from '../../state/document/whole-document.ts'
import type { Ipvs } from '../../state/ipvs.ts'
import type { Terminal } from '../io/command-io.ts'
import { describeFailure, ExitStatus } from '../io/failure.ts'
import { RuleRestorer } from '../ipvsadm/restore.ts'
import { detectFormat, type FileFormat, type FileOptions } from './input/file-format.ts'
import { parseDesired, reportProblems } from './input/read-desired.ts'
import { readSource, type Source, STANDARD_INPUT } from './input/read-text.ts'
import { addExamples, addFileOptions, addNetnsOption, type DefineCommand } from './options/command-options.ts'
import { applyPlan } from './plan.ts'

export const define: DefineCommand = (command, terminal) => {
  command.argument('[file]', 'saved file; - for standard input', STANDARD_INPUT)
  const description =
    'Restore a saved table: add missing entries, update changed ones, remove nothing. Rules are executed line by line, as by ipvsadm -R.'
  addNetnsOption(addFileOptions(command.description(description))).action(
    async (file: string, flags: FileOptions) => {
      const source = await readSource(file, terminal)
      const format = flags.format ?? detectFormat(source.file, source.text)
      if (format === 'rules') {
        await reportProblems(source, terminal, () => checkWhole(source.text, source.name))
        await restoreRules(await terminal.open(flags.netns), source.text, terminal)
      } else await restoreDocument(source, format, flags, terminal)
    },
  )
  addExamples(command, 'lvs restore lvs.yaml', 'ipvsadm -Sn | lvs restore --netns director')
}

async function restoreRules(ipvs: Ipvs, text: string, terminal: Terminal): Promise<void> {
  let errors = 0
  const restorer = new RuleRestorer(ipvs, new SystemNames(), {
    program: terminal.program,
    input: streamOf(Buffer.from(text)),
    print: (printed) => terminal.print(printed),
    printError: (error) => {
      errors++
      terminal.printError(`lvs: ${error}`)
    },
    open: () => Promise.resolve(ipvs),
  })
  const status = await restorer.restore()
  // ipvsadm exits with the status of the last line only.
  if (status !== 0 || errors > 0) throw new ExitStatus(1)
}

async function* streamOf(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk
}

async function restoreDocument(
  source: Source,
  format: FileFormat,
  flags: FileOptions,
  terminal: Terminal,
): Promise<void> {
  const desired = await parseDesired(source, format, flags, terminal)
  const ipvs = await terminal.open(flags.netns)
  const { steps } = await applyPlan(await ipvs.plan(desired), false)
  const failed = steps.filter(({ outcome }) => outcome === 'failed')
  for (const { error } of failed) terminal.printError(`lvs: ${describeFailure(error).message}`)
  if (failed.length > 0) throw new ExitStatus(1)
}
