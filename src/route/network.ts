import type { CallOptions } from '../netlink/arguments/call-options.ts'
import type { Activity } from '../netlink/connection/exchange-pipeline.ts'
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
import { NetworkClient } from './commands/network-client.ts'
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
 * The links, addresses, routes and neighbours of a network namespace, in the scope that virtual addresses require
 * (rtnetlink(7)).
 *
 * Calls may be made concurrently. They reach the kernel in order, except that a call that names an interface first looks up
 * its index. Every call may reject with a `TypeError` or `RangeError` (an invalid argument; nothing was sent), a
 * {@link NetworkError} (the kernel refused) or a `NetlinkError` (the exchange failed). An idle client does not keep the
 * process alive. Reading needs no privileges; changes need `CAP_NET_ADMIN` in the user namespace of the network namespace,
 * announcements `CAP_NET_RAW`.
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
   * @throws {AddonError} if the addon cannot be loaded.
   * @throws {Error} a system error (`code`, `syscall`) if the namespace or the socket cannot be opened.
   */
  static async open(options: OpenOptions<HostTransport> = {}): Promise<Network> {
    const opening = resolveTransport(options)
    const connection = await openConnection(opening, 'route', describeRoutePayload)
    return new Network(new NetworkClient(connection, opening.transport))
  }

  /** Reads all network interfaces. `ip link`; RTM_GETLINK. */
  links(options: CallOptions = {}): Promise<Link[]> {
    return listLinks(this.#client, options)
  }

  /** Reads one network interface; undefined if no interface has this name. RTM_GETLINK. */
  findLink(name: string, options: CallOptions = {}): Promise<Link | undefined> {
    return findLink(this.#client, name, options)
  }

  /**
   * Adds a network interface, which is down at first. `ip link add`; RTM_NEWLINK.
   *
   * For the first tunnel of a kind, the kernel loads a module that creates a tunnel without endpoints, for packets from any
   * address (`tunl0`, `sit0`, `ip6tnl0`, `gre0`). The kernel then refuses a second tunnel without endpoints with `EEXIST`.
   *
   * @throws {NetworkError} `EEXIST` the name, or a tunnel with these endpoints, exists; `EOPNOTSUPP` unsupported kind.
   */
  addLink(link: LinkInput, options: CallOptions = {}): Promise<void> {
    return addLink(this.#client, link, options)
  }

  /**
   * Adds a network interface unless an interface of that name and kind exists. Resolves to true if it added one.
   *
   * @throws {NetworkError} `EEXIST` an interface of that name has another kind or other endpoints.
   */
  ensureLink(link: LinkInput, options: CallOptions = {}): Promise<boolean> {
    return ensureLink(this.#client, link, options)
  }

  /**
   * Removes a network interface with its addresses and routes. `ip link delete`; RTM_DELLINK. The tunnels that a module
   * creates (`tunl0`, ...) remain, without an error (ip_tunnel_dellink).
   *
   * @throws {NetworkError} `ENODEV` no such interface; `EOPNOTSUPP` it is a hardware device.
   */
  removeLink(name: string, options: CallOptions = {}): Promise<void> {
    return removeLink(this.#client, name, options)
  }

  /** Removes a network interface if it exists. Resolves to true if it removed one. */
  ensureNoLink(name: string, options: CallOptions = {}): Promise<boolean> {
    return ensureNoLink(this.#client, name, options)
  }

  /**
   * Changes a network interface; omitted settings keep their values. `ip link set`; RTM_NEWLINK.
   *
   * @throws {NetworkError} `ENODEV` no such interface; `EINVAL` it cannot have this MTU.
   */
  updateLink(name: string, changes: LinkChanges, options: CallOptions = {}): Promise<void> {
    return updateLink(this.#client, name, changes, options)
  }

  /**
   * Reads the addresses of interfaces. `ip address`; RTM_GETADDR.
   *
   * @throws {NetworkError} `ENODEV` no such interface.
   */
  addresses(filter: AddressFilter = {}, options: CallOptions = {}): Promise<InterfaceAddress[]> {
    return listAddresses(this.#client, filter, options)
  }

  /**
   * Adds an address to an interface. `ip address add`; RTM_NEWADDR. An IPv6 address without `nodad` is not usable at first: it
   * is `tentative` until duplicate address detection has finished.
   *
   * @throws {NetworkError} `EEXIST` the interface has the address (IPv6: with any prefix length); `ENODEV` no such
   * interface; `EACCES` IPv6 is disabled on it.
   */
  addAddress(address: InterfaceAddressInput, options: CallOptions = {}): Promise<void> {
    return addAddress(this.#client, address, options)
  }

  /**
   * Adds an address to an interface unless the interface has it. Resolves to true if it added one. The prefix length and, if
   * given, the label, scope and peer must be the same, and with a `preferredLifetime` of 0 the address must be `deprecated`.
   *
   * @throws {NetworkError} `EEXIST` the interface has the address with other settings.
   */
  ensureAddress(address: InterfaceAddressInput, options: CallOptions = {}): Promise<boolean> {
    return ensureAddress(this.#client, address, options)
  }

  /**
   * Removes an address from an interface, and the routes that were added with it. `ip address del`; RTM_DELADDR. With the first
   * IPv4 address of a subnet, the kernel also removes the `secondary` ones, unless the sysctl `promote_secondaries` is set
   * (inet_del_ifa).
   *
   * @throws {NetworkError} `EADDRNOTAVAIL` the interface does not have the address; `ENODEV` no such interface.
   */
  removeAddress(address: InterfaceAddressKey, options: CallOptions = {}): Promise<void> {
    return removeAddress(this.#client, address, options)
  }

  /**
   * Removes an address from an interface if the interface has it. Resolves to true if it removed the address, otherwise to
   * false, even if there is no such interface.
   */
  ensureNoAddress(address: InterfaceAddressKey, options: CallOptions = {}): Promise<boolean> {
    return ensureNoAddress(this.#client, address, options)
  }

  /** Reads routes, by default those of the main table. `ip route`; RTM_GETROUTE. */
  routes(filter: RouteFilter = {}, options: CallOptions = {}): Promise<Route[]> {
    return listRoutes(this.#client, filter, options)
  }

  /**
   * Adds a route. `ip route add`; RTM_NEWROUTE.
   *
   * @throws {NetworkError} `EEXIST` a route with this destination and metric exists; `ENETUNREACH` the gateway is not in a
   * network of this host; `ENETDOWN` the interface is down; `ENODEV` no such interface.
   */
  addRoute(route: RouteInput, options: CallOptions = {}): Promise<void> {
    return addRoute(this.#client, route, options)
  }

  /**
   * Adds a route unless it exists. Resolves to true if it added one.
   *
   * @throws {NetworkError} `EEXIST` a route with this destination and metric has other settings.
   */
  ensureRoute(route: RouteInput, options: CallOptions = {}): Promise<boolean> {
    return ensureRoute(this.#client, route, options)
  }

  /**
   * Removes the first route that matches. `ip route del`; RTM_DELROUTE.
   *
   * @throws {NetworkError} `ESRCH` no such route.
   */
  removeRoute(route: RouteInput, options: CallOptions = {}): Promise<void> {
    return removeRoute(this.#client, route, options)
  }

  /** Removes the first route that matches, if there is one. Resolves to true if it removed one. */
  ensureNoRoute(route: RouteInput, options: CallOptions = {}): Promise<boolean> {
    return ensureNoRoute(this.#client, route, options)
  }

  /**
   * Looks up the route of a packet to an address, which is the `destination` of the result. The type `local` means that the
   * address belongs to this host; without policy rules, `table` is main even then. `ip route get`; RTM_GETROUTE.
   *
   * @throws {NetworkError} `ENETUNREACH` no route to the address.
   */
  routeTo(address: string, lookup: RouteLookup = {}, options: CallOptions = {}): Promise<Route> {
    return routeTo(this.#client, address, lookup, options)
  }

  /** Reads the neighbour table, which maps IP addresses to hardware addresses. `ip neighbour`; RTM_GETNEIGH. */
  neighbours(filter: NeighbourFilter = {}, options: CallOptions = {}): Promise<Neighbour[]> {
    return listNeighbours(this.#client, filter, options)
  }

  /**
   * Announces on the network of an interface that this host has an address, so that hosts that have cached another hardware
   * address send to this host at once: gratuitous ARP for IPv4 (a request and a reply, as arping(8) sends with `-U` and `-A`),
   * an unsolicited neighbour advertisement for IPv6. The interface need not have the address. There is no reply, and hosts
   * without a cache entry do not create one.
   *
   * @throws {NetworkError} `EOPNOTSUPP` the interface is not Ethernet or has no ARP, such as the loopback interface;
   * `ENETDOWN` it is down; `ENODEV` no such interface.
   */
  announce(address: string, interfaceName: string, options: AnnounceOptions = {}): Promise<void> {
    return announce(this.#client, address, interfaceName, options)
  }

  /** Counters of messages, datagrams and system calls since the client was opened. */
  get activity(): Readonly<Activity> {
    return { ...this.#client.connection.activity }
  }

  /** Closes the client; pending calls reject with `ERR_LVS_CLOSED`. Idempotent. */
  close(): void {
    this.#client.connection.close()
  }

  /** Closes the client at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}
