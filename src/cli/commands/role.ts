import type { Command } from 'commander'
import type { Host } from '../../host/host.ts'
import type { Role } from '../../host/role/role.ts'
import type { RoleStatus } from '../../host/role/role-item.ts'
import type { Terminal } from '../io/command-io.ts'
import { ExitStatus } from '../io/failure.ts'
import { addExamples, addNetnsOption, type NetnsOptions } from './options/options.ts'
import { printJson } from './output/print-json.ts'
import { printTextTable, type TextColumn } from './output/text-table.ts'

/** What every role can be told. */
export interface RoleFlags extends NetnsOptions {
  readonly json?: true
  readonly stateFile?: string
}

/** Something that can be done with a role: a command of its own. */
export interface RoleAction<R extends Role> {
  readonly description: string
  readonly run: (role: R) => Promise<RoleStatus>
}

/** A role as its commands need it. */
export interface RoleDefinition<R extends Role, F extends RoleFlags> {
  /** Adds the options that say what the host is to be. */
  readonly addOptions: (command: Command) => Command
  /** Understands them, before anything is opened, and says how the role is made. */
  readonly prepare: (flags: F) => ((host: Host) => R) | Promise<(host: Host) => R>
  /** By the names of the commands. */
  readonly actions: Readonly<Record<string, RoleAction<R>>>
  /** The options of an example, and those of another one. */
  readonly examples: readonly string[]
}

/** What every role can do. */
export const ROLE_ACTIONS = {
  up: {
    description:
      'Bring the role about. What is right already is left alone; what was there before is recorded, for down.',
    run: (role) => role.up(),
  },
  down: {
    description:
      'Take the role back: everything that up has changed is put back as it was. Takes the same options as up.',
    run: (role) => role.down(),
  },
  status: {
    description:
      'Look at everything that the role looks after, and change nothing. Status 1 if not all is ok.',
    run: (role) => role.status(),
  },
} as const satisfies Readonly<Record<string, RoleAction<Role>>>

/** Adds the commands of a role. */
export function defineRole<R extends Role, F extends RoleFlags>(
  command: Command,
  screen: Terminal,
  { addOptions: takes, prepare: read, actions: deeds, examples }: RoleDefinition<R, F>,
): void {
  const lines = (name: string) => examples.map((options) => `lvs ${command.name()} ${name} ${options}`)
  for (const [name, { description, run: act }] of Object.entries(deeds)) {
    const deed = takes(command.command(name).description(description))
      .option('--state-file <path>', 'what was there before; by default below /var/lib/lvs')
      .option('--json', 'print JSON')
    addNetnsOption(deed).action(async (flags: F) => {
      const make = await read(flags)
      const host = await screen.openHost(flags.netns)
      const status = await act(make(host))
      screen.print(flags.json ? printJson(status) : printStatus(status, screen.colours))
      if (!status.ok) throw new ExitStatus(1)
    })
    addExamples(deed, ...lines(name))
  }
  addExamples(command, ...Object.keys(deeds).flatMap((name) => lines(name).slice(0, 1)))
}

const OK = 'ok'

const COLUMNS: readonly TextColumn[] = [
  { title: '', style: (cell) => (cell === OK ? 'green' : 'red') },
  { title: 'ITEM' },
  { title: 'WANTED' },
  { title: 'FOUND' },
]

/** Every item of a role, one a line, and of a node of a cluster which it is. */
function printStatus(status: RoleStatus & { readonly active?: boolean }, colours: boolean): string {
  const { active, items } = status
  const heading = active === undefined ? '' : `This node is ${active ? 'the active one' : 'a backup'}.\n`
  if (items.length === 0) return `${heading}There is nothing to put back.\n`
  const rows = items.map(({ ok, name, expected: wanted, actual: found }) => ({
    cells: [ok ? OK : 'NOT OK', name, wanted, found],
  }))
  return heading + printTextTable(COLUMNS, rows, colours)
}
