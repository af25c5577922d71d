/** The layout of src/: its folders, and the folders that each may import. This is the only list. */

/**
 * Subpackages and their folders from the bottom up: a file imports from its own folder and from entries further up in this
 * list. The files directly in a subpackage, or in a folder with subfolders, are above those folders, so they come last. A name
 * with the ending `.ts` is a file of src/ itself.
 */
export const ORDER: readonly string[] = [
  'shell-text.ts',
  'control-characters.ts',
  'errors.ts',
  'system',
  ...inside('netlink', 'wire', 'transport', 'connection', 'arguments'),
  'sysctl',
  ...inside('route', 'protocol', 'model', 'commands'),
  ...inside('ipvs', 'protocol', 'model', 'layout', 'commands', 'read', 'write', 'proc'),
  ...inside('state', 'model', 'document', 'ownership', 'plan', 'apply', 'watch'),
  ...inside(
    'dialect',
    ...inside('ipvsadm', 'names', 'vocabulary', 'parse', 'print'),
    ...inside('keepalived', 'source', 'servers'),
  ),
  ...inside('host', 'facts', 'resource', 'role', ...inside('doctor', 'model', 'checks')),
  ...inside(
    'cli',
    'io',
    'ipvsadm',
    ...inside('top', 'model', 'keys', 'render'),
    ...inside('commands', 'input', 'options', 'output', 'roles'),
  ),
  ...inside(
    'testing',
    'time',
    'ipvs',
    'schedulers',
    'wire',
    ...inside('kernel', 'netlink', 'commands', 'proc'),
    'recording',
  ),
  'index.ts',
]

/** Independent folders: neither folder of a line imports the other, although one must come first in the list. */
export const BESIDE: readonly (readonly string[])[] = [
  ['sysctl', 'route', 'ipvs'],
  ['dialect/ipvsadm', 'dialect/keepalived'],
  ['host', 'testing'],
  ['cli', 'testing'],
]

/** Folders of pure functions and plain data: they read no file, start no program and open no socket. */
export const PURE: readonly string[] = [
  'shell-text.ts',
  'control-characters.ts',
  'errors.ts',
  'netlink/wire',
  'netlink/connection',
  'netlink/arguments',
  'route/protocol',
  'route/model',
  'route/commands',
  'ipvs/protocol',
  'ipvs/model',
  'ipvs/layout',
  'ipvs/commands',
  'ipvs/read',
  'ipvs/write',
  'ipvs/proc',
  'state/model',
  'state/plan',
  'state/watch',
  'dialect/ipvsadm',
  'dialect/ipvsadm/vocabulary',
  'dialect/ipvsadm/parse',
  'dialect/ipvsadm/print',
  'host/resource',
  'host/doctor/model',
  'host/doctor/checks',
  'cli/top/model',
  'cli/top/keys',
  'cli/top/render',
  'testing',
  'testing/time',
  'testing/ipvs',
  'testing/schedulers',
  'testing/wire',
  'testing/kernel',
  'testing/kernel/netlink',
  'testing/kernel/commands',
  'testing/kernel/proc',
  'testing/recording',
]

/** The exceptions: groups of files that import each other, with the reason. */
export const CIRCLES: readonly { readonly reason: string; readonly files: readonly string[] }[] = [
  {
    reason:
      'as in the kernel: a service knows its destinations and its scheduler, and both know the service (struct ip_vs_service, struct ip_vs_dest)',
    files: [
      'testing/ipvs/destination-record.ts',
      'testing/ipvs/scheduler.ts',
      'testing/ipvs/service-record.ts',
    ],
  },
  {
    reason:
      'as in the kernel: a namespace has a connection table, and each connection knows its namespace (struct netns_ipvs, struct ip_vs_conn)',
    files: ['testing/ipvs/connection-table.ts', 'testing/ipvs/connection.ts', 'testing/ipvs/namespace.ts'],
  },
]

function inside(folder: string, ...folders: readonly string[]): string[] {
  return [...folders.map((name) => `${folder}/${name}`), folder]
}
