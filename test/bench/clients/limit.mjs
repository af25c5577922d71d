import { runForJson } from '../run.mjs'

/** The C program: `batch` is the limit, `single` sends one command per datagram. */
class CProgram {
  name
  variant = ''
  #mode
  #program
  #namespace

  constructor(name, mode, programs) {
    this.name = name
    this.#mode = mode
    this.#program = `${programs}/limit`
  }

  enter(namespace) {
    this.#namespace = namespace
  }

  async run(operation, { services, destinations }) {
    const words = [operation, `${services}`, `${destinations}`, this.#mode]
    return [await runForJson(this.#namespace.enter(this.#program, ...words))]
  }
}

export const limit = ({ programs }) => [new CProgram('limit', 'batch', programs)]
export const raw = ({ programs }) => [new CProgram('raw', 'single', programs)]
