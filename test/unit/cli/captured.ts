import type { Screen } from '../../../src/cli/surroundings.ts'
import type { Ipvs } from '../../../src/ipvs/ipvs.ts'

/** A screen that keeps what is written to it. */
export class CapturedScreen implements Screen {
  readonly program = 'lvs'
  readonly terminal = false
  interactive = false
  colours = false
  readonly input: AsyncIterable<Uint8Array>
  /** Standard output. */
  printed = ''
  /** Lines of standard error. */
  readonly complaints: string[] = []
  /** How often a watch goes on. */
  rounds = 0
  readonly #client: () => Promise<Ipvs>

  constructor(client: () => Promise<Ipvs>, input = '') {
    this.#client = client
    this.input = (async function* () {
      yield Buffer.from(input)
    })()
  }

  print(text: string): void {
    this.printed += text
  }

  complain(text: string): void {
    this.complaints.push(text)
  }

  open(): Promise<Ipvs> {
    return this.#client()
  }

  pause(): Promise<boolean> {
    return Promise.resolve(this.rounds-- > 0)
  }
}
