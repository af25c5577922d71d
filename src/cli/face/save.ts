import { Option } from 'commander'
import type { Define } from '../commands.ts'
import { inNumbers } from '../ipvsadm/labels.ts'
import { printRules } from '../ipvsadm/print-rules.ts'
import { toDocument } from './document.ts'
import { FORMATS, type Format } from './format.ts'
import { type NetnsOptions, showsExamples, takesNetns } from './options.ts'
import { readServices } from './services.ts'

interface Options extends NetnsOptions {
  readonly format: Format
}

export const define: Define = (command, screen) => {
  const format = new Option('--format <format>', 'rules are those of ipvsadm, and have no thresholds')
  takesNetns(command.addOption(format.choices(FORMATS).default('yaml'))).action(
    async ({ format, netns }: Options) => {
      const ipvs = await screen.open(netns)
      const services = await readServices(ipvs, [])
      if (format === 'rules') {
        screen.print(printRules(services, inNumbers))
      } else if (format === 'json') {
        screen.print(`${JSON.stringify(toDocument(services), null, 2)}\n`)
      } else {
        const { stringify } = await import('yaml')
        screen.print(stringify(toDocument(services)))
      }
    },
  )
  showsExamples(
    command,
    'lvs save > table.yaml',
    'lvs save --format json',
    'lvs save --format rules | ipvsadm -R',
  )
}
