import { ArgumentTypeError } from '../errors.ts'
import type { BatchCommand } from '../ipvs/write/batch-command.ts'
import type { NetlinkProtocol, NetlinkSocket, Transport } from '../netlink/transport/transport.ts'
import type { NetworkInterface } from './ipvs/address-type.ts'
import { type KernelProfile, type ProfileName, profileOf } from './ipvs/profile.ts'
import { Traffic } from './ipvs/traffic.ts'
import { runDirectCommands } from './kernel/direct-commands.ts'
import type { IpvsModule } from './kernel/ipvs-module.ts'
import { type KernelState, readState, type StateInput, setState } from './kernel/kernel-state.ts'
import { SimulatedMachine } from './kernel/simulated-machine.ts'
import type { VirtualClock } from './time/clock.ts'
import { seededRandom } from './time/random.ts'
import type { Faults } from './wire/faults.ts'
import type { RequestLog } from './wire/request-log.ts'

/** Options of a simulated kernel. */
export interface SimulatedKernelOptions {
  /** The kernel to simulate. Default `7.2`. */
  readonly profile?: ProfileName | KernelProfile | undefined
  /** Seed of all random values in the kernel, above all of the order of services since 7.1. Default 1. */
  readonly seed?: number | undefined
  /** The number of the family IPVS when the module is loaded for the first time. Default 30. */
  readonly familyId?: number | undefined
  /**
   * The network interfaces of every network namespace until `setInterfaces()` changes them. Default `lo`, up and with its
   * addresses.
   */
  readonly interfaces?: readonly NetworkInterface[] | undefined
}

/** The process that connects. */
export interface ConnectOptions {
  /** Name of its network namespace. The first call with a name creates the namespace. Default: the initial namespace. */
  readonly netns?: string | undefined
  /** Whether the process has CAP_NET_ADMIN, which every command of IPVS requires. Default true. */
  readonly privileged?: boolean | undefined
  /** Size of a socket's receive buffer in bytes (SO_RCVBUF). Default 4 MiB, as the addon requests. */
  readonly receiveBuffer?: number | undefined
  /** The largest datagram in bytes (SO_SNDBUF minus the kernel's overhead). Default 2 MiB minus 32. */
  readonly sendBuffer?: number | undefined
}

/** Most machines assign a number between 25 and 35. */
const FAMILY_ID = 30
const INTERFACES: readonly NetworkInterface[] = [{ name: 'lo', addresses: ['127.0.0.1/8', '::1/128'] }]

/** The buffers of a process that may exceed the system's limits, as root may. */
const RECEIVE_BUFFER = 4 * 1024 * 1024
const SEND_BUFFER = 2 * 1024 * 1024 - 32

/**
 * A kernel with IPVS that runs in this process and replies to netlink requests byte for byte as Linux does. It needs neither
 * root nor Linux, loads no addon, and has its own clock, which stands still until a test advances it.
 *
 * The kernel is itself a {@link Transport}, that of a privileged process in the initial network namespace.
 *
 * @example
 * ```ts
 * const kernel = new SimulatedKernel({ profile: '6.12' })
 * await using ipvs = await Ipvs.open({ transport: kernel })
 * ```
 */
export class SimulatedKernel implements Transport {
  readonly #machine: SimulatedMachine

  constructor(options: SimulatedKernelOptions = {}) {
    const { profile = '7.2', seed = 1, familyId = FAMILY_ID, interfaces = INTERFACES } = options
    this.#machine = new SimulatedMachine(profileOf(profile), seededRandom(seed), familyId, interfaces)
  }

  /** The kernel's clock. */
  get clock(): VirtualClock {
    return this.#machine.clock
  }

  /** The module `ip_vs`. */
  get module(): IpvsModule {
    return this.#machine.module
  }

  /** The requests that the kernel received. */
  get log(): RequestLog {
    return this.#machine.log
  }

  /** The faults that the kernel injects. */
  get faults(): Faults {
    return this.#machine.faults
  }

  /**
   * Texts of files under /proc by path, in addition to the files of IPVS in /proc/net, which the kernel generates. They are the
   * same in every network namespace.
   */
  get files(): Map<string, string> {
    return this.#machine.files
  }

  /** Returns a transport for `Ipvs.open({ transport })`, that of one process in one network namespace. */
  connect(options: ConnectOptions = {}): Transport {
    const {
      netns = '',
      privileged = true,
      receiveBuffer = RECEIVE_BUFFER,
      sendBuffer = SEND_BUFFER,
    } = options
    const machine = this.#machine
    machine.namespace(netns)
    return {
      open: async (protocol) => {
        checkProtocol(protocol)
        return machine.openSocket(netns, { privileged, receiveBuffer, sendBuffer })
      },
      readFile: (path) => machine.readFile(netns, path),
    }
  }

  /** Opens a socket of a privileged process in the initial network namespace. */
  open(protocol: NetlinkProtocol): Promise<NetlinkSocket> {
    return this.connect().open(protocol)
  }

  /** Reads a file as a process in the initial network namespace does. */
  readFile(path: string): AsyncIterable<Uint8Array> {
    return this.connect().readFile(path)
  }

  /**
   * Executes commands at once, as another client would. They are not logged, and no faults happen to them. An update must
   * contain every setting, because nothing is read first.
   *
   * @throws {Error} with the kernel's `code` if it refuses a command; the commands before it were executed.
   */
  run(commands: Iterable<BatchCommand>, { netns = '' }: { netns?: string | undefined } = {}): void {
    runDirectCommands(this.#machine, netns, commands)
  }

  /** Returns the complete state of IPVS in a network namespace, as plain data. */
  state({ netns = '' }: { netns?: string | undefined } = {}): KernelState {
    return readState(this.#machine.namespace(netns))
  }

  /** Replaces the complete state of IPVS in a network namespace. */
  setState(state: StateInput, { netns = '' }: { netns?: string | undefined } = {}): void {
    const machine = this.#machine
    machine.module.load()
    machine.namespace(netns).reset()
    setState(machine.namespace(netns), state, (commands) => runDirectCommands(machine, netns, commands))
  }

  /**
   * Replaces all network interfaces of a network namespace. The state of IPVS stays as it is, even a daemon on an interface
   * that no longer exists.
   */
  setInterfaces(
    interfaces: readonly NetworkInterface[],
    { netns = '' }: { netns?: string | undefined } = {},
  ): void {
    this.#machine.namespace(netns).interfaces = interfaces
  }

  /** Returns the clients of the virtual services in a network namespace. */
  traffic({ netns = '' }: { netns?: string | undefined } = {}): Traffic {
    return new Traffic(this.#machine.namespace(netns))
  }

  /**
   * Deletes the name of a network namespace, as `ip netns delete` does: no socket can be opened in it any more, and open
   * sockets keep working. The next {@link connect} with the same name creates a new namespace.
   */
  deleteNamespace(netns: string): void {
    this.#machine.deleteNamespace(netns)
  }
}

function checkProtocol(protocol: NetlinkProtocol): void {
  if (protocol === 'generic') return
  throw new ArgumentTypeError('protocol', "'generic': the simulated kernel has no routing", protocol)
}
