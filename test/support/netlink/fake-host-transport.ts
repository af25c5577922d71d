import type { HostTransport } from '../../../src/netlink/transport/transport.ts'
import { FakeTransport } from './fake-transport.ts'

/** A frame that was sent. */
export interface SentFrame {
  readonly interfaceIndex: number
  readonly frame: Uint8Array
}

/** A scripted host: besides netlink it has writable files, and records the frames that are sent. */
export class FakeHostTransport extends FakeTransport implements HostTransport {
  /** Every write, in order; later reads return the written text. */
  readonly writes: { readonly path: string; readonly text: string }[] = []
  readonly frames: SentFrame[] = []
  /** The outcomes of the next writes and frames, one each; `undefined` for success. */
  readonly refusals: (Error | undefined)[] = []

  async writeFile(path: string, text: string): Promise<void> {
    const refusal = this.refusals.shift()
    if (refusal !== undefined) throw refusal
    const present = this.files.get(path)
    if (present === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
    if (present instanceof Error) throw present
    this.writes.push({ path, text })
    this.files.set(path, `${text.trim()}\n`)
  }

  async sendFrame(interfaceIndex: number, frame: Uint8Array): Promise<void> {
    const refusal = this.refusals.shift()
    if (refusal !== undefined) throw refusal
    this.frames.push({ interfaceIndex, frame: frame.slice() })
  }
}
