import { isatty } from 'node:tty'
import type { Host } from '../../host/host.ts'
import type { Ipvs } from '../../state/ipvs.ts'
import type { Terminal } from './command-io.ts'
import { readChunk, STANDARD_INPUT, STANDARD_OUTPUT, SystemProcess } from './system-process.ts'
import { toTerminalText } from './terminal-text.ts'

/** The longest line that a user can type on a terminal (N_TTY_BUF_SIZE). */
const ANSWER_BYTES = 4096

/** The terminal of this process. */
export class SystemTerminal extends SystemProcess implements Terminal {
  get isTerminal(): boolean {
    return isatty(STANDARD_OUTPUT)
  }

  get isInteractive(): boolean {
    return isatty(STANDARD_INPUT) && this.isTerminal
  }

  get colours(): boolean {
    const { NO_COLOR, FORCE_COLOR, TERM } = process.env
    if (NO_COLOR !== undefined && NO_COLOR !== '') return false
    return (FORCE_COLOR ?? '') !== '' || (this.isTerminal && TERM !== 'dumb')
  }

  /** Leaves the styles of this program. */
  override print(text: string): void {
    this.write(toTerminalText(text, this.colours || this.isTerminal))
  }

  override async open(netns?: string): Promise<Ipvs> {
    const { Ipvs } = await import('../../state/ipvs.ts')
    return await Ipvs.open({ netns })
  }

  async openHost(netns?: string): Promise<Host> {
    const { Host } = await import('../../host/host.ts')
    return await Host.open({ netns })
  }

  async ask(question: string): Promise<boolean> {
    this.print(`${question} [y/N] `)
    const answer = Buffer.alloc(ANSWER_BYTES)
    // A read from a terminal returns one line.
    const bytes = await readChunk(answer)
    return /^\s*y(es)?\s*$/i.test(answer.toString('utf8', 0, bytes))
  }

  pause(seconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isElapsed: boolean) => {
        clearTimeout(timer)
        process.off('SIGINT', interrupt)
        resolve(isElapsed)
      }
      const interrupt = () => end(false)
      const timer = setTimeout(() => end(true), seconds * 1000)
      process.once('SIGINT', interrupt)
    })
  }
}
