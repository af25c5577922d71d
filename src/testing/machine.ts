import type { NetworkInterface } from './address-type.ts'
import { VirtualClock } from './clock.ts'
import { controllerOperations } from './controller.ts'
import { SAMPLING_SECONDS } from './counters.ts'
import { Faults } from './faults.ts'
import { FILES } from './file-text.ts'
import type { GenericOperations } from './generic-netlink.ts'
import { IpvsModule } from './ipvs-module.ts'
import { ipvsOperations } from './ipvs-operations.ts'
import { Namespace } from './namespace.ts'
import type { KernelProfile } from './profile.ts'
import { ERRNO, type ErrnoName } from './refused.ts'
import { RequestLog } from './request-log.ts'
import { type ServiceOrder, serviceOrder } from './service-order.ts'
import { SimulatedSocket, type SocketOptions } from './simulated-socket.ts'

/** Ports of a process's first socket, and of any further one. */
const FIRST_PORT = 0xc2aa_2aec

const PAGE = 4096

/** What the parts of the simulated kernel share. */
export class Machine {
  readonly profile: KernelProfile
  readonly clock = new VirtualClock()
  readonly log = new RequestLog()
  readonly faults = new Faults()
  readonly files = new Map<string, string>()
  readonly module: IpvsModule
  readonly controller: GenericOperations
  readonly #ipvs: GenericOperations
  readonly #order: ServiceOrder
  readonly #namespaces = new Map<string, Namespace>()
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
    this.#order = serviceOrder(profile, random)
    this.#sampleLater()
  }

  /** The family that has a number at present. */
  family(id: number): GenericOperations | undefined {
    return id === this.module.familyId ? this.#ipvs : undefined
  }

  /** A network namespace by its name; it is there as soon as it is asked for. */
  namespace(name: string): Namespace {
    const found = this.#namespaces.get(name)
    if (found !== undefined) return found
    const made = new Namespace(name, this.profile, this.clock, this.#order, this.#interfaces)
    this.#namespaces.set(name, made)
    return made
  }

  #sampleLater(): void {
    this.clock.after(SAMPLING_SECONDS, () => {
      for (const namespace of this.#namespaces.values()) namespace.sample()
      this.#sampleLater()
    })
  }

  /** @throws {Error} `ENOENT` when the namespace was deleted. */
  openSocket(netns: string, options: SocketOptions): SimulatedSocket {
    if (!this.#namespaces.has(netns)) throw systemError('ENOENT', 'open', netns)
    return new SimulatedSocket(this, this.namespace(netns), FIRST_PORT + this.#sockets++, options)
  }

  deleteNamespace(netns: string): void {
    this.#namespaces.delete(netns)
  }

  /** Reads a file of /proc; those of IPVS are there while the module is. */
  async *readFile(netns: string, path: string): AsyncIterable<Uint8Array> {
    const lines = this.module.state === 'loaded' ? FILES.get(path)?.(this.namespace(netns)) : undefined
    const text = this.files.get(path)
    if (lines === undefined && text === undefined) throw systemError('ENOENT', 'open', path)
    if (text !== undefined) yield Buffer.from(text)
    else for (const page of pages(lines ?? [])) yield Buffer.from(page)
  }
}

/** A file is read a page at a time, a line as a whole (seq_read). */
function* pages(lines: Iterable<string>): Iterable<string> {
  let page = ''
  for (const line of lines) {
    if (page.length + line.length >= PAGE) {
      yield page
      page = ''
    }
    page += `${line}\n`
  }
  if (page !== '') yield page
}

function systemError(code: ErrnoName, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), {
    code,
    errno: ERRNO[code],
    syscall,
    path,
  })
}
