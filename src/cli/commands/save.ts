import { Option } from 'commander'
import { exportState } from '../../state/document/export-state.ts'
import type { DesiredState } from '../../state/model/desired-state.ts'
import type { DefineCommand } from '../commands.ts'
import { FILE_FORMATS, type FileFormat } from './input/file-format.ts'
import { addExamples, addNetnsOption, type NetnsOptions } from './options/options.ts'

interface Flags extends NetnsOptions {
  readonly format: FileFormat
}

export const define: DefineCommand = (command, screen) => {
  const description =
    'Print the table as a file that lvs restore and lvs apply take: services, timeouts and daemons. What a format has no words for is an error, and nothing is printed.'
  const format = new Option('--format <format>', 'rules are those of ipvsadm')
  addNetnsOption(
    command.description(description).addOption(format.choices(FILE_FORMATS).default('yaml')),
  ).action(async ({ format, netns }: Flags) => {
    const ipvs = await screen.open(netns)
    screen.print(await formatDocument(await exportState(ipvs), format))
  })
  addExamples(
    command,
    'lvs save > lvs.yaml',
    'lvs save --format keepalived > keepalived.conf',
    'lvs save --format rules | ipvsadm -R',
    'lvs save --format json --netns director',
  )
}

/** What a format takes is loaded with it. */
async function formatDocument(desired: DesiredState, format: FileFormat): Promise<string> {
  switch (format) {
    case 'rules': {
      const { formatRules } = await import('../../dialect/ipvsadm/format-rules.ts')
      return formatRules(desired)
    }
    case 'keepalived': {
      const { formatKeepalived } = await import('../../dialect/keepalived/format-keepalived.ts')
      return formatKeepalived(desired)
    }
    default: {
      const { formatState } = await import('../../state/document/format-state.ts')
      return formatState(desired, format)
    }
  }
}
