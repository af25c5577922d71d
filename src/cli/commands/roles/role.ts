import type { Command } from 'commander'
import type { Host } from '../../../host/host.ts'
import type { Role } from '../../../host/role/role.ts'
import type { RoleStatus } from '../../../host/role/role-item.ts'
import type { Terminal } from '../../io/command-io.ts'
import { ExitStatus } from '../../io/failure.ts'
import { addExamples, addNetnsOption, type NetnsOptions } from '../options/command-options.ts'
import { printJson, printTextTable, type TextColumn } from '../output/text.ts'

/** The options of every role. */
export interface RoleFlags extends NetnsOptions {
  readonly json?: true
  readonly stateFile?: string
}

/** A subcommand of a role. */
export interface RoleAction<R extends Role> {
  readonly description: string
  readonly run: (role: R) => Promise<RoleStatus>
}

/** The command of a role. */
export interface RoleDefinition<R extends Role, F extends RoleFlags> {
  /** Adds the options of the role to a subcommand. */
  readonly addOptions: (command: Command) => Command
  /** Validates the flags before the host is opened. Returns a function that creates the role. */
  readonly prepare: (flags: F) => ((host: Host) => R) | Promise<(host: Host) => R>
  /** The subcommands by name. */
  readonly actions: Readonly<Record<string, RoleAction<R>>>
  /** The options of each example. */
  readonly examples: readonly string[]
}

/** The subcommands that every role has. */
export const ROLE_ACTIONS = {
  up: {
    description: 'Set up the role. Changes only what differs, and records the previous state for down.',
    run: (role) => role.up(),
  },
  down: {
    description: 'Restore everything that up changed. Takes the same options as up.',
    run: (role) => role.down(),
  },
  status: {
    description: 'Check every item of the role without changing it. The exit status is 1 if one is not ok.',
    run: (role) => role.status(),
  },
} as const satisfies Readonly<Record<string, RoleAction<Role>>>

/** Adds the subcommands of a role. */
export function defineRole<R extends Role, F extends RoleFlags>(
  command: Command,
  terminal: Terminal,
  { addOptions, prepare, actions, examples }: RoleDefinition<R, F>,
): void {
  const lines = (name: string) => examples.map((options) => `lvs ${command.name()} ${name} ${options}`)
  for (const [name, { description, run }] of Object.entries(actions)) {
    const subcommand = addOptions(command.command(name).description(description))
      .option('--state-file <path>', 'record of the previous state (default: in /var/lib/lvs)')
      .option('--json', 'print JSON')
    addNetnsOption(subcommand).action(async (flags: F) => {
      const create = await prepare(flags)
      const host = await terminal.openHost(flags.netns)
      const status = await run(create(host))
      terminal.print(flags.json ? printJson(status) : printStatus(status, terminal.colours))
      if (!status.ok) throw new ExitStatus(1)
    })
    addExamples(subcommand, ...lines(name))
  }
  addExamples(command, ...Object.keys(actions).flatMap((name) => lines(name).slice(0, 1)))
}

const OK = 'ok'

const COLUMNS: readonly TextColumn[] = [
  { title: '', style: (cell) => (cell === OK ? 'green' : 'red') },
  { title: 'ITEM' },
  { title: 'EXPECTED' },
  { title: 'ACTUAL' },
]

/** Formats the items of a role, one per line, and for a cluster node whether it is active. */
function printStatus(status: RoleStatus & { readonly active?: boolean }, colours: boolean): string {
  const { active, items } = status
  const heading = active === undefined ? '' : `This node is ${active ? 'active' : 'a backup'}.\n`
  if (items.length === 0) return `${heading}Nothing to restore.\n`
  const rows = items.map(({ ok, name, expected, actual }) => ({
    cells: [ok ? OK : 'NOT OK', name, expected, actual],
  }))
  return heading + printTextTable(COLUMNS, rows, colours)
}
