import type { DefineCommand } from './commands/options/command-options.ts'

/** A command of `lvs`. Its file is loaded when the command is used. */
export interface CommandEntry {
  readonly name: string
  readonly alias?: string
  /** One line for the list of commands. */
  readonly summary: string
  /** Whether the command describes all other commands, which must then be loaded with it. */
  readonly needsAll?: true
  readonly load: () => Promise<DefineCommand>
}

/** The commands in the order in which help lists them. `ipvsadm` parses its own command line and is not among them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'list',
    summary: 'list virtual services and destinations',
    load: async () => (await import('./commands/list.ts')).define,
  },
  {
    name: 'stats',
    summary: 'show traffic counters',
    load: async () => (await import('./commands/stats.ts')).defineStats,
  },
  {
    name: 'rate',
    summary: 'show traffic per second',
    load: async () => (await import('./commands/stats.ts')).defineRate,
  },
  {
    name: 'top',
    summary: 'watch traffic live and change weights',
    load: async () => (await import('./commands/top.ts')).define,
  },
  {
    name: 'connections',
    summary: 'list connections',
    load: async () => (await import('./commands/connections.ts')).define,
  },
  {
    name: 'add',
    summary: 'add a service or a destination',
    load: async () => (await import('./commands/add.ts')).define,
  },
  {
    name: 'set',
    summary: 'change a service or a destination',
    load: async () => (await import('./commands/set.ts')).define,
  },
  {
    name: 'remove',
    summary: 'remove a service or a destination',
    load: async () => (await import('./commands/remove.ts')).define,
  },
  {
    name: 'save',
    alias: 'export',
    summary: 'print the table for restore or apply',
    load: async () => (await import('./commands/save.ts')).define,
  },
  {
    name: 'restore',
    summary: 'add and update the entries of a saved file',
    load: async () => (await import('./commands/restore.ts')).define,
  },
  {
    name: 'diff',
    summary: 'show the steps that apply would take',
    load: async () => (await import('./commands/diff.ts')).define,
  },
  {
    name: 'apply',
    summary: 'make the table match a file',
    load: async () => (await import('./commands/apply.ts')).define,
  },
  {
    name: 'director',
    summary: 'set up this host as a director',
    load: async () => (await import('./commands/roles/director.ts')).define,
  },
  {
    name: 'real-server',
    summary: 'set up this host as a real server',
    load: async () => (await import('./commands/roles/real-server.ts')).define,
  },
  {
    name: 'cluster-node',
    summary: 'set up this host as a cluster node',
    load: async () => (await import('./commands/roles/cluster-node.ts')).define,
  },
  {
    name: 'doctor',
    summary: 'diagnose this host',
    load: async () => (await import('./commands/doctor.ts')).define,
  },
  {
    name: 'completion',
    summary: 'print a shell completion script',
    needsAll: true,
    load: async () => (await import('./commands/completion.ts')).define,
  },
  {
    name: 'man',
    summary: 'print the manual page',
    needsAll: true,
    load: async () => (await import('./commands/man.ts')).define,
  },
]
