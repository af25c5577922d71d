/**
 * The tests of this folder run twice: against a real kernel in the lab, and against simulated ones, without root, as the
 * projects `simulated-6.1`, `-6.12` and `-7.2`. Here is everything that runs against a real kernel only, and why. A new file
 * runs against both unless it is put on this list.
 */

/** Files by their names, where `*` stands for anything. */
export const REAL_ONLY_FILES: Readonly<Record<string, string>> = {
  'cli-ipvsadm.test.ts':
    'compares the command with the program ipvsadm, whose part it plays on a simulated kernel',
  'cli-host.test.ts': 'addresses and sysctls of a host, and the program in a process of its own',
  'cli-top.test.ts': 'the program on a terminal, in a process of its own',
  'cli-traffic.test.ts':
    'compares the command with the program ipvsadm, whose part it plays on a simulated kernel',
  'conformance*.test.ts': 'compare a simulated kernel with the running one',
  'doctor*.test.ts': 'sysctls, interfaces and routes of clusters, and real traffic through them',
  'examples.test.ts': 'programs that make network namespaces and send real traffic',
  'failover-guide.test.ts': 'addresses, announcements and sysctls of two hosts',
  'roles.test.ts': 'addresses, routes and sysctls of a host, and programs that are killed',
  'route-*.test.ts': 'rtnetlink, which a simulated kernel has none of',
  'state-keepalived.test.ts': 'runs keepalived',
  'sysctl-*.test.ts': 'files under /proc/sys, which a simulated kernel has none of',
}

/** Single tests by their files, their names with those of what they stand in. */
export const REAL_ONLY_TESTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'daemon-errors.test.ts': {
    'startDaemon EADDRINUSE: a backup on a port that another program has':
      'needs another program with a socket',
  },
  'module.test.ts': {
    'probe > says so of the network namespace that it is called in': 'opens the running kernel',
    'probe > says that a network namespace does not exist, and so does open':
      'paths are the addon’s business',
    'probe > says that a network namespace is a file, and so does open': 'paths are the addon’s business',
    'probe > says that a network namespace is a namespace of another kind, and so does open':
      'paths are the addon’s business',
    'the module of a scheduler > is loaded by the first service that asks for it, and stays while one does':
      'a simulated kernel has schedulers without modules',
    'the module of a scheduler > is missing: the service is refused with the command that loads it, and an old one stays':
      'a simulated kernel has schedulers without modules',
  },
  'overview.test.ts': {
    'a table that does not fit one piece > can be left in the middle, and the file is closed':
      'counts the files that this process has open',
  },
  'connections.test.ts': {
    'connections > of persistent services have templates: the memory of a client, or of what it said':
      'traffic has no contents for the engine sip to read',
  },
  'state-keeping.test.ts': {
    'keeping a table > has it right two intervals after others have stopped to change it at random, and touches nothing of theirs':
      'runs another program',
    'keeping a table > ends with the table that is desired although it was killed wherever it was (8 times)':
      'kills a program',
  },
}
