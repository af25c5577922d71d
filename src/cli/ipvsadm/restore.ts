import { BatchError } from '../../errors.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import type { Ipvs } from '../../ipvs/ipvs-client.ts'
import type { Surroundings } from '../io/command-io.ts'
import type { Command } from '../../dialect/ipvsadm/parse/command.ts'
import { Complaint, FAILED } from './complaint.ts'
import { parseWithNames } from './lookup.ts'
import { type SystemNames, UnknownHost } from '../../dialect/ipvsadm/parse/names.ts'
import { parse } from '../../dialect/ipvsadm/parse/parse.ts'
import { describeRefusal, isDenied } from './refusal.ts'
import { linesOf, wordsOf } from './rule-lines.ts'
import { run } from './run.ts'

/** A line may begin with the name of the program. */
const PROGRAM = 'ipvsadm'

/**
 * Restores rules: each line is a command line by itself. What changes the table goes out in batches, so that the kernel
 * executes some lines while the next are read; everything else waits for what stands before it. What the kernel refuses is
 * reported with its line and the next line is gone on with; a command line that is wrong ends it, as in ipvsadm.
 */
export class Restoration {
  readonly #ipvs: Ipvs
  readonly #names: SystemNames
  readonly #surroundings: Surroundings
  /** Changes that wait to be sent, and the numbers of their lines. */
  #changes: BatchCommand[] = []
  #lines: number[] = []
  /** What the kernel is at work on. */
  #underway: Promise<void> = Promise.resolve()
  #line = 0
  /** Exit status of the last line, which is that of all. */
  #status = 0
  #ended = false

  constructor(ipvs: Ipvs, names: SystemNames, surroundings: Surroundings) {
    this.#ipvs = ipvs
    this.#names = names
    this.#surroundings = surroundings
  }

  /** Restores everything that can be read, and gives the exit status. */
  async restore(): Promise<number> {
    for await (const lines of linesOf(this.#surroundings.input)) {
      for (const line of lines) {
        const waiting = this.#take(line)
        // Most lines need none, and to wait for nothing takes longer than to read one.
        if (waiting !== undefined) await waiting
        if (this.#ended) return this.#status
      }
      await this.#send()
    }
    await this.#underway
    return this.#status
  }

  #take(line: string): Promise<void> | undefined {
    this.#line++
    const words = wordsOf(line)
    while (words[0] === PROGRAM) words.shift()
    if (words.length === 0) return undefined
    try {
      return this.#execute(parse(words, this.#names))
    } catch (error) {
      if (error instanceof UnknownHost) return this.#takeWithNames(words)
      return this.#reject(error)
    }
  }

  async #takeWithNames(words: readonly string[]): Promise<void> {
    try {
      await this.#execute(await parseWithNames(words, this.#names))
    } catch (error) {
      await this.#reject(error)
    }
  }

  #execute(command: Command): Promise<void> | undefined {
    if (command.action !== 'change') return this.#executeAlone(command)
    this.#changes.push(command.change)
    this.#lines.push(this.#line)
    return undefined
  }

  async #executeAlone(command: Command): Promise<void> {
    await this.#sendAll()
    // Rules that restore rules would never end.
    if (command.action === 'restore') return this.#end(new Complaint('-R inside of -R', { status: FAILED }))
    const { program, print } = this.#surroundings
    try {
      print(await run(command, this.#ipvs, this.#names, program))
      this.#status = 0
      this.#ended = command.action === 'help' || command.action === 'version'
    } catch (error) {
      await this.#reject(error)
    }
  }

  /** Reports what is wrong with the line. */
  async #reject(error: unknown): Promise<void> {
    await this.#sendAll()
    const complaint = error instanceof Complaint ? error : undefined
    if (complaint?.goesOn === false) return this.#end(complaint)
    this.#report(this.#line, error)
    this.#status = complaint?.status ?? FAILED
  }

  #end(complaint: Complaint): void {
    this.#report(this.#line, complaint)
    this.#status = complaint.status
    this.#ended = true
  }

  #report(line: number, error: unknown): void {
    const text = error instanceof Complaint ? error.message : describeRefusal(error)
    this.#surroundings.complain(`line ${line}: ${text}`)
  }

  async #sendAll(): Promise<void> {
    await this.#send()
    await this.#underway
  }

  /** Hands what waits over to the kernel, once it has done with what it had. */
  async #send(): Promise<void> {
    await this.#underway
    if (this.#changes.length === 0) return
    const [changes, lines] = [this.#changes, this.#lines]
    this.#changes = []
    this.#lines = []
    this.#underway = this.#ipvs.batch(changes).then(
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
    this.#status = error.failures.at(-1)?.index === lines.length - 1 ? FAILED : 0
  }
}
