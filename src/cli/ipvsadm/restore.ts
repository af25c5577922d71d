import { UnknownHost } from '../../dialect/ipvsadm/names/known-names.ts'
import type { SystemNames } from '../../dialect/ipvsadm/names/system-names.ts'
import { EXIT_FAILED, IpvsadmError } from '../../dialect/ipvsadm/parse/ipvsadm-error.ts'
import { splitWords } from '../../dialect/ipvsadm/parse/parse-line.ts'
import { BatchError } from '../../errors.ts'
import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import type { CommandIo } from '../io/command-io.ts'
import { type IpvsadmCommand, parseCommand, parseCommandWithNames } from './command.ts'
import { printOutput } from './output.ts'
import { describeFailure, isDenied } from './refusal.ts'
import { runCommand } from './run.ts'

/** The name of the program, which a line may start with. */
const PROGRAM = 'ipvsadm'

/**
 * Runs `-R`: executes each line of standard input as a command line. Consecutive changes of the table are sent in batches, so
 * that the kernel executes some lines while the next are parsed; any other command runs after all commands before it. As in
 * ipvsadm, an error of the kernel is reported with its line and restoration continues with the next line, whereas an invalid
 * command line ends it.
 */
export class RuleRestorer {
  readonly #ipvs: IpvsClient
  readonly #names: SystemNames
  readonly #io: CommandIo
  /** Changes that have not been sent yet. */
  #pendingCommands: BatchCommand[] = []
  /** The line numbers of these changes. */
  #pendingLines: number[] = []
  /** Settles when the kernel has executed the batch that was sent last. */
  #inFlight: Promise<void> = Promise.resolve()
  #line = 0
  /** The exit status: that of the last line. */
  #status = 0
  #ended = false

  constructor(ipvs: IpvsClient, names: SystemNames, io: CommandIo) {
    this.#ipvs = ipvs
    this.#names = names
    this.#io = io
  }

  /** Restores all rules and returns the exit status. */
  async restore(): Promise<number> {
    for await (const lines of readLines(this.#io.input)) {
      for (const line of lines) {
        const pending = this.#readLine(line)
        // Most lines return no promise, and awaiting undefined takes longer than parsing a line.
        if (pending !== undefined) await pending
        if (this.#ended) return this.#status
      }
      await this.#send()
    }
    await this.#inFlight
    return this.#status
  }

  #readLine(line: string): Promise<void> | undefined {
    this.#line++
    const words = splitWords(line)
    while (words[0] === PROGRAM) words.shift()
    if (words.length === 0) return undefined
    try {
      return this.#execute(parseCommand(words, this.#names))
    } catch (error) {
      if (error instanceof UnknownHost) return this.#readLineWithNames(words)
      return this.#reject(error)
    }
  }

  async #readLineWithNames(words: readonly string[]): Promise<void> {
    try {
      await this.#execute(await parseCommandWithNames(words, this.#names))
    } catch (error) {
      await this.#reject(error)
    }
  }

  #execute(command: IpvsadmCommand): Promise<void> | undefined {
    if (command.action !== 'change') return this.#executeAlone(command)
    this.#pendingCommands.push(command.change)
    this.#pendingLines.push(this.#line)
    return undefined
  }

  async #executeAlone(command: IpvsadmCommand): Promise<void> {
    await this.#sendAll()
    if (command.action === 'restore')
      return this.#end(new IpvsadmError('-R inside of -R', { status: EXIT_FAILED }))
    try {
      printOutput(command, await runCommand(command, this.#ipvs, this.#names, this.#io.program), this.#io)
      this.#status = 0
      this.#ended = command.action === 'help' || command.action === 'version'
    } catch (error) {
      await this.#reject(error)
    }
  }

  /** Reports a mistake in the current line, or an error of its command. */
  async #reject(error: unknown): Promise<void> {
    await this.#sendAll()
    const mistake = error instanceof IpvsadmError ? error : undefined
    if (mistake?.continues === false) return this.#end(mistake)
    this.#report(this.#line, error)
    this.#status = mistake?.status ?? EXIT_FAILED
  }

  #end(mistake: IpvsadmError): void {
    this.#report(this.#line, mistake)
    this.#status = mistake.status
    this.#ended = true
  }

  #report(line: number, error: unknown): void {
    const text = error instanceof IpvsadmError ? error.message : describeFailure(error)
    this.#io.printError(`line ${line}: ${text}`)
  }

  async #sendAll(): Promise<void> {
    await this.#send()
    await this.#inFlight
  }

  /** Sends the pending changes after the kernel has executed the previous batch. */
  async #send(): Promise<void> {
    await this.#inFlight
    if (this.#pendingCommands.length === 0) return
    const [changes, lines] = [this.#pendingCommands, this.#pendingLines]
    this.#pendingCommands = []
    this.#pendingLines = []
    this.#inFlight = this.#ipvs.batch(changes).then(
      () => {
        this.#status = 0
      },
      (error: unknown) => this.#reportEach(error, lines),
    )
  }

  #reportEach(error: unknown, lines: readonly number[]): void {
    if (!(error instanceof BatchError)) throw error
    const [{ error: first } = { error }] = error.failures
    // Without privileges every line fails in the same way.
    if (isDenied(first)) throw first
    for (const { index, error: reason } of error.failures) this.#report(lines[index] ?? 0, reason)
    this.#status = error.failures.at(-1)?.index === lines.length - 1 ? EXIT_FAILED : 0
  }
}

/** Yields the complete lines of each chunk of the input as soon as it arrives. */
async function* readLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield lines
  }
  if (rest !== '') yield [rest]
}
