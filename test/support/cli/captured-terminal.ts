import type { Terminal } from '../../../src/cli/io/command-io.ts'
import type { Host } from '../../../src/host/host.ts'
import type { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'

/** A screen that keeps what is written to it. */
export class CapturedTerminal implements Terminal {
  readonly program = 'lvs'
  readonly isTerminal = false
  colours = false
  readonly input: AsyncIterable<Uint8Array>
  /** Standard output. */
  printed = ''
  /** Lines of standard error. */
  readonly errors: string[] = []
  /** Whether somebody is there to be asked. */
  isInteractive = false
  /** What was asked. */
  readonly questions: string[] = []
  /** What is answered, one after another; then no. */
  answers: boolean[] = []
  /** The host that is opened; one in memory will do that has what the command uses. */
  host: object | undefined
  /** How often a watch goes on. */
  rounds = 0
  readonly #client: () => Promise<IpvsClient>

  constructor(client: () => Promise<IpvsClient>, input = '') {
    this.#client = client
    this.input = (async function* () {
      yield Buffer.from(input)
    })()
  }

  print(text: string): void {
    this.printed += text
  }

  printError(text: string): void {
    this.errors.push(text)
  }

  open(): Promise<IpvsClient> {
    return this.#client()
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
