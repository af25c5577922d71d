import { shellCommand } from '../../shell-text.ts'

/** The details of a request that explanations mention. */
export interface ErrorContext {
  readonly scheduler?: string | undefined
  readonly persistenceEngine?: string | null | undefined
  readonly interface?: string | undefined
  readonly group?: string | undefined
}

type Sentence = string | ((context: ErrorContext) => string)

const NO_SERVICE =
  'no such virtual service; add it with addService, or list the existing ones with services()'
const NO_DESTINATION =
  'the virtual service has no such destination; add it with addDestination (address and port must both match)'

const OUT_OF_RANGE = 'the weight is below 0, or the lower threshold is above the upper one'

function bringUp(name = ''): string {
  return shellCommand('ip', 'link', 'set', name, 'up')
}

function noScheduler({ scheduler = 'wlc', persistenceEngine }: ErrorContext): string {
  if (typeof persistenceEngine !== 'string') {
    return `the kernel has no scheduler '${scheduler}' and could not load its module; check the name, or load the module: ${shellCommand('modprobe', `ip_vs_${scheduler}`)}`
  }
  const command = shellCommand('modprobe', '-a', `ip_vs_${scheduler}`, `ip_vs_pe_${persistenceEngine}`)
  return `the kernel has no scheduler '${scheduler}' or no persistence engine '${persistenceEngine}' and could not load the modules; check the names, or load the modules: ${command}`
}

/** By command, then by error: the reason and the remedy (ip_vs_ctl.c, in the order of its checks). */
const SENTENCES: Readonly<Record<string, Readonly<Record<string, Sentence>>>> = {
  addService: {
    EEXIST: 'this virtual service already exists; change it with updateService, or remove it first',
    ENOENT: noScheduler,
    EINVAL: 'the kernel rejected the settings as invalid',
  },
  updateService: {
    ESRCH: NO_SERVICE,
    ENOENT: noScheduler,
    EINVAL:
      'the new scheduler cannot take over the destinations; mh supports at most 4093 unless the kernel was built with a larger table',
  },
  removeService: { ESRCH: NO_SERVICE },
  service: { ESRCH: NO_SERVICE },
  destinations: { ESRCH: NO_SERVICE },
  addDestination: {
    ESRCH: 'no such virtual service; add it with addService before its destinations',
    EEXIST: 'the virtual service already has this destination; change it with updateDestination',
    ERANGE: OUT_OF_RANGE,
  },
  updateDestination: { ESRCH: NO_SERVICE, ENOENT: NO_DESTINATION, ERANGE: OUT_OF_RANGE },
  removeDestination: { ESRCH: NO_SERVICE, ENOENT: NO_DESTINATION },
  zero: { ESRCH: NO_SERVICE },
  setTimeouts: {
    EINVAL:
      'a timeout is larger than the kernel can represent (2^31 ticks: 99 days at 250 ticks per second); nothing was changed',
  },
  startDaemon: {
    ENODEV: ({ interface: name }) =>
      `there is no network interface '${name}' in this network namespace; ip link lists them`,
    EEXIST: 'a daemon with this role is already running; stop it with stopDaemon first',
    EINVAL:
      'a destination and its service have different address families, and such connections cannot be synchronised; remove the destination first',
    ENETUNREACH: ({ interface: name, group }) =>
      group?.includes(':')
        ? `the interface is down or has no IPv6 address to send from; bring it up (${bringUp(name)}), or add an address (ip address add ... ${shellCommand('dev', name ?? '')})`
        : `the interface is down; bring it up: ${bringUp(name)}`,
    EADDRNOTAVAIL: ({ interface: name }) =>
      `the interface has no address to send from; add one: ip address add ... ${shellCommand('dev', name ?? '')}`,
    EADDRINUSE: 'the port is in use; choose another port',
  },
  stopDaemon: { ESRCH: 'no daemon with this role is running' },
}

/** The meaning of errors that do not depend on the command. */
const ANY_COMMAND: Readonly<Record<string, string>> = {
  EPERM:
    'this requires the capability CAP_NET_ADMIN in the initial user namespace; run it as root (root inside a user namespace, as in a rootless container, is not enough)',
  EAFNOSUPPORT: 'IPv6 is disabled in the kernel (ipv6.disable=1), or IPVS was built without it',
  ENOPROTOOPT: 'the ip_vs module is being unloaded; try again',
  EOPNOTSUPP: 'this kernel does not support the command',
  ENOMEM: 'the kernel is out of memory',
  EBUSY: 'another dump is in progress on the same socket',
  EINVAL: 'the kernel rejected the request as invalid',
}

/** Explains in one sentence why the kernel refused a command and what to do about it. */
export function explainIpvsError(command: string, code: string, context: ErrorContext): string {
  const sentence = SENTENCES[command]?.[code] ?? ANY_COMMAND[code] ?? 'the kernel refused the command'
  return typeof sentence === 'string' ? sentence : sentence(context)
}
