import type { Ipvs } from '../../ipvs/ipvs-client.ts'
import { makePlan } from '../../state/apply/make-plan.ts'
import type { Define } from '../commands.ts'
import { SystemNames } from '../../dialect/ipvsadm/parse/names.ts'
import { Restoration } from '../ipvsadm/restore.ts'
import type { Screen } from '../io/command-io.ts'
import { applied } from './apply.ts'
import { describeFailure, ExitStatus } from '../io/failure.ts'
import { type Spelling, spellingOf } from './input/file-format.ts'
import { type NetnsOptions, showsExamples, takesNetns } from './options/options.ts'
import { parseDesired, takesSpelling } from './input/read-desired.ts'
import { readSource, type Source, STANDARD_INPUT } from './input/read-text.ts'

interface Flags extends NetnsOptions {
  readonly format?: Spelling
}

export const define: Define = (command, screen) => {
  command.argument('[file]', 'what was saved; standard input without', STANDARD_INPUT)
  const description =
    'Put back what was saved: what is missing is added, what was changed is changed back, and nothing is removed. Rules are taken one by one, as ipvsadm -R does.'
  takesNetns(takesSpelling(command.description(description))).action(async (file: string, flags: Flags) => {
    const source = await readSource(file, screen)
    const spelling = flags.format ?? spellingOf(source.file, source.text)
    if (spelling === 'rules') await restoreRules(await screen.open(flags.netns), source.text, screen)
    else await restoreDocument(source, spelling, flags.netns, screen)
  })
  showsExamples(command, 'lvs restore lvs.yaml', 'ipvsadm -Sn | lvs restore --netns director')
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

async function restoreDocument(
  source: Source,
  spelling: Spelling,
  netns: string | undefined,
  screen: Screen,
): Promise<void> {
  const desired = await parseDesired(source, spelling, screen)
  const { steps } = await applied(await makePlan(await screen.open(netns), desired, {}), false)
  const failed = steps.filter(({ outcome }) => outcome === 'failed')
  for (const { error } of failed) screen.complain(`lvs: ${describeFailure(error).message}`)
  if (failed.length > 0) throw new ExitStatus(1)
}
