import type { Command } from 'commander'
import type { Terminal } from './io/command-io.ts'

/** Fills in a command: arguments, options, examples, and what it does. */
export type DefineCommand = (command: Command, screen: Terminal) => void

/** A command of `lvs`: a file of its own, loaded when the command is asked for. */
export interface CommandEntry {
  readonly name: string
  /** Another name. */
  readonly alias?: string
  /** One line for the list of commands. */
  readonly summary: string
  readonly load: () => Promise<{ readonly define: DefineCommand }>
}

/** The commands in the order in which help shows them. `ipvsadm` has a grammar of its own and is not among them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'list',
    summary: 'show virtual services and destinations',
    load: () => import('./commands/list.ts'),
  },
  { name: 'stats', summary: 'show what was counted', load: () => import('./commands/stats.ts') },
  { name: 'rate', summary: 'show what is counted per second', load: () => import('./commands/rate.ts') },
  { name: 'top', summary: 'watch traffic, and change weights', load: () => import('./commands/top.ts') },
  { name: 'connections', summary: 'show connections', load: () => import('./commands/connections.ts') },
  { name: 'add', summary: 'add a service or a destination', load: () => import('./commands/add.ts') },
  { name: 'set', summary: 'change a service or a destination', load: () => import('./commands/set.ts') },
  {
    name: 'remove',
    summary: 'remove a service or a destination',
    load: () => import('./commands/remove.ts'),
  },
  {
    name: 'save',
    alias: 'export',
    summary: 'print the table, to be restored or applied',
    load: () => import('./commands/save.ts'),
  },
  {
    name: 'restore',
    summary: 'put back what was saved; the rest stays',
    load: () => import('./commands/restore.ts'),
  },
  {
    name: 'diff',
    summary: 'show what would make the table what a file says',
    load: () => import('./commands/diff.ts'),
  },
  { name: 'apply', summary: 'make the table what a file says', load: () => import('./commands/apply.ts') },
  { name: 'director', summary: 'make this host a director', load: () => import('./commands/director.ts') },
  {
    name: 'real-server',
    summary: 'make this host a real server',
    load: () => import('./commands/real-server.ts'),
  },
  {
    name: 'cluster-node',
    summary: 'make this host a node that is both, by turns',
    load: () => import('./commands/cluster-node.ts'),
  },
  {
    name: 'doctor',
    summary: 'find out what is wrong with this host',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'print completions for a shell',
    load: () => import('./commands/completion.ts'),
  },
  { name: 'man', summary: 'print the manual page', load: () => import('./commands/man.ts') },
]
