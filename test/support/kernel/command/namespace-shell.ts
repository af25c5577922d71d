import { type ChildProcess, spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'
import type { Namespace } from '../namespace.ts'

/** The result of a command line. */
export interface CommandResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Follows the output of a program on each stream; on standard output the exit status follows. */
const MARK = '\0'

/** A shell in a network namespace: entering the namespace for each program would take as long as the program. */
export class NamespaceShell {
  readonly #process: ChildProcess

  private constructor(namespace: Namespace) {
    this.#process = spawn('ip', ['netns', 'exec', namespace.name, '/bin/sh'], { stdio: 'pipe' })
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream?.setEncoding('utf8')
  }

  static start(namespace: Namespace): NamespaceShell {
    const shell = new NamespaceShell(namespace)
    onTestFinished(() => void shell.#process.kill('SIGKILL'))
    return shell
  }

  /** Runs a program. */
  async run(words: readonly string[], input = ''): Promise<CommandResult> {
    const { stdin, stdout, stderr } = this.#process
    const printed = Promise.all([readUntil(stdout!, /\0(\d+)\n$/), readUntil(stderr!, /\0$/)])
    const source =
      input === '' ? '</dev/null' : `<<'END OF INPUT'\n${input.replace(/\n?$/, '\n')}END OF INPUT`
    stdin!.write(`${words.map(quote).join(' ')} ${source}\nprintf '\\0%d\\n' $?; printf '\\0' >&2\n`)
    const [out, err] = await printed
    const end = out.lastIndexOf(MARK)
    return { status: Number(out.slice(end + 1)), stdout: out.slice(0, end), stderr: err.slice(0, -1) }
  }
}

function readUntil(stream: NodeJS.ReadableStream, end: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const take = (piece: string) => {
      text += piece
      if (!end.test(text)) return
      stream.off('data', take)
      resolve(text)
    }
    stream.on('data', take)
  })
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
