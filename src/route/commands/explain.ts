import { shellCommand, sysctlCommand } from '../../shell-text.ts'

/** The details of a request that explanations mention. */
export interface NetworkErrorContext {
  readonly interface?: string | undefined
  readonly kind?: string | undefined
  readonly from?: string | undefined
}

type Explanation = string | ((context: NetworkErrorContext) => string)

/** Kernel modules whose name differs from the kind of link. */
const MODULES: Readonly<Record<string, string>> = { gre: 'ip_gre', ip6gre: 'ip6_gre', ip6tnl: 'ip6_tunnel' }

const ADD_ADDRESS: Readonly<Record<string, Explanation>> = {
  EEXIST: 'the interface already has this address; ensureAddress accepts that',
  EACCES: ({ interface: name }) =>
    `IPv6 is disabled on the interface; enable it: ${sysctlCommand(`net.ipv6.conf.${name?.replaceAll('.', '/')}.disable_ipv6`, 0)}`,
  EINVAL: 'the kernel rejected the address as invalid; it must be a unicast address',
  EADDRNOTAVAIL: 'an interface cannot have such an address',
}
const ADD_ROUTE: Readonly<Record<string, Explanation>> = {
  EEXIST:
    'a route with this destination and metric already exists; remove it first, or choose another metric',
  ENETUNREACH:
    'the gateway is not in a network of this host, or the interface is down; addresses() lists the networks, findLink() reports whether it is up',
  EHOSTUNREACH: 'the gateway is not reachable through this interface',
  ENETDOWN: ({ interface: name }) =>
    name === undefined
      ? 'the interface is down; bring it up with updateLink'
      : `the interface is down; bring it up: updateLink('${name.replaceAll(/['\\]/g, '\\$&')}', { up: true }), or ${shellCommand('ip', 'link', 'set', name, 'up')}`,
  EINVAL:
    'the kernel rejected the route as invalid; the gateway must not be an address of this host, but the source must be one',
}
const NAME_TAKEN = ({ kind }: NetworkErrorContext) =>
  kind === undefined || kind === 'dummy'
    ? 'an interface with this name already exists'
    : 'an interface with this name, or a tunnel of this kind with the same endpoints, already exists; the kernel module itself creates one without endpoints'
const NO_ROUTE = ({ from }: NetworkErrorContext) =>
  from === undefined
    ? 'this host has no route to the address; add one with addRoute'
    : `this host has no route to the address (add one with addRoute), or ${from} is not an address of this host`

/** By command, then by error code: the cause, and the remedy. */
const EXPLANATIONS: Readonly<Record<string, Readonly<Record<string, Explanation>>>> = {
  addLink: {
    EEXIST: NAME_TAKEN,
    EOPNOTSUPP: ({ kind = '' }) =>
      `the kernel does not support links of the kind '${kind}' and could not load the module; load it: ${shellCommand('modprobe', MODULES[kind] ?? kind)}`,
    EINVAL: 'the kernel rejected the settings as invalid',
  },
  removeLink: {
    EOPNOTSUPP: 'the interface is hardware, or required by the kernel (lo); updateLink can set it down',
  },
  updateLink: {
    EINVAL: 'the interface cannot have this MTU',
    ERANGE: 'the interface cannot have this MTU',
  },
  addAddress: ADD_ADDRESS,
  removeAddress: { EADDRNOTAVAIL: 'the interface does not have this address with this prefix length' },
  addRoute: ADD_ROUTE,
  removeRoute: { ESRCH: 'no such route' },
  routeTo: {
    ENETUNREACH: NO_ROUTE,
    EHOSTUNREACH: NO_ROUTE,
    EACCES: 'the route to the address has the type prohibit',
    EINVAL: NO_ROUTE,
  },
}

/** Commands whose errors have the explanations of another command. */
const SAME_AS: Readonly<Record<string, string>> = {
  ensureLink: 'addLink',
  ensureNoLink: 'removeLink',
  ensureAddress: 'addAddress',
  ensureNoAddress: 'removeAddress',
  ensureRoute: 'addRoute',
  ensureNoRoute: 'removeRoute',
}

/** Explanations that do not depend on the command. */
const COMMON_EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  EPERM:
    'this requires the capability CAP_NET_ADMIN over the network namespace; run it as root, in a container with --cap-add NET_ADMIN',
  ENODEV: ({ interface: name }) =>
    name === undefined
      ? 'no such network interface in this network namespace'
      : `there is no network interface '${name}' in this network namespace; links() lists them`,
  EAFNOSUPPORT: 'IPv6 is disabled in the kernel (ipv6.disable=1)',
  EOPNOTSUPP: 'the kernel does not support the command, or IPv6 is disabled (ipv6.disable=1)',
  ENOMEM: 'the kernel is out of memory',
  ENOBUFS: 'the kernel is out of memory',
  EBUSY: 'another dump is in progress on the same socket',
  EINVAL: 'the kernel rejected the request as invalid',
}

/** Explains in one sentence why the kernel refused a command and what to do about it. */
export function explainNetworkError(command: string, code: string, context: NetworkErrorContext): string {
  const explanations = EXPLANATIONS[SAME_AS[command] ?? command]
  const explanation = explanations?.[code] ?? COMMON_EXPLANATIONS[code] ?? 'the kernel refused the command'
  return typeof explanation === 'string' ? explanation : explanation(context)
}
