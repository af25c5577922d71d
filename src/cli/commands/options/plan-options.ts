import type { Command } from 'commander'
import { identifyNamespace, namespaceSuffix } from '../../../host/facts/namespace-identity.ts'
import type { NamedSet } from '../../../state/ownership/set-ledger.ts'
import type { PlanOptions } from '../../../state/plan/options.ts'
import { UsageError } from '../../io/failure.ts'
import type { FileFormat } from '../input/file-format.ts'
import { addFormatOption } from '../input/read-desired.ts'
import { addNetnsOption, type NetnsOptions, parseNumberWithin } from './options.ts'

/** What a plan can be told, as it was given. */
export interface PlanFlags extends NetnsOptions {
  readonly json?: true
  readonly format?: FileFormat
  readonly set?: string
  readonly setDirectory?: string
  readonly adopt?: true
  readonly whole?: true
  readonly keepWeights?: true
  readonly drain?: number
}

/** Adds the file, and the options of a plan. */
export function addPlanOptions(command: Command): Command {
  return addNetnsOption(
    addFormatOption(command.argument('<file>', 'what the table is to be; - for standard input'))
      .option('--set <name>', 'yours is what was made under this name; without, nothing is removed')
      .option('--set-directory <path>', 'where such names are remembered (default: /run/lvs)')
      .option('--adopt', 'with --set: take over what exists and belongs to no set')
      .option('--whole', 'the whole table is yours: what the file does not name is removed')
      .option('--keep-weights', 'leave the weights of destinations that exist, as for health checks')
      .option(
        '--drain <seconds>',
        'let connections end before a destination is removed, for so long at most',
        parseNumberWithin(0, 1e9),
      )
      .option('--json', 'print JSON'),
  )
}

/** Understands the options of a plan. */
export async function toPlanOptions(flags: PlanFlags): Promise<PlanOptions> {
  const { whole, keepWeights, drain } = flags
  const set = await toNamedSet(flags)
  return {
    ...(set === undefined ? {} : { set }),
    ...(whole ? { owns: () => true } : {}),
    weights: keepWeights ? 'keep' : 'set',
    removal: drain === undefined ? 'now' : { drain },
  }
}

async function toNamedSet(flags: PlanFlags): Promise<NamedSet | undefined> {
  const { set: name, setDirectory, adopt, whole, netns } = flags
  if (name === undefined) {
    if (adopt) throw new UsageError('--adopt needs --set, the name under which it takes over')
    if (setDirectory !== undefined) throw new UsageError('--set-directory needs --set, a name in it')
    return undefined
  }
  if (whole) throw new UsageError('either --set or --whole says what is yours, not both')
  if (!/^[\w-][\w.-]{0,99}$/.test(name)) {
    throw new UsageError(`--set ${name}: a name has letters, digits, dots, dashes and underscores`)
  }
  const directory = setDirectory ?? `/run/lvs${await namespaceSuffix(await identifyNamespace(netns))}`
  return { name, directory, adopt }
}
