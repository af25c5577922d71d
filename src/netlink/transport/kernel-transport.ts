import { constants, read, write } from 'node:fs'
import { promisify } from 'node:util'
import { type FileAddon, loadAddon } from '../../system/addon.ts'
import type {
  ExchangeReport,
  ExchangeRequest,
  HostTransport,
  NetlinkProtocol,
  NetlinkSocket,
} from './transport.ts'

/** The exports of the addon (`native/`). It handles sockets and network namespaces and is independent of netlink families. */
interface Addon extends FileAddon {
  openSocket(options: {
    /** The protocol of `socket(AF_NETLINK, ...)`. */
    readonly protocol: number
    /** Path of a network namespace; absent for the namespace of the process. */
    readonly netns?: string
    /** Requested sizes of the buffers in bytes, which the kernel doubles. */
    readonly receiveBuffer: number
    readonly sendBuffer: number
  }): Promise<AddonSocket>
  /** Sends an Ethernet frame on an interface of `netns`. */
  sendFrame(interfaceIndex: number, frame: Uint8Array, netns?: string): Promise<void>
}

interface AddonSocket {
  readonly portId: number
  readonly receiveBuffer: number
  readonly sendBuffer: number
  exchange(
    datagrams: Uint8Array,
    ends: Uint32Array,
    count: number,
    first: number,
    awaiting: boolean,
    onlyIfPreviousComplete: boolean,
    replies: Uint8Array,
  ): ExchangeReport | Promise<ExchangeReport>
  close(): void
}

/** NETLINK_ROUTE and NETLINK_GENERIC of <linux/netlink.h>. */
const PROTOCOL_NUMBER = { route: 0, generic: 16 } as const satisfies Record<NetlinkProtocol, number>

/** Holds the replies to some thousands of failing commands, if the process may set this size. */
const RECEIVE_BUFFER = 2 * 1024 * 1024
const SEND_BUFFER = 1024 * 1024

/** Files of /proc are read a few pages at a time, whatever the size of the buffer (seq_read). */
const READ_BYTES = 64 * 1024
const readDescriptor = promisify(read)
const writeDescriptor = promisify(write)

/** The running kernel, in the network namespace of the process or another one. */
export class KernelTransport implements HostTransport {
  readonly #netns: string | undefined

  /** @param options.netns Path of a network namespace such as `/run/netns/director`; default: the namespace of the process. */
  constructor(options: { netns?: string | undefined } = {}) {
    this.#netns = options.netns
  }

  async open(protocol: NetlinkProtocol): Promise<NetlinkSocket> {
    const socket = await loadAddon<Addon>().openSocket({
      protocol: PROTOCOL_NUMBER[protocol],
      receiveBuffer: RECEIVE_BUFFER,
      sendBuffer: SEND_BUFFER,
      ...(this.#netns === undefined ? {} : { netns: this.#netns }),
    })
    return new KernelSocket(socket)
  }

  async *readFile(path: string): AsyncIterable<Uint8Array> {
    const { openFile, closeFile } = loadAddon<Addon>()
    const descriptor = await openFile(path, constants.O_RDONLY, this.#netns)
    try {
      const buffer = new Uint8Array(READ_BYTES)
      for (;;) {
        const { bytesRead } = await readDescriptor(descriptor, buffer, 0, READ_BYTES, null)
        if (bytesRead === 0) return
        yield buffer.slice(0, bytesRead)
      }
    } finally {
      closeFile(descriptor)
    }
  }

  async writeFile(path: string, text: string): Promise<void> {
    const { openFile, closeFile } = loadAddon<Addon>()
    const descriptor = await openFile(path, constants.O_WRONLY, this.#netns)
    try {
      // One write, because the kernel treats each write as a complete value (proc_sys_write).
      await writeDescriptor(descriptor, Buffer.from(text))
    } finally {
      closeFile(descriptor)
    }
  }

  async sendFrame(interfaceIndex: number, frame: Uint8Array): Promise<void> {
    await loadAddon<Addon>().sendFrame(interfaceIndex, frame, this.#netns)
  }
}

class KernelSocket implements NetlinkSocket {
  readonly depth = 2
  readonly #socket: AddonSocket
  readonly portId: number
  readonly receiveBuffer: number
  readonly sendBuffer: number

  constructor(socket: AddonSocket) {
    this.#socket = socket
    this.portId = socket.portId
    this.receiveBuffer = socket.receiveBuffer
    this.sendBuffer = socket.sendBuffer
  }

  exchange(request: ExchangeRequest): ExchangeReport | Promise<ExchangeReport> {
    const {
      datagrams,
      ends,
      count,
      first,
      awaiting,
      onlyIfPreviousComplete: after = false,
      replies,
    } = request
    return this.#socket.exchange(datagrams, ends, count, first, awaiting, after, replies)
  }

  close(): void {
    this.#socket.close()
  }
}
