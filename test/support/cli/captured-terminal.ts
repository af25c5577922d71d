import type { Terminal } from '../../../src/cli/io/command-io.ts'
import { toTerminalText } from '../../../src/cli/io/terminal-text.ts'
import type { Host } from '../../../src/host/host.ts'
import type { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { Ipvs } from '../../../src/state/ipvs.ts'

/** A terminal that records its output, as the real one shows it. */
export class CapturedTerminal implements Terminal {
  readonly program = 'lvs'
  readonly isTerminal = false
  colours = false
  readonly input: AsyncIterable<Uint8Array>
  /** Standard output. */
  printed = ''
  /** Lines of standard error. */
  readonly errors: string[] = []
  /** Whether a user can answer. */
  isInteractive = false
  /** The questions that were asked. */
  readonly questions: string[] = []
  /** The answers in order; after the last one, no. */
  answers: boolean[] = []
  /** The host to open. It needs only the methods that the command calls. */
  host: object | undefined
  /** How often a watch repeats. */
  rounds = 0
  readonly #client: () => Promise<IpvsClient>

  constructor(client: () => Promise<IpvsClient>, input = '') {
    this.#client = client
    this.input = (async function* () {
      yield Buffer.from(input)
    })()
  }

  print(text: string): void {
    this.printed += toTerminalText(text, this.colours)
  }

  printError(text: string): void {
    this.errors.push(toTerminalText(text, false))
  }

  /** Tests of commands that neither plan nor apply pass a plain client. */
  async open(): Promise<Ipvs> {
    return (await this.#client()) as Ipvs
  }

  openHost(): Promise<Host> {
    if (this.host === undefined) return Promise.reject(new Error('the host was opened'))
    return Promise.resolve(this.host as Host)
  }

  ask(question: string): Promise<boolean> {
    this.questions.push(question)
    return Promise.resolve(this.answers.shift() ?? false)
  }

  pause(): Promise<boolean> {
    return Promise.resolve(this.rounds-- > 0)
  }
}
