import { type Command, Option } from 'commander'
import { identifyNamespace, namespaceSuffix } from '../../../host/facts/namespace-identity.ts'
import type { NamedSet } from '../../../state/ownership/file-ledger.ts'
import type { PlanOptions } from '../../../state/plan/options.ts'
import { UsageError } from '../../io/failure.ts'
import type { FileOptions } from '../input/file-format.ts'
import { addFileOptions, addNetnsOption, parseNumberWithin } from './command-options.ts'

/** The options of `diff` and `apply`. */
export interface PlanFlags extends FileOptions {
  readonly json?: true
  readonly set?: string
  readonly setDirectory?: string
  readonly adopt?: true
  readonly whole?: true
  readonly keepWeights?: true
  readonly drain?: number
  readonly drainDh?: 'drain' | 'now'
}

/** Adds the file argument and the options of a plan. */
export function addPlanOptions(command: Command): Command {
  return addNetnsOption(
    addFileOptions(command.argument('<file>', 'file with the desired state; - for standard input'))
      .option(
        '--set <name>',
        'ownership set: apply removes only services and destinations created under NAME (default: remove nothing)',
      )
      .option('--set-directory <path>', 'directory of ownership sets (default: /run/lvs)')
      .option('--adopt', 'with --set: take over existing services that belong to no set')
      .option('--whole', 'own the whole table: remove every entry that the file does not list')
      .option('--keep-weights', 'do not change the weights of existing destinations')
      .option(
        '--drain <seconds>',
        'drain destinations for up to this long before removing them',
        parseNumberWithin(0, 1e9),
      )
      .addOption(
        new Option(
          '--drain-dh <how>',
          'with --drain: dh refuses new clients of a draining destination; now: remove it at once (default: drain, with a warning)',
        ).choices(['drain', 'now']),
      )
      .option('--json', 'print JSON'),
  )
}

/** Converts the flags into options of a plan. */
export async function toPlanOptions(flags: PlanFlags): Promise<PlanOptions> {
  const { whole, keepWeights, drain, drainDh: dh } = flags
  if (dh !== undefined && drain === undefined) throw new UsageError('--drain-dh requires --drain')
  const set = await toNamedSet(flags)
  return {
    ...(set === undefined ? {} : { set }),
    ...(whole ? { owns: () => true } : {}),
    weights: keepWeights ? 'keep' : 'set',
    removal: drain === undefined ? 'now' : { drain, dh },
  }
}

async function toNamedSet(flags: PlanFlags): Promise<NamedSet | undefined> {
  const { set: name, setDirectory, adopt, whole, netns } = flags
  if (name === undefined) {
    if (adopt) throw new UsageError('--adopt requires --set')
    if (setDirectory !== undefined) throw new UsageError('--set-directory requires --set')
    return undefined
  }
  if (whole) throw new UsageError('--set and --whole are mutually exclusive')
  if (!/^[\w-][\w.-]{0,99}$/.test(name)) {
    throw new UsageError(
      `--set '${name}' is invalid: expected letters, digits, dots, hyphens and underscores`,
    )
  }
  const directory = setDirectory ?? `/run/lvs${await namespaceSuffix(await identifyNamespace(netns))}`
  return { name, directory, adopt }
}
