import { type ChildProcess, spawn } from 'node:child_process'

/**
 * One shell that starts the programs of all tests: under user-mode Linux, starting a program from a process as large as the
 * test runner takes several times as long as from a small one.
 */
class Shell {
  #process: ChildProcess | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** Runs a program and returns its output, standard error included; throws the output if the program fails. */
  run(words: readonly string[], input?: string): Promise<string> {
    const result = this.#last.then(() => this.#run(words, input))
    this.#last = result.catch(() => {})
    return result
  }

  #run(words: readonly string[], input: string | undefined): Promise<string> {
    this.#process ??= start()
    const { stdin, stdout } = this.#process
    return new Promise((resolve, reject) => {
      let output = ''
      const onData = (text: string) => {
        output += text
        // A zero byte, the exit status and a line feed follow the program's output.
        const mark = output.lastIndexOf('\0')
        if (mark === -1 || !output.endsWith('\n')) return
        stdout!.off('data', onData)
        const [printed, status] = [output.slice(0, mark), Number(output.slice(mark + 1))]
        if (status === 0) resolve(printed)
        else reject(new Error(`${words.join(' ')} ended with ${status}: ${printed}`))
      }
      stdout!.on('data', onData)
      const source = input === undefined ? '</dev/null' : `<<'END OF INPUT'\n${input}END OF INPUT`
      stdin!.write(`${words.map(quote).join(' ')} 2>&1 ${source}\nprintf '\\0%d\\n' $?\n`)
    })
  }
}

export const shell = new Shell()

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

function start(): ChildProcess {
  const process = spawn('/bin/sh', { stdio: ['pipe', 'pipe', 'inherit'] })
  process.stdout.setEncoding('utf8')
  // It ends when its standard input closes, thus with this process.
  process.unref()
  for (const pipe of [process.stdin, process.stdout]) (pipe as typeof pipe & { unref?: () => void }).unref?.()
  return process
}
