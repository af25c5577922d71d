import { createReadStream } from 'node:fs'
import { Option } from 'commander'
import { BatchError } from '../../errors.ts'
import type { Ipvs } from '../../ipvs/ipvs.ts'
import type { Define } from '../commands.ts'
import { SystemNames } from '../ipvsadm/names.ts'
import { Restoration } from '../ipvsadm/restore.ts'
import type { Screen } from '../surroundings.ts'
import { commandsOf } from './document.ts'
import { describeFailure, ExitStatus, Mistake } from './failure.ts'
import { FORMATS, type Format, spellingOf } from './format.ts'
import { type NetnsOptions, showsExamples, takesNetns } from './options.ts'
import { readText } from './read-text.ts'

interface Options extends NetnsOptions {
  readonly format?: Format
}

export const define: Define = (command, screen) => {
  const format = new Option(
    '--format <format>',
    'by default the ending of the file tells, or what it begins with',
  )
  command.argument('[file]', 'what was saved; standard input without')
  takesNetns(command.addOption(format.choices(FORMATS))).action(
    async (file: string | undefined, options: Options) => {
      const ipvs = await screen.open(options.netns)
      const input = file === undefined ? screen.input : createReadStream(file)
      const text = await readText(input)
      const format = options.format ?? formatOf(file, text)
      if (format === 'rules') await restoreRules(ipvs, text, screen)
      else await restoreDocument(ipvs, await parseDocument(format, text), screen)
    },
  )
  showsExamples(command, 'lvs restore table.yaml', 'ipvsadm -Sn | lvs restore --netns director')
}

async function restoreRules(ipvs: Ipvs, text: string, screen: Screen): Promise<void> {
  let complaints = 0
  const restoration = new Restoration(ipvs, new SystemNames(), {
    program: screen.program,
    input: once(Buffer.from(text)),
    print: (printed) => screen.print(printed),
    complain: (complaint) => {
      complaints++
      screen.complain(`lvs: ${complaint}`)
    },
    open: () => Promise.resolve(ipvs),
  })
  const status = await restoration.restore()
  // Unlike ipvsadm, whose status is that of the last line.
  if (status !== 0 || complaints > 0) throw new ExitStatus(1)
}

async function* once(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield piece
}

async function restoreDocument(ipvs: Ipvs, document: unknown, screen: Screen): Promise<void> {
  const commands = [...commandsOf(document)]
  try {
    await ipvs.batch(commands)
  } catch (error) {
    if (!(error instanceof BatchError)) throw error
    for (const failure of error.failures) screen.complain(`lvs: ${describeFailure(failure.error).message}`)
    throw new ExitStatus(1)
  }
}

async function parseDocument(format: Format, text: string): Promise<unknown> {
  try {
    if (format === 'json') return JSON.parse(text)
    const { parse } = await import('yaml')
    return parse(text)
  } catch (error) {
    throw new Mistake(`this is no ${format.toUpperCase()}: ${(error as Error).message.split('\n')[0]}`)
  }
}

function formatOf(file: string | undefined, text: string): Format {
  const spelling = spellingOf(file, text)
  if (spelling !== 'keepalived') return spelling
  throw new Mistake('this looks like a keepalived.conf, which is no saved table; lvs apply takes it')
}
