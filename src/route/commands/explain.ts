/** What the caller asked for, as far as an explanation needs it. */
export interface NetworkErrorContext {
  readonly interface?: string | undefined
  readonly kind?: string | undefined
  readonly from?: string | undefined
}

type Explanation = string | ((circumstances: NetworkErrorContext) => string)

/** Modules whose name is not that of the kind of link they carry. */
const MODULES: Readonly<Record<string, string>> = { gre: 'ip_gre', ip6gre: 'ip6_gre', ip6tnl: 'ip6_tunnel' }

const ADD_ADDRESS: Readonly<Record<string, Explanation>> = {
  EEXIST: 'the interface has this address already; ensureAddress takes that for done',
  EACCES: ({ interface: name }) =>
    `IPv6 is switched off on the interface; switch it on: sysctl -w net.ipv6.conf.${name}.disable_ipv6=0`,
  EINVAL: 'the kernel found the address invalid: it must be that of one host',
  EADDRNOTAVAIL: 'no interface can have such an address',
}
const ADD_ROUTE: Readonly<Record<string, Explanation>> = {
  EEXIST:
    'there is a route with this destination and metric already; remove it first, or choose another metric',
  ENETUNREACH:
    'the gateway is in no network of this host, or the interface is down; addresses() lists the networks, link() shows whether it is up',
  EHOSTUNREACH: 'the gateway cannot be reached by that interface',
  ENETDOWN: ({ interface: name }) =>
    name === undefined
      ? 'the interface is down; bring it up with updateLink'
      : `the interface is down; bring it up: updateLink('${name}', { up: true }), or ip link set ${name} up`,
  EINVAL:
    'the kernel found the route invalid; the gateway must not be an address of this host, the source must be one',
}
const NAME_TAKEN = ({ kind }: NetworkErrorContext) =>
  kind === undefined || kind === 'dummy'
    ? 'there is an interface of this name already'
    : 'there is an interface of this name, or a tunnel of this kind with the same ends, already; the module makes one with open ends by itself'
const NO_ROUTE = ({ from }: NetworkErrorContext) =>
  from === undefined
    ? 'this host has no route there; addRoute makes one'
    : `this host has no route there (addRoute makes one), or ${from} is no address of this host`

/** By command, then by error: the reason, and the way out. */
const EXPLANATIONS: Readonly<Record<string, Readonly<Record<string, Explanation>>>> = {
  addLink: {
    EEXIST: NAME_TAKEN,
    EOPNOTSUPP: ({ kind = '' }) =>
      `the kernel has no links of the kind '${kind}' and could not load them; load them: modprobe ${MODULES[kind] ?? kind}`,
    EINVAL: 'the kernel found the settings invalid',
  },
  removeLink: { EOPNOTSUPP: 'it is hardware, or the kernel keeps it (lo); updateLink can switch it off' },
  updateLink: {
    EINVAL: 'the interface cannot have this MTU',
    ERANGE: 'the interface cannot have this MTU',
  },
  addAddress: ADD_ADDRESS,
  removeAddress: { EADDRNOTAVAIL: 'the interface does not have this address with this prefix length' },
  addRoute: ADD_ROUTE,
  removeRoute: { ESRCH: 'there is no such route' },
  routeTo: {
    ENETUNREACH: NO_ROUTE,
    EHOSTUNREACH: NO_ROUTE,
    EACCES: 'a route of type prohibit leads there',
    EINVAL: NO_ROUTE,
  },
}

/** Commands that fail for the reasons of another one. */
const SAME_AS: Readonly<Record<string, string>> = {
  ensureLink: 'addLink',
  ensureNoLink: 'removeLink',
  ensureAddress: 'addAddress',
  ensureNoAddress: 'removeAddress',
  ensureRoute: 'addRoute',
  ensureNoRoute: 'removeRoute',
}

/** What an error means whatever the command was. */
const COMMON_EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  EPERM:
    'this needs the capability CAP_NET_ADMIN over the network namespace; run it as root, in a container with --cap-add NET_ADMIN',
  ENODEV: ({ interface: name }) =>
    name === undefined
      ? 'there is no such network interface in this network namespace'
      : `there is no network interface '${name}' in this network namespace; links() lists those there are`,
  EAFNOSUPPORT: 'the kernel has IPv6 switched off (ipv6.disable=1)',
  EOPNOTSUPP: 'this kernel does not know the command, or has IPv6 switched off (ipv6.disable=1)',
  ENOMEM: 'the kernel is out of memory',
  ENOBUFS: 'the kernel is out of memory',
  EBUSY: 'another read is under way on the same socket',
  EINVAL: 'the kernel found the request invalid',
}

/** One sentence on why the kernel refused a command and what to do about it. */
export function explainNetworkError(
  command: string,
  code: string,
  circumstances: NetworkErrorContext,
): string {
  const sentences = EXPLANATIONS[SAME_AS[command] ?? command]
  const sentence = sentences?.[code] ?? COMMON_EXPLANATIONS[code] ?? 'the kernel refused the command'
  return typeof sentence === 'string' ? sentence : sentence(circumstances)
}
