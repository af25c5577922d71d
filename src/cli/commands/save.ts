import { Option } from 'commander'
import type { DesiredState } from '../../state/model/desired-state.ts'
import { exportState } from '../../state/document/export-state.ts'
import type { Define } from '../commands.ts'
import { SPELLINGS, type Spelling } from './input/file-format.ts'
import { type NetnsOptions, showsExamples, takesNetns } from './options/options.ts'

interface Flags extends NetnsOptions {
  readonly format: Spelling
}

export const define: Define = (command, screen) => {
  const description =
    'Print the table as a file that lvs restore and lvs apply take: services, timeouts and daemons. What a format has no words for is an error, and nothing is printed.'
  const format = new Option('--format <format>', 'rules are those of ipvsadm')
  takesNetns(command.description(description).addOption(format.choices(SPELLINGS).default('yaml'))).action(
    async ({ format, netns }: Flags) => {
      const ipvs = await screen.open(netns)
      screen.print(await write(await exportState(ipvs), format))
    },
  )
  showsExamples(
    command,
    'lvs save > lvs.yaml',
    'lvs save --format keepalived > keepalived.conf',
    'lvs save --format rules | ipvsadm -R',
    'lvs save --format json --netns director',
  )
}

/** What a format takes is loaded with it. */
async function write(desired: DesiredState, format: Spelling): Promise<string> {
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
