/**
 * The one seam between this library and a kernel. The real kernel is one implementation
 * ({@link KernelTransport}); anything that speaks the same bytes can be another.
 */

/** Which netlink family of sockets: `generic` carries IPVS, `route` carries links, addresses and routes. */
export type NetlinkProtocol = 'generic' | 'route'

/** A way to reach one kernel, in one network namespace. */
export interface Transport {
  /**
   * Opens a netlink socket.
   *
   * @throws {SystemError} when the namespace or the socket cannot be opened; it carries `code`, `errno`, `syscall`.
   */
  open(protocol: NetlinkProtocol): Promise<NetlinkSocket>
  /**
   * Reads a file under `/proc/net` or `/proc/sys`, as seen from this transport's network namespace, in pieces.
   *
   * @throws {SystemError} such as `ENOENT`, when iteration begins.
   */
  readFile(path: string): AsyncIterable<Uint8Array>
}

/**
 * A way to reach a host besides its netlink: what a kernel is told through files and raw frames. Sysctls and
 * announcements need it; the running kernel has all of it.
 */
export interface HostTransport extends Transport {
  /**
   * Replaces what a file under `/proc/sys` holds, as seen from this transport's network namespace, with one write. The file
   * has to exist.
   *
   * @throws {SystemError} such as `ENOENT`, `EACCES` (opening), `EINVAL` or `EPERM` (writing).
   */
  writeFile(path: string, text: string): Promise<void>
  /**
   * Sends one Ethernet frame, its header included and its checksum left out, from a network interface.
   *
   * @throws {SystemError} such as `ENXIO` (no such interface) or `ENETDOWN`.
   */
  sendFrame(interfaceIndex: number, frame: Uint8Array): Promise<void>
}

/** An open netlink socket. One exchange runs at a time. */
export interface NetlinkSocket {
  /** How many exchanges may be under way: one that runs, and those that wait for it to end. Default 1. */
  readonly depth?: number
  /** The socket's address (netlink port id). */
  readonly portId: number
  /** Bytes of replies the kernel will hold for this socket, as the kernel accounts them (`SO_RCVBUF`). */
  readonly receiveBuffer: number
  /** Bytes one datagram may have at most (`SO_SNDBUF` less the kernel's own share). */
  readonly sendBuffer: number
  /**
   * Sends datagrams one after another. Each is sent only after the one before it was answered: until the
   * `NLMSG_DONE` or `NLMSG_ERROR` that carries the sequence number of its last message has arrived.
   * Nothing of it runs on the event loop. What is done within some microseconds may be given at once; then not so
   * often in a row that the event loop would not go round.
   */
  exchange(request: ExchangeRequest): ExchangeReport | Promise<ExchangeReport>
  /**
   * Closes the socket. Idempotent; an exchange under way ends as `failed` with `ECANCELED` or completes, and those that
   * wait for it are `not-started`.
   */
  close(): void
}

/** What to send and where to put what comes back. Neither buffer may be touched until the promise settles. */
export interface ExchangeRequest {
  /** All datagrams, back to back. */
  readonly datagrams: Uint8Array
  /** Where each datagram ends in `datagrams`; only the first `count` entries are looked at. */
  readonly ends: Uint32Array
  /** How many datagrams there are. */
  readonly count: number
  /** Index of the datagram to start with. */
  readonly first: number
  /** Whether datagram `first` was sent by an earlier call and only its answers are still to come. */
  readonly awaiting: boolean
  /** Whether it is only to begin if the exchange before it was complete. Default false. */
  readonly onlyIfPreviousComplete?: boolean
  /**
   * Receives the answers, each starting at a multiple of four. At least 64 KiB: a read is only made while
   * 32 KiB are free, because that is the largest block the kernel makes (`netlink_dump`, af_netlink.c).
   */
  readonly replies: Uint8Array
}

/**
 * How an exchange ended:
 * - `complete`: every datagram was answered.
 * - `full`: the reply buffer is used up; call again with the same datagrams, `first` and `awaiting` as reported.
 * - `unanswered`: the kernel has executed datagram `datagram` but there is no terminator. A netlink send to the
 *   kernel runs synchronously, so an empty queue after it is final. Later datagrams were not sent.
 * - `overrun`: the receive buffer overflowed (`ENOBUFS`) at `datagram`: its commands ran, answers were lost.
 *   What survived is in the buffer. Later datagrams were not sent.
 * - `truncated`: a reply was larger than the room for it; the rest of it is lost. The others are in the buffer and
 *   later datagrams were not sent.
 * - `failed`: a system call failed with `errno`; if `awaiting` is false, `datagram` was not sent.
 * - `not-started`: it was not sent, since the exchange before it, on which it depends, was not complete.
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
  /** Whether that datagram was sent and its answers are still (partly) to come. */
  readonly awaiting: boolean
  /** Bytes written to `replies`. */
  readonly received: number
  /** Positive error number with `failed`, else 0. */
  readonly errno: number
  /** Which system call failed, with `failed`. */
  readonly syscall: 'sendmsg' | 'recvmmsg' | ''
  /** System calls made that sent. */
  readonly sends: number
  /** System calls made that received. */
  readonly receives: number
}
