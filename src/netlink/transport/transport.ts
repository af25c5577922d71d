/**
 * The interface between this library and a kernel. {@link KernelTransport} implements it for the running kernel; any object
 * that exchanges the same bytes can replace it.
 */

/** Netlink protocol of a socket: `generic` for IPVS, `route` for links, addresses and routes. */
export type NetlinkProtocol = 'generic' | 'route'

/** Access to one kernel, in one network namespace. */
export interface Transport {
  /**
   * Opens a netlink socket.
   *
   * @throws {SystemError} with `code`, `errno` and `syscall` if the namespace or the socket cannot be opened.
   */
  open(protocol: NetlinkProtocol): Promise<NetlinkSocket>
  /**
   * Reads a file under `/proc/net` or `/proc/sys` as seen in the transport's network namespace, in chunks.
   *
   * @throws {SystemError} such as `ENOENT` when iteration begins.
   */
  readFile(path: string): AsyncIterable<Uint8Array>
}

/**
 * Access to a host beyond netlink: files of the kernel and raw frames. Sysctls and announcements require it; the transport of
 * the running kernel provides it.
 */
export interface HostTransport extends Transport {
  /**
   * Replaces the content of an existing file under `/proc/sys`, as seen in the transport's network namespace, with one
   * write.
   *
   * @throws {SystemError} such as `ENOENT`, `EACCES` (opening), `EINVAL` or `EPERM` (writing).
   */
  writeFile(path: string, text: string): Promise<void>
  /**
   * Sends one Ethernet frame, with its header and without a checksum, from a network interface.
   *
   * @throws {SystemError} such as `ENXIO` (no such interface) or `ENETDOWN`.
   */
  sendFrame(interfaceIndex: number, frame: Uint8Array): Promise<void>
}

/** An open netlink socket. One exchange runs at a time. */
export interface NetlinkSocket {
  /** How many exchanges may be in flight: one is running, the others are queued. Default 1. */
  readonly depth?: number
  /** The socket's address (netlink port id). */
  readonly portId: number
  /** Bytes of replies that the kernel queues for this socket, by its own accounting (`SO_RCVBUF`). */
  readonly receiveBuffer: number
  /** Maximum size of a datagram in bytes (`SO_SNDBUF` minus the kernel's overhead). */
  readonly sendBuffer: number
  /**
   * Sends datagrams one after another. Each is sent after the previous one has been answered: after the `NLMSG_DONE` or
   * `NLMSG_ERROR` with the sequence number of its last message has arrived. The exchange does not run on the event loop. The
   * report of an exchange that ends within microseconds may be returned synchronously, but not so often in a row that the event
   * loop starves.
   */
  exchange(request: ExchangeRequest): ExchangeReport | Promise<ExchangeReport>
  /**
   * Closes the socket. Idempotent. A running exchange ends as `failed` with `ECANCELED` or completes; queued ones end as
   * `not-started`.
   */
  close(): void
}

/** Datagrams to send, and the buffer for the replies. Do not touch either until the promise settles. */
export interface ExchangeRequest {
  /** All datagrams, back to back. */
  readonly datagrams: Uint8Array
  /** The end of each datagram in `datagrams`; only the first `count` entries are used. */
  readonly ends: Uint32Array
  /** The number of datagrams. */
  readonly count: number
  /** Index of the datagram to start with. */
  readonly first: number
  /** Whether datagram `first` was sent by an earlier call, and only its replies are outstanding. */
  readonly awaiting: boolean
  /** Whether to start only if the previous exchange was complete. Default false. */
  readonly onlyIfPreviousComplete?: boolean
  /**
   * Receives the replies, each at a multiple of four. At least 64 KiB: the socket is read only while 32 KiB are free, the size
   * of the largest block that the kernel sends (`netlink_dump`, af_netlink.c).
   */
  readonly replies: Uint8Array
}

/**
 * How an exchange ended:
 * - `complete`: every datagram was answered.
 * - `full`: the reply buffer is full; call again with the same datagrams, and `first` and `awaiting` as reported.
 * - `unanswered`: the kernel has executed datagram `datagram` without a terminating reply. A netlink send to the kernel runs
 *   synchronously, so an empty queue after it is final. Later datagrams were not sent.
 * - `overrun`: the receive buffer overflowed (`ENOBUFS`) at `datagram`: its commands were executed, and replies were lost. The
 *   remaining replies are in the buffer. Later datagrams were not sent.
 * - `truncated`: a reply did not fit the buffer, and the rest of it is lost. The other replies are in the buffer. Later
 *   datagrams were not sent.
 * - `failed`: a system call failed with `errno`; if `awaiting` is false, `datagram` was not sent.
 * - `not-started`: nothing was sent, because the previous exchange was not complete.
 */
export type ExchangeState =
  | 'complete'
  | 'full'
  | 'unanswered'
  | 'overrun'
  | 'truncated'
  | 'failed'
  | 'not-started'

/** The outcome of {@link NetlinkSocket.exchange}. */
export interface ExchangeReport {
  /** How it ended. */
  readonly state: ExchangeState
  /** The datagram concerned; with `complete`, the number of datagrams. */
  readonly datagram: number
  /** Whether that datagram was sent, and replies to it are outstanding. */
  readonly awaiting: boolean
  /** Bytes written to `replies`. */
  readonly received: number
  /** Positive error number with `failed`, otherwise 0. */
  readonly errno: number
  /** The system call that failed, with `failed`. */
  readonly syscall: 'sendmsg' | 'recvmmsg' | ''
  /** Number of sending system calls. */
  readonly sends: number
  /** Number of receiving system calls. */
  readonly receives: number
}
