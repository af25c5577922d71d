import { isatty } from 'node:tty'
import type { Host } from '../../host/host.ts'
import type { Terminal } from './command-io.ts'
import { readChunk, STANDARD_INPUT, STANDARD_OUTPUT, SystemProcess } from './system-process.ts'

/** As long as a line can be that is typed on a terminal (N_TTY_BUF_SIZE). */
const ANSWER_BYTES = 4096

/** The process that this is, with people before it. */
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

  async openHost(netns?: string): Promise<Host> {
    const { Host } = await import('../../host/host.ts')
    return await Host.open({ netns })
  }

  async ask(question: string): Promise<boolean> {
    this.print(`${question} [y/N] `)
    const answer = Buffer.alloc(ANSWER_BYTES)
    // A terminal gives a line at a time.
    const bytes = await readChunk(answer)
    return /^\s*y(es)?\s*$/i.test(answer.toString('utf8', 0, bytes))
  }

  pause(seconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (goOn: boolean) => {
        clearTimeout(timer)
        process.off('SIGINT', stop)
        resolve(goOn)
      }
      const stop = () => end(false)
      const timer = setTimeout(() => end(true), seconds * 1000)
      process.once('SIGINT', stop)
    })
  }
}
