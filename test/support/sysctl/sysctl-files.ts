import type { HostTransport, NetlinkSocket } from '../../../src/netlink/transport/transport.ts'

/** A system call that failed, as Node.js words it. */
export function systemError(code: string, syscall: string, path?: string): Error {
  return Object.assign(new Error(`${code}, ${syscall}`), {
    code,
    syscall,
    ...(path === undefined ? {} : { path }),
  })
}

/** A host of nothing but files, which notes what is read and written. */
export class SysctlFiles implements HostTransport {
  /** What each file holds; an error is thrown by whoever reads or writes it. */
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
    // In pieces that part characters.
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
