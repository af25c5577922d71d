import { debuglog } from 'node:util'
import { escapeControlsInLines } from '../control-characters.ts'
import { ArgumentTypeError } from '../errors.ts'
import { checkInteger, KnownFields } from './arguments/check.ts'
import { Connection } from './connection/connection.ts'
import { KernelTransport } from './transport/kernel-transport.ts'
import type { HostTransport, NetlinkProtocol, Transport } from './transport/transport.ts'
import { describeMessage, type PayloadDescriber } from './wire/describe.ts'

/** Options of opening a client. */
export interface OpenOptions<T extends Transport = Transport> {
  /** Path of a network namespace, such as `/run/netns/director`. Default: the namespace of the process. */
  readonly netns?: string | undefined
  /**
   * Milliseconds that one exchange with the kernel may take, 1 to 2147483647. Default 30000. Calls that take longer reject with
   * `ERR_LVS_TIMEOUT`, and the client continues on a new socket.
   */
  readonly timeout?: number | undefined
  /** Another transport, such as a simulated kernel. Default: the running kernel. */
  readonly transport?: T | undefined
  /** Aborts opening. */
  readonly signal?: AbortSignal | undefined
}

const KNOWN_FIELDS = new KnownFields(['netns', 'timeout', 'transport', 'signal'])
const DEFAULT_TIMEOUT = 30_000
const wire = debuglog('lvs-wire')

/** The settings that a client opens sockets with. */
export interface ConnectionSettings<T extends Transport> {
  readonly transport: T | KernelTransport
  readonly timeout: number
}

/** Checks the options of opening a client, and applies the defaults. */
export function resolveTransport<T extends Transport = HostTransport>(
  options: OpenOptions<T>,
): ConnectionSettings<T> {
  KNOWN_FIELDS.check('options', options)
  const { netns, signal, timeout = DEFAULT_TIMEOUT } = options
  checkInteger('timeout', timeout, 1, 2 ** 31 - 1)
  checkNetns(netns)
  checkTransport(options.transport)
  signal?.throwIfAborted()
  return { transport: options.transport ?? new KernelTransport({ netns }), timeout }
}

/** Opens a connection. `describe` prints the payload of a message, for `NODE_DEBUG=lvs-wire`. */
export function openConnection(
  { transport, timeout }: ConnectionSettings<Transport>,
  protocol: NetlinkProtocol,
  describe: PayloadDescriber,
): Promise<Connection> {
  return Connection.open(transport, {
    protocol,
    timeout,
    observe: wire.enabled
      ? (direction, view, message) =>
          wire('%s %s', direction, escapeControlsInLines(describeMessage(view, message, describe)))
      : undefined,
  })
}

function checkNetns(netns: unknown): void {
  if (netns === undefined || (typeof netns === 'string' && /^[^\0]+$/.test(netns))) return
  throw new ArgumentTypeError('netns', 'the path of a network namespace, such as /run/netns/director', netns)
}

function checkTransport(transport: Partial<Transport> | null | undefined): void {
  if (transport === undefined || typeof transport?.open === 'function') return
  throw new ArgumentTypeError('transport', 'a Transport', transport)
}
