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

/** What a simulated kernel is like. */
export interface SimulatedKernelOptions {
  /** Which kernel it is. Default `7.2`. */
  readonly profile?: ProfileName | KernelProfile | undefined
  /** Makes what is random in the kernel the same in each run, the order of services since 7.1 above all. Default 1. */
  readonly seed?: number | undefined
  /** The number of the family when the module is loaded first. Default 30. */
  readonly familyId?: number | undefined
  /**
   * The network interfaces of every network namespace that is not given others by `setInterfaces()`. Default `lo`, up and
   * with its addresses.
   */
  readonly interfaces?: readonly NetworkInterface[] | undefined
}

/** Who connects, and where. */
export interface ConnectOptions {
  /** Name of a network namespace; it is made when it is first named. Default: the kernel's first one. */
  readonly netns?: string | undefined
  /** Whether the process has CAP_NET_ADMIN; all commands of IPVS ask for it. Default true. */
  readonly privileged?: boolean | undefined
  /** Bytes of answers that a socket holds (SO_RCVBUF). Default 4 MiB, which the addon asks for. */
  readonly receiveBuffer?: number | undefined
  /** Bytes that a datagram may have (SO_SNDBUF less the kernel's share). Default 2 MiB less 32. */
  readonly sendBuffer?: number | undefined
}

/** On most machines it is between 25 and 35. */
const FAMILY_ID = 30
const INTERFACES: readonly NetworkInterface[] = [{ name: 'lo', addresses: ['127.0.0.1/8', '::1/128'] }]

/** What a process gets that may raise the limits, as root may. */
const RECEIVE_BUFFER = 4 * 1024 * 1024
const SEND_BUFFER = 2 * 1024 * 1024 - 32

/**
 * A kernel with IPVS in this process, which answers netlink byte for byte as the real one does. It needs neither root nor
 * Linux, loads no addon, and has a clock of its own that stands still unless it is moved.
 *
 * It is a {@link Transport} itself, for a privileged process in the first network namespace.
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

  /** Its time. */
  get clock(): VirtualClock {
    return this.#machine.clock
  }

  /** The module `ip_vs`. */
  get module(): IpvsModule {
    return this.#machine.module
  }

  /** The requests that it got. */
  get log(): RequestLog {
    return this.#machine.log
  }

  /** What goes wrong in it. */
  get faults(): Faults {
    return this.#machine.faults
  }

  /**
   * Text of files under /proc by their path, beside those of IPVS in /proc/net, which it writes itself. The same in every
   * network namespace.
   */
  get files(): Map<string, string> {
    return this.#machine.files
  }

  /** What `Ipvs.open({ transport })` takes, for one process in one network namespace. */
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

  /** Opens a socket of a privileged process in the first network namespace. */
  open(protocol: NetlinkProtocol): Promise<NetlinkSocket> {
    return this.connect().open(protocol)
  }

  /** Reads a file as a process in the first network namespace does. */
  readFile(path: string): AsyncIterable<Uint8Array> {
    return this.connect().readFile(path)
  }

  /**
   * Carries commands out at once, as another client would. They are not logged and meet no faults. An update must name
   * every setting, because nothing is read first.
   *
   * @throws {Error} with the kernel's `code` when it refuses one; those before it were done.
   */
  run(commands: Iterable<BatchCommand>, { netns = '' }: { netns?: string | undefined } = {}): void {
    runDirectCommands(this.#machine, netns, commands)
  }

  /** Everything that IPVS has in a network namespace, as plain data. */
  state({ netns = '' }: { netns?: string | undefined } = {}): KernelState {
    return readState(this.#machine.namespace(netns))
  }

  /** Sets everything that IPVS has in a network namespace: what was there before is gone without a trace. */
  setState(state: StateInput, { netns = '' }: { netns?: string | undefined } = {}): void {
    const machine = this.#machine
    machine.module.load()
    machine.namespace(netns).reset()
    setState(machine.namespace(netns), state, (commands) => runDirectCommands(machine, netns, commands))
  }

  /**
   * Sets the network interfaces of a network namespace, all of them. What is there already stays as it is, even a daemon on
   * an interface that is gone.
   */
  setInterfaces(
    interfaces: readonly NetworkInterface[],
    { netns = '' }: { netns?: string | undefined } = {},
  ): void {
    this.#machine.namespace(netns).interfaces = interfaces
  }

  /** Clients of the virtual services in a network namespace. */
  traffic({ netns = '' }: { netns?: string | undefined } = {}): Traffic {
    return new Traffic(this.#machine.namespace(netns))
  }

  /**
   * Deletes a network namespace: it cannot be opened any more, while sockets that are open go on in what they had, as
   * `ip netns delete` leaves it. The next {@link connect} that names it makes a new one.
   */
  deleteNamespace(netns: string): void {
    this.#machine.deleteNamespace(netns)
  }
}

function checkProtocol(protocol: NetlinkProtocol): void {
  if (protocol === 'generic') return
  throw new ArgumentTypeError('protocol', "'generic': the simulated kernel has no routing", protocol)
}
