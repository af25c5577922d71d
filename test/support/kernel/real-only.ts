/**
 * The tests of test/kernel run twice: against a real kernel in the lab, and against simulated ones, without root, as the
 * projects `simulated-6.1`, `-6.12` and `-7.2`. Here is everything that runs against a real kernel only, and why. A new file
 * runs against both unless it is put on this list.
 */

/** Files by their paths below test/kernel, where `*` stands for anything. */
export const REAL_ONLY_FILES: Readonly<Record<string, string>> = {
  'command/ipvsadm.test.ts':
    'compares the command with the program ipvsadm, whose part it plays on a simulated kernel',
  'command/host-commands.test.ts': 'addresses and sysctls of a host, and the program in a process of its own',
  'command/top.test.ts': 'the program on a terminal, in a process of its own',
  'command/ipvsadm-traffic.test.ts':
    'compares the command with the program ipvsadm, whose part it plays on a simulated kernel',
  'conformance/*.test.ts': 'compare a simulated kernel with the running one',
  'host/doctor*.test.ts': 'sysctls, interfaces and routes of clusters, and real traffic through them',
  'ipvs/examples.test.ts': 'programs that make network namespaces and send real traffic',
  'network/failover-guide.test.ts': 'addresses, announcements and sysctls of two hosts',
  'host/roles.test.ts': 'addresses, routes and sysctls of a host, and programs that are killed',
  'network/route-*.test.ts': 'rtnetlink, which a simulated kernel has none of',
  'state/keepalived.test.ts': 'runs keepalived',
  'network/sysctl-*.test.ts': 'files under /proc/sys, which a simulated kernel has none of',
}

/** Single tests by the paths of their files below test/kernel, their names with those of what they stand in. */
export const REAL_ONLY_TESTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'ipvs/errors/daemon-errors.test.ts': {
    'startDaemon EADDRINUSE: a backup on a port that another program has':
      'needs another program with a socket',
  },
  'ipvs/errors/module.test.ts': {
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
  'ipvs/read/overview.test.ts': {
    'a table that does not fit one piece > can be left in the middle, and the file is closed':
      'counts the files that this process has open',
  },
  'ipvs/read/connections.test.ts': {
    'connections > of persistent services have templates: the memory of a client, or of what it said':
      'traffic has no contents for the engine sip to read',
  },
  'state/reconcile.test.ts': {
    'keeping a table > has it right two intervals after others have stopped to change it at random, and touches nothing of theirs':
      'runs another program',
    'keeping a table > ends with the table that is desired although it was killed wherever it was (8 times)':
      'kills a program',
  },
}
