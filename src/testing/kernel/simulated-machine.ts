import type { NetworkInterface } from '../ipvs/address-type.ts'
import { SAMPLING_SECONDS } from '../ipvs/counters.ts'
import { NetworkNamespace } from '../ipvs/namespace.ts'
import { type ServiceOrder, serviceOrder } from '../ipvs/service-order.ts'
import { VirtualClock } from '../time/clock.ts'
import type { KernelProfile } from '../time/profile.ts'
import { Faults } from '../wire/faults.ts'
import { ERRNO, type ErrnoName } from '../wire/kernel-errno.ts'
import { RequestLog } from '../wire/request-log.ts'
import { controllerOperations } from './controller.ts'
import type { GenericOperations } from './generic-netlink.ts'
import { IpvsModule } from './ipvs-module.ts'
import { ipvsOperations } from './ipvs-operations.ts'
import { PROC_FILES } from './proc-files.ts'
import { FIB_TRIE_FILE, formatFibTrie } from './route-file.ts'
import { readSequentially } from './sequential-file.ts'
import { SimulatedSocket, type SocketOptions } from './simulated-socket.ts'

/** Ports of a process's first socket, and of any further one. */
const FIRST_PORT = 0xc2aa_2aec

/** What the parts of the simulated kernel share. */
export class SimulatedMachine {
  readonly profile: KernelProfile
  readonly clock = new VirtualClock()
  readonly log = new RequestLog()
  readonly faults = new Faults()
  readonly files = new Map<string, string>()
  readonly module: IpvsModule
  readonly controller: GenericOperations
  readonly #ipvs: GenericOperations
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
    this.controller = controllerOperations(this)
    this.#ipvs = ipvsOperations(this)
    this.#serviceOrder = serviceOrder(profile, random)
    this.#scheduleSample()
  }

  /** The family that has a number at present. */
  family(id: number): GenericOperations | undefined {
    return id === this.module.familyId ? this.#ipvs : undefined
  }

  /** A network namespace by its name; it is there as soon as it is asked for. */
  namespace(name: string): NetworkNamespace {
    const found = this.#namespaces.get(name)
    if (found !== undefined) return found
    const made = new NetworkNamespace(name, this.profile, this.clock, this.#serviceOrder, this.#interfaces)
    this.#namespaces.set(name, made)
    return made
  }

  #scheduleSample(): void {
    this.clock.after(SAMPLING_SECONDS, () => {
      for (const namespace of this.#namespaces.values()) namespace.sample()
      this.#scheduleSample()
    })
  }

  /** @throws {Error} `ENOENT` when the namespace was deleted. */
  openSocket(netns: string, options: SocketOptions): SimulatedSocket {
    if (!this.#namespaces.has(netns)) throw systemError('ENOENT', 'open', netns)
    return new SimulatedSocket(this, this.namespace(netns), FIRST_PORT + this.#sockets++, options)
  }

  deleteNamespace(netns: string): void {
    this.#namespaces.get(netns)?.delete()
    this.#namespaces.delete(netns)
  }

  /** Reads a file of /proc; those of IPVS are there while the module is, text that was given goes before all others. */
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
    errno: ERRNO[code],
    syscall,
    path,
  })
}
