/**
 * The tests of test/kernel run twice: against a real kernel in the lab, and against simulated kernels without root, as the
 * projects `simulated-6.1`, `-6.12` and `-7.2`. This file lists everything that runs against a real kernel only, and why. A
 * new test file runs against both unless it is on this list.
 */

/** Files by their paths below test/kernel, where `*` stands for anything. */
export const REAL_ONLY_FILES: Readonly<Record<string, string>> = {
  'command/ipvsadm.test.ts':
    'compares the command with the program ipvsadm, which the command replaces on a simulated kernel',
  'command/full-disk.test.ts': 'the program in a process of its own',
  'command/host-commands.test.ts': 'addresses and sysctls of a host, and the program in a process of its own',
  'command/top.test.ts': 'the program on a terminal, in a process of its own',
  'command/ipvsadm-traffic.test.ts':
    'compares the command with the program ipvsadm, which the command replaces on a simulated kernel',
  'compare/*.test.ts': 'runs keepalived, and the program ipvsadm',
  'conformance/*.test.ts': 'compare a simulated kernel with the running one',
  'host/*.test.ts':
    'sysctls, interfaces and routes of several hosts, real traffic, and programs that are killed',
  'ipvs/examples.test.ts': 'programs that make network namespaces and send real traffic',
  'network/*.test.ts': 'rtnetlink and files under /proc/sys; a simulated kernel has neither',
  'state/drain-schedulers.test.ts': 'sends real traffic',
  'state/keepalived.test.ts': 'runs keepalived',
}

/** Single tests by the paths of their files below test/kernel; a name includes those of its suites. */
export const REAL_ONLY_TESTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'ipvs/errors/daemon-errors.test.ts': {
    'startDaemon EADDRINUSE: a backup on a port that another program uses':
      'needs another program with a socket',
  },
  'ipvs/errors/module.test.ts': {
    'probe > reports on the network namespace that it is called in': 'opens the running kernel',
    'probe > reports that a network namespace does not exist, as open does':
      'paths of network namespaces are for the addon',
    'probe > reports that a network namespace is a file, as open does':
      'paths of network namespaces are for the addon',
    'probe > reports that a network namespace is a namespace of another kind, as open does':
      'paths of network namespaces are for the addon',
    'the module of a scheduler > is loaded by the first service that uses it, and stays loaded while a service uses it':
      'the schedulers of a simulated kernel are not modules',
    'the module of a scheduler > is missing: a new service is refused with the command that loads the module, and an existing service stays':
      'the schedulers of a simulated kernel are not modules',
  },
  'ipvs/read/overview.test.ts': {
    'a table that does not fit one chunk > may be read in part, and the file is closed':
      'counts the files that this process has open',
  },
  'ipvs/read/connections.test.ts': {
    'connections > of persistent services have templates, for a client or for data that its engine reads from packets':
      'traffic has no contents for the engine sip to read',
  },
  'state/reconcile.test.ts': {
    'a reconciler > restores the desired state within two intervals after random changes by others have stopped, and does not touch their services':
      'runs another program',
    'a reconciler > reaches the desired state although it is killed at any point (8 times)':
      'kills a program',
  },
}
