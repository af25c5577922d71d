import type { HostTransport, NetlinkSocket } from '../../../src/netlink/transport/transport.ts'

/** The error of a failed system call, as in Node.js. */
export function systemError(code: string, syscall: string, path?: string): Error {
  return Object.assign(new Error(`${code}, ${syscall}`), {
    code,
    syscall,
    ...(path === undefined ? {} : { path }),
  })
}

/** A host that consists of files, and records reads and writes. */
export class SysctlFiles implements HostTransport {
  /** The content of each file; an error is thrown by every read and write of the file. */
  readonly files: Map<string, string | Error>
  readonly touched: string[] = []
  readonly written: [path: string, text: string][] = []

  constructor(files: Readonly<Record<string, string | Error>> = {}) {
    this.files = new Map(Object.entries(files).map(([name, text]) => [`/proc/sys/${name}`, text]))
  }

  open(): Promise<NetlinkSocket> {
    return Promise.reject(new Error('There is no netlink here'))
  }

  sendFrame(): Promise<void> {
    return Promise.reject(new Error('There is no network here'))
  }

  async *readFile(path: string): AsyncIterable<Uint8Array> {
    const text = this.#look(path)
    // In chunks that split characters.
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3)
  }

  async writeFile(path: string, text: string): Promise<void> {
    this.#look(path)
    this.written.push([path, text])
    this.files.set(path, text)
  }

  #look(path: string): string {
    this.touched.push(path)
    const text = this.files.get(path) ?? systemError('ENOENT', 'open', path)
    if (text instanceof Error) throw text
    return text
  }
}
