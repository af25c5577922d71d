import { Option } from 'commander'
import { escapeControls, escapeControlsInLines } from '../../control-characters.ts'
import { exportState } from '../../state/document/format-state.ts'
import { markWhole } from '../../state/document/whole-document.ts'
import type { DesiredState } from '../../state/model/desired-state.ts'
import { FILE_FORMATS, type FileFormat } from './input/file-format.ts'
import {
  addExamples,
  addNetnsOption,
  type DefineCommand,
  type NetnsOptions,
} from './options/command-options.ts'

interface Flags extends NetnsOptions {
  readonly format: FileFormat
}

export const define: DefineCommand = (command, terminal) => {
  const description =
    'Print services, timeouts and synchronisation daemons in a format that lvs restore and lvs apply read. Fails without output if the format cannot express the table. The last line says that the document is whole; a document without it is rejected.'
  const format = new Option('--format <format>', 'output format; rules: ipvsadm rules')
  addNetnsOption(
    command.description(description).addOption(format.choices(FILE_FORMATS).default('yaml')),
  ).action(async ({ format, netns }: Flags) => {
    const ipvs = await terminal.open(netns)
    const text = escapeControlsInLines(await formatDocument(await exportState(ipvs), format))
    terminal.print(markWhole(text, format))
  })
  addExamples(
    command,
    'lvs save > lvs.yaml',
    'lvs save --format keepalived > keepalived.conf',
    'lvs save --format rules | ipvsadm -R',
    'lvs save --format json --netns director',
  )
}

/** Loads only the formatter of the format. */
async function formatDocument(desired: DesiredState, format: FileFormat): Promise<string> {
  switch (format) {
    case 'rules': {
      const { formatRules } = await import('../../dialect/ipvsadm/format-rules.ts')
      return refuseControls(formatRules(desired), format)
    }
    case 'keepalived': {
      const { formatKeepalived } = await import('../../dialect/keepalived/format-keepalived.ts')
      return refuseControls(formatKeepalived(desired), format)
    }
    default: {
      const { formatState } = await import('../../state/document/format-state.ts')
      return formatState(desired, format)
    }
  }
}

/** An interface may have a name with control characters. Only YAML and JSON can quote it. */
function refuseControls(text: string, format: FileFormat): string {
  const line = text.split('\n').find((each) => escapeControls(each) !== each)
  if (line === undefined) return text
  throw new Error(`${format} cannot express control characters; use yaml or json: ${line}`)
}
