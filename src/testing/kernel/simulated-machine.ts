import { errorNumber } from '../../netlink/wire/errno.ts'
import { GENL_ID_CTRL } from '../../netlink/wire/uapi.ts'
import type { NetworkInterface } from '../ipvs/address-type.ts'
import { SAMPLING_SECONDS } from '../ipvs/counters.ts'
import { NetworkNamespace } from '../ipvs/namespace.ts'
import type { KernelProfile } from '../ipvs/profile.ts'
import { type ServiceOrder, serviceOrder } from '../ipvs/service-order.ts'
import { VirtualClock } from '../time/clock.ts'
import { Faults } from '../wire/faults.ts'
import type { ErrnoName } from '../wire/kernel-errno.ts'
import { RequestLog } from '../wire/request-log.ts'
import { ipvsOperations } from './commands/ipvs-operations.ts'
import { IpvsModule } from './ipvs-module.ts'
import { controllerOperations } from './netlink/controller.ts'
import { RequestHandler } from './netlink/request-handler.ts'
import { SimulatedSocket, type SocketOptions } from './netlink/simulated-socket.ts'
import { FIB_TRIE_FILE, formatFibTrie } from './proc/fib-trie.ts'
import { PROC_FILES } from './proc/proc-files.ts'
import { readSequentially } from './proc/sequential-file.ts'

/** The port id of the first socket; each further socket gets the next number. */
const FIRST_PORT = 0xc2aa_2aec

/** Assembles the simulated kernel: its module, network namespaces, sockets and files. */
export class SimulatedMachine {
  readonly profile: KernelProfile
  readonly clock = new VirtualClock()
  readonly log = new RequestLog()
  readonly faults = new Faults()
  readonly files = new Map<string, string>()
  readonly module: IpvsModule
  readonly #handler: RequestHandler
  readonly #serviceOrder: ServiceOrder
  readonly #namespaces = new Map<string, NetworkNamespace>()
  readonly #interfaces: readonly NetworkInterface[]
  #sockets = 0

  constructor(
    profile: KernelProfile,
    random: () => number,
    familyId: number,
    interfaces: readonly NetworkInterface[],
  ) {
    this.profile = profile
    this.#interfaces = interfaces
    this.module = new IpvsModule(this.#namespaces, familyId)
    this.#handler = this.#createHandler()
    this.#serviceOrder = serviceOrder(profile, random)
    this.#scheduleSample()
  }

  /** Returns a network namespace by its name; the first call with a name creates it. */
  namespace(name: string): NetworkNamespace {
    const found = this.#namespaces.get(name)
    if (found !== undefined) return found
    const made = new NetworkNamespace(name, this.profile, this.clock, this.#serviceOrder, this.#interfaces)
    this.#namespaces.set(name, made)
    return made
  }

  #createHandler(): RequestHandler {
    const { log, faults, module, profile } = this
    const controller = controllerOperations(module, profile)
    const ipvs = ipvsOperations()
    return new RequestHandler({
      log,
      faults,
      findFamily: (id) => {
        if (id === GENL_ID_CTRL) return controller
        return id === module.familyId ? ipvs : undefined
      },
      aligns: profile.alignsCounters,
    })
  }

  #scheduleSample(): void {
    this.clock.after(SAMPLING_SECONDS, () => {
      for (const namespace of this.#namespaces.values()) namespace.sample()
      this.#scheduleSample()
    })
  }

  /** @throws {Error} `ENOENT` if the namespace was deleted. */
  openSocket(netns: string, options: SocketOptions): SimulatedSocket {
    if (!this.#namespaces.has(netns)) throw systemError('ENOENT', 'open', netns)
    return new SimulatedSocket(this.#handler, this.namespace(netns), FIRST_PORT + this.#sockets++, options)
  }

  deleteNamespace(netns: string): void {
    this.#namespaces.get(netns)?.delete()
    this.#namespaces.delete(netns)
  }

  /**
   * Reads a file of /proc: a text from `files`, or a file that the kernel generates. Files of IPVS exist while the module is
   * loaded.
   */
  async *readFile(netns: string, path: string): AsyncIterable<Uint8Array> {
    if (!this.#namespaces.has(netns)) throw systemError('ENOENT', 'open', netns)
    const own = path === FIB_TRIE_FILE ? formatFibTrie(this.namespace(netns).interfaces) : undefined
    const text = this.files.get(path) ?? own
    if (text !== undefined) {
      yield Buffer.from(text)
      return
    }
    const file = this.module.state === 'loaded' ? PROC_FILES.get(path)?.(this.namespace(netns)) : undefined
    if (file === undefined) throw systemError('ENOENT', 'open', path)
    for (const page of readSequentially(file)) yield Buffer.from(page)
  }
}

function systemError(code: ErrnoName, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), {
    code,
    errno: errorNumber(code),
    syscall,
    path,
  })
}
