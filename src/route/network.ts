import type { CallOptions } from '../netlink/arguments/call-options.ts'
import type { Activity } from '../netlink/connection/activity.ts'
import { type OpenOptions, openConnection, resolveTransport } from '../netlink/open.ts'
import type { HostTransport } from '../netlink/transport/transport.ts'
import {
  addAddress,
  ensureAddress,
  ensureNoAddress,
  listAddresses,
  removeAddress,
} from './commands/address-commands.ts'
import { type AnnounceOptions, announce } from './commands/announce.ts'
import type { NetworkClient } from './commands/client.ts'
import {
  addLink,
  ensureLink,
  ensureNoLink,
  findLink,
  listLinks,
  removeLink,
  updateLink,
} from './commands/link-commands.ts'
import { listNeighbours } from './commands/neighbour-commands.ts'
import { Requests } from './commands/network-call.ts'
import { addRoute, ensureNoRoute, ensureRoute, listRoutes, removeRoute } from './commands/route-commands.ts'
import { routeTo } from './commands/route-lookup.ts'
import type {
  AddressFilter,
  InterfaceAddress,
  InterfaceAddressInput,
  InterfaceAddressKey,
} from './model/interface-address.ts'
import type { Link, LinkChanges, LinkInput } from './model/link.ts'
import type { Neighbour, NeighbourFilter } from './model/neighbour.ts'
import type { Route, RouteFilter, RouteInput, RouteLookup } from './model/route.ts'
import { describeRoutePayload } from './protocol/describe.ts'

/**
 * The links, addresses, routes and neighbours of one network namespace, as far as virtual addresses need them
 * (rtnetlink(7)).
 *
 * Calls may be made concurrently and reach the kernel in the order in which they were made, except that those that name an
 * interface first ask for its number. Every call may reject with a `TypeError` or `RangeError` (an argument; nothing was
 * sent), a {@link NetworkError} (the kernel refused) or a `NetlinkError` (something went wrong on the way). An idle
 * client does not keep the process alive. Reading needs no privilege, changing needs `CAP_NET_ADMIN` over the network
 * namespace, an announcement `CAP_NET_RAW`.
 *
 * @example
 * ```ts
 * await using network = await Network.open()
 * await network.ensureAddress({ address: '192.0.2.10/32', interface: 'lo', label: 'lo:0' })
 * ```
 */
export class Network implements AsyncDisposable {
  readonly #client: NetworkClient

  private constructor(client: NetworkClient) {
    this.#client = client
  }

  /**
   * Opens a client.
   *
   * @throws {AddonError} when the addon cannot be loaded.
   * @throws {Error} of the system (`code`, `syscall`) when the namespace or the socket cannot be opened.
   */
  static async open(options: OpenOptions<HostTransport> = {}): Promise<Network> {
    const opening = resolveTransport(options)
    const connection = await openConnection(opening, 'route', describeRoutePayload)
    return new Network({ requests: new Requests(connection), transport: opening.transport })
  }

  /** Reads all network interfaces. `ip link`; RTM_GETLINK. */
  links(options: CallOptions = {}): Promise<Link[]> {
    return listLinks(this.#client, options)
  }

  /** Reads one network interface; undefined when there is none of that name. RTM_GETLINK. */
  link(name: string, options: CallOptions = {}): Promise<Link | undefined> {
    return findLink(this.#client, name, options)
  }

  /**
   * Makes a network interface; it is down at first. `ip link add`; RTM_NEWLINK.
   *
   * The first tunnel of its kind makes the kernel load a module, which by itself makes a tunnel that takes packets from
   * anywhere (`tunl0`, `sit0`, `ip6tnl0`, `gre0`): one more of that sort is refused with `EEXIST`.
   *
   * @throws {NetworkError} `EEXIST` the name, or a tunnel with these ends, exists; `EOPNOTSUPP` the kernel has no such kind.
   */
  addLink(link: LinkInput, options: CallOptions = {}): Promise<void> {
    return addLink(this.#client, link, options)
  }

  /**
   * Makes a network interface unless there is one of that name and kind. Gives whether it had to.
   *
   * @throws {NetworkError} `EEXIST` there is one of that name with another kind or other ends.
   */
  ensureLink(link: LinkInput, options: CallOptions = {}): Promise<boolean> {
    return ensureLink(this.#client, link, options)
  }

  /**
   * Removes a network interface with its addresses and routes. `ip link delete`; RTM_DELLINK. The tunnels that a module
   * made by itself (`tunl0`, ...) stay, without an error (ip_tunnel_dellink).
   *
   * @throws {NetworkError} `ENODEV` there is none of that name; `EOPNOTSUPP` it is hardware.
   */
  removeLink(name: string, options: CallOptions = {}): Promise<void> {
    return removeLink(this.#client, name, options)
  }

  /** Removes a network interface if it is there. Gives whether it was. */
  ensureNoLink(name: string, options: CallOptions = {}): Promise<boolean> {
    return ensureNoLink(this.#client, name, options)
  }

  /**
   * Changes a network interface: only what is named changes. `ip link set`; RTM_NEWLINK.
   *
   * @throws {NetworkError} `ENODEV` there is none of that name; `EINVAL` it cannot have this MTU.
   */
  updateLink(name: string, changes: LinkChanges, options: CallOptions = {}): Promise<void> {
    return updateLink(this.#client, name, changes, options)
  }

  /**
   * Reads the addresses of interfaces. `ip address`; RTM_GETADDR.
   *
   * @throws {NetworkError} `ENODEV` there is no such interface.
   */
  addresses(filter: AddressFilter = {}, options: CallOptions = {}): Promise<InterfaceAddress[]> {
    return listAddresses(this.#client, filter, options)
  }

  /**
   * Gives an interface an address. `ip address add`; RTM_NEWADDR. An IPv6 address without `nodad` is not usable at once: it is
   * `tentative` while the network is asked whether anybody else has it.
   *
   * @throws {NetworkError} `EEXIST` the interface has it (with IPv6: under any prefix length); `ENODEV` there is no such
   * interface; `EACCES` IPv6 is switched off on it.
   */
  addAddress(address: InterfaceAddressInput, options: CallOptions = {}): Promise<void> {
    return addAddress(this.#client, address, options)
  }

  /**
   * Gives an interface an address unless it has it. Gives whether it had to. Prefix length and, where they are named, label,
   * scope and peer have to be the same, and with a `preferredLifetime` of 0 it has to be `deprecated`.
   *
   * @throws {NetworkError} `EEXIST` the interface has it, but otherwise than asked for.
   */
  ensureAddress(address: InterfaceAddressInput, options: CallOptions = {}): Promise<boolean> {
    return ensureAddress(this.#client, address, options)
  }

  /**
   * Takes an address from an interface, and with it the routes that came with it. `ip address del`; RTM_DELADDR. With the
   * first IPv4 address of a subnet the `secondary` ones of that subnet go too, unless the sysctl `promote_secondaries` is set
   * (inet_del_ifa).
   *
   * @throws {NetworkError} `EADDRNOTAVAIL` the interface does not have it; `ENODEV` there is no such interface.
   */
  removeAddress(address: InterfaceAddressKey, options: CallOptions = {}): Promise<void> {
    return removeAddress(this.#client, address, options)
  }

  /** Takes an address from an interface if it has it. Gives whether it did. An interface that is not there has none. */
  ensureNoAddress(address: InterfaceAddressKey, options: CallOptions = {}): Promise<boolean> {
    return ensureNoAddress(this.#client, address, options)
  }

  /** Reads routes, by default those of the main table. `ip route`; RTM_GETROUTE. */
  routes(filter: RouteFilter = {}, options: CallOptions = {}): Promise<Route[]> {
    return listRoutes(this.#client, filter, options)
  }

  /**
   * Makes a route. `ip route add`; RTM_NEWROUTE.
   *
   * @throws {NetworkError} `EEXIST` there is one with this destination and metric; `ENETUNREACH` the router is in no network
   * of this host; `ENETDOWN` the interface is down; `ENODEV` there is no such interface.
   */
  addRoute(route: RouteInput, options: CallOptions = {}): Promise<void> {
    return addRoute(this.#client, route, options)
  }

  /**
   * Makes a route unless it is there as asked for. Gives whether it had to.
   *
   * @throws {NetworkError} `EEXIST` there is another one with this destination and metric.
   */
  ensureRoute(route: RouteInput, options: CallOptions = {}): Promise<boolean> {
    return ensureRoute(this.#client, route, options)
  }

  /**
   * Removes the first route that is as described. `ip route del`; RTM_DELROUTE.
   *
   * @throws {NetworkError} `ESRCH` there is none.
   */
  removeRoute(route: RouteInput, options: CallOptions = {}): Promise<void> {
    return removeRoute(this.#client, route, options)
  }

  /** Removes the first route that is as described, if there is one. Gives whether there was. */
  ensureNoRoute(route: RouteInput, options: CallOptions = {}): Promise<boolean> {
    return ensureNoRoute(this.#client, route, options)
  }

  /**
   * Asks which way a packet to an address would take; `destination` then is that address. Type `local` means that this host
   * takes it in itself; unless there are rules, `table` is main even then. `ip route get`; RTM_GETROUTE.
   *
   * @throws {NetworkError} `ENETUNREACH` there is no way.
   */
  routeTo(address: string, lookup: RouteLookup = {}, options: CallOptions = {}): Promise<Route> {
    return routeTo(this.#client, address, lookup, options)
  }

  /** Reads the table of neighbours: which hardware address an IP address has. `ip neighbour`; RTM_GETNEIGH. */
  neighbours(filter: NeighbourFilter = {}, options: CallOptions = {}): Promise<Neighbour[]> {
    return listNeighbours(this.#client, filter, options)
  }

  /**
   * Tells the network of an interface that this host has an address now, so that those who knew it elsewhere send here at
   * once: gratuitous ARP for IPv4 (a request and a reply, as arping(8) sends with `-U` and `-A`), an unsolicited neighbour
   * advertisement for IPv6. The address need not be the interface's. Nobody answers; hosts that did not know the address do
   * not learn it.
   *
   * @throws {NetworkError} `EOPNOTSUPP` the interface is not Ethernet or does without ARP, as the loopback interface;
   * `ENETDOWN` it is down; `ENODEV` there is none of that name.
   */
  announce(address: string, interfaceName: string, options: AnnounceOptions = {}): Promise<void> {
    return announce(this.#client, address, interfaceName, options)
  }

  /** Messages, datagrams and system calls since the client was opened. */
  get activity(): Readonly<Activity> {
    return { ...this.#client.requests.connection.activity }
  }

  /** Closes the client: what waits rejects with `ERR_LVS_CLOSED`. Idempotent. */
  close(): void {
    this.#client.requests.connection.close()
  }

  /** Closes the client at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}
