import type { IpvsadmCommand } from '../../dialect/ipvsadm/parse/command.ts'
import { type SystemNames, UnknownHost } from '../../dialect/ipvsadm/parse/names.ts'
import { parseCommand } from '../../dialect/ipvsadm/parse/parse.ts'
import { BatchError } from '../../errors.ts'
import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import type { CommandIo } from '../io/command-io.ts'
import { EXIT_FAILED, IpvsadmError } from './complaint.ts'
import { parseWithNames } from './lookup.ts'
import { describeFailure, isDenied } from './refusal.ts'
import { readLines, splitWords } from './rule-lines.ts'
import { runCommand } from './run.ts'

/** A line may begin with the name of the program. */
const PROGRAM = 'ipvsadm'

/**
 * Restores rules: each line is a command line by itself. What changes the table goes out in batches, so that the kernel
 * executes some lines while the next are read; everything else waits for what stands before it. What the kernel refuses is
 * reported with its line and the next line is gone on with; a command line that is wrong ends it, as in ipvsadm.
 */
export class RuleRestorer {
  readonly #ipvs: IpvsClient
  readonly #names: SystemNames
  readonly #surroundings: CommandIo
  /** Changes that wait to be sent, and the numbers of their lines. */
  #pendingCommands: BatchCommand[] = []
  #pendingLines: number[] = []
  /** What the kernel is at work on. */
  #inFlight: Promise<void> = Promise.resolve()
  #line = 0
  /** Exit status of the last line, which is that of all. */
  #status = 0
  #ended = false

  constructor(ipvs: IpvsClient, names: SystemNames, surroundings: CommandIo) {
    this.#ipvs = ipvs
    this.#names = names
    this.#surroundings = surroundings
  }

  /** Restores everything that can be read, and gives the exit status. */
  async restore(): Promise<number> {
    for await (const lines of readLines(this.#surroundings.input)) {
      for (const line of lines) {
        const waiting = this.#readLine(line)
        // Most lines need none, and to wait for nothing takes longer than to read one.
        if (waiting !== undefined) await waiting
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
      await this.#execute(await parseWithNames(words, this.#names))
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
    // Rules that restore rules would never end.
    if (command.action === 'restore')
      return this.#end(new IpvsadmError('-R inside of -R', { status: EXIT_FAILED }))
    const { program, print } = this.#surroundings
    try {
      print(await runCommand(command, this.#ipvs, this.#names, program))
      this.#status = 0
      this.#ended = command.action === 'help' || command.action === 'version'
    } catch (error) {
      await this.#reject(error)
    }
  }

  /** Reports what is wrong with the line. */
  async #reject(error: unknown): Promise<void> {
    await this.#sendAll()
    const complaint = error instanceof IpvsadmError ? error : undefined
    if (complaint?.continues === false) return this.#end(complaint)
    this.#report(this.#line, error)
    this.#status = complaint?.status ?? EXIT_FAILED
  }

  #end(complaint: IpvsadmError): void {
    this.#report(this.#line, complaint)
    this.#status = complaint.status
    this.#ended = true
  }

  #report(line: number, error: unknown): void {
    const text = error instanceof IpvsadmError ? error.message : describeFailure(error)
    this.#surroundings.printError(`line ${line}: ${text}`)
  }

  async #sendAll(): Promise<void> {
    await this.#send()
    await this.#inFlight
  }

  /** Hands what waits over to the kernel, once it has done with what it had. */
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
    // Without privileges it is the same with every line.
    if (isDenied(first)) throw first
    for (const { index, error: reason } of error.failures) this.#report(lines[index] ?? 0, reason)
    this.#status = error.failures.at(-1)?.index === lines.length - 1 ? EXIT_FAILED : 0
  }
}
