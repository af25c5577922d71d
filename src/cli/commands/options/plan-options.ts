import type { Command } from 'commander'
import { identify, namespaceSuffix } from '../../../host/facts/namespace-identity.ts'
import type { PlanOptions } from '../../../state/plan/options.ts'
import type { NamedSet } from '../../../state/ownership/set-ledger.ts'
import { Mistake } from '../../io/failure.ts'
import type { Spelling } from '../input/file-format.ts'
import { type NetnsOptions, readNumber, takesNetns } from './options.ts'
import { takesSpelling } from '../input/read-desired.ts'

/** What a plan can be told, as it was given. */
export interface PlanFlags extends NetnsOptions {
  readonly json?: true
  readonly format?: Spelling
  readonly set?: string
  readonly setDirectory?: string
  readonly adopt?: true
  readonly whole?: true
  readonly keepWeights?: true
  readonly drain?: number
}

/** Adds the file, and the options of a plan. */
export function takesPlanOptions(command: Command): Command {
  return takesNetns(
    takesSpelling(command.argument('<file>', 'what the table is to be; - for standard input'))
      .option('--set <name>', 'yours is what was made under this name; without, nothing is removed')
      .option('--set-directory <path>', 'where such names are remembered (default: /run/lvs)')
      .option('--adopt', 'with --set: take over what exists and belongs to no set')
      .option('--whole', 'the whole table is yours: what the file does not name is removed')
      .option('--keep-weights', 'leave the weights of destinations that exist, as for health checks')
      .option(
        '--drain <seconds>',
        'let connections end before a destination is removed, for so long at most',
        readNumber(0, 1e9),
      )
      .option('--json', 'print JSON'),
  )
}

/** Understands the options of a plan. */
export async function planOptions(flags: PlanFlags): Promise<PlanOptions> {
  const { whole, keepWeights, drain } = flags
  const set = await namedSet(flags)
  return {
    ...(set === undefined ? {} : { set }),
    ...(whole ? { owns: () => true } : {}),
    weights: keepWeights ? 'keep' : 'set',
    removal: drain === undefined ? 'now' : { drain },
  }
}

async function namedSet(flags: PlanFlags): Promise<NamedSet | undefined> {
  const { set: name, setDirectory, adopt, whole, netns } = flags
  if (name === undefined) {
    if (adopt) throw new Mistake('--adopt needs --set, the name under which it takes over')
    if (setDirectory !== undefined) throw new Mistake('--set-directory needs --set, a name in it')
    return undefined
  }
  if (whole) throw new Mistake('either --set or --whole says what is yours, not both')
  if (!/^[\w-][\w.-]{0,99}$/.test(name)) {
    throw new Mistake(`--set ${name}: a name has letters, digits, dots, dashes and underscores`)
  }
  const directory = setDirectory ?? `/run/lvs${await namespaceSuffix(await identify(netns))}`
  return { name, directory, adopt }
}
