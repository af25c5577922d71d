import { debuglog } from 'node:util'
import { ArgumentTypeError, IpvsUnavailableError } from '../errors.ts'
import { Connection } from '../netlink/connection.ts'
import { describeMessage } from '../netlink/describe.ts'
import { GenericFamily } from '../netlink/generic-family.ts'
import { KernelTransport } from '../netlink/kernel-transport.ts'
import type { Transport } from '../netlink/transport.ts'
import { COMMAND, INFO } from './attributes.ts'
import { checkInteger } from './check.ts'
import { Commands } from './commands.ts'
import { KnownFields } from './known-fields.ts'
import { IPVS_CMD, IPVS_GENL_NAME, IPVS_GENL_VERSION } from './uapi.ts'

/** How a client reaches its kernel. */
export interface OpenOptions {
  /** Path of a network namespace, such as `/run/netns/director`. Default: the process's own. */
  readonly netns?: string | undefined
  /**
   * Milliseconds that the kernel may take over one exchange, 1 to 2147483647. Default 30000. Whoever waits longer is told
   * (`ERR_LVS_TIMEOUT`), and the client goes on with a new socket.
   */
  readonly timeout?: number | undefined
  /** Another way to reach a kernel, or something that plays one. Default: the running kernel. */
  readonly transport?: Transport | undefined
  /** Gives up opening. */
  readonly signal?: AbortSignal | undefined
}

const KNOWN_FIELDS = new KnownFields(['netns', 'timeout', 'transport', 'signal'])
const DEFAULT_TIMEOUT = 30_000
const NO_IPVS =
  'This kernel has no IPVS, or could not load it; load it (modprobe ip_vs), in a container on the host, and see that the kernel was built with CONFIG_IP_VS'

const wire = debuglog('lvs-wire')
const FAMILY = {
  commands: IPVS_CMD,
  tableOf: (command: number) => (command === IPVS_CMD.SET_INFO ? INFO : COMMAND),
}

/** Opens a socket and finds the family; what the kernel has to load for it gets loaded. */
export async function openCommands(
  options: OpenOptions,
): Promise<{ commands: Commands; transport: Transport }> {
  KNOWN_FIELDS.check('options', options)
  const { netns, signal, timeout = DEFAULT_TIMEOUT } = options
  checkInteger('timeout', timeout, 1, 2 ** 31 - 1)
  checkNetns(netns)
  checkTransport(options.transport)
  signal?.throwIfAborted()
  const transport = options.transport ?? new KernelTransport({ netns })
  const connection = await Connection.open(transport, {
    protocol: 'generic',
    timeout,
    observe: wire.enabled
      ? (direction, view, message) => wire('%s %s', direction, describeMessage(view, message, FAMILY))
      : undefined,
  })
  try {
    const family = await GenericFamily.resolve(connection, IPVS_GENL_NAME, IPVS_GENL_VERSION, signal)
    if (family === undefined) throw new IpvsUnavailableError(NO_IPVS)
    return { commands: new Commands(family), transport }
  } catch (error) {
    connection.close()
    throw error
  }
}

function checkNetns(netns: unknown): void {
  if (netns === undefined || (typeof netns === 'string' && /^[^\0]+$/.test(netns))) return
  throw new ArgumentTypeError('netns', 'the path of a network namespace, such as /run/netns/director', netns)
}

function checkTransport(transport: Partial<Transport> | null | undefined): void {
  if (transport === undefined || typeof transport?.open === 'function') return
  throw new ArgumentTypeError('transport', 'a Transport', transport)
}
