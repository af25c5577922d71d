import { expect } from 'vitest'
import { formatService, type Service } from '../../../../src/index.ts'
import { callIpvsadm } from '../call-ipvsadm.ts'
import { makeNamespace, type Namespace } from '../namespace.ts'
import { type CommandResult, NamespaceShell } from './namespace-shell.ts'

/** A command line of ipvsadm. */
export interface CommandLine {
  /** The line in the table of cases. */
  readonly text: string
  readonly words: readonly string[]
  /** Standard input. */
  readonly input: string
}

/** A command line without arguments. */
const NO_WORDS = '-'

/** All listings as lines for `-R`, so that one process prints them all. */
const LISTINGS = [
  ...['-Sn', '-Ln', '-Ln --thresholds', '-Ln --persistent-conn', '-Ln --tun-info', '-Ln --exact'],
  ...['-Ln --stats', '-Ln --rate', '-L --daemon', '-L --timeout'],
].join('\n')

/** ipvsadm in one network namespace, and this library's in another. */
export class IpvsadmComparison {
  readonly #theirs: Namespace
  readonly #ours: Namespace
  readonly #theirShell: NamespaceShell
  readonly #ourShell: NamespaceShell

  private constructor(theirs: Namespace, ours: Namespace) {
    this.#theirs = theirs
    this.#ours = ours
    this.#theirShell = NamespaceShell.start(theirs)
    this.#ourShell = NamespaceShell.start(ours)
  }

  /** Creates and prepares both namespaces. */
  static async start(prepare: (namespace: Namespace) => Promise<void>): Promise<IpvsadmComparison> {
    const [theirs, ours] = [await makeNamespace(), await makeNamespace()]
    await prepare(theirs)
    await prepare(ours)
    return new IpvsadmComparison(theirs, ours)
  }

  /**
   * Runs a command line with both and expects the same output, exit status, errors and table.
   *
   * @param options.program Runs this library's program in a separate process instead of calling it.
   * @param options.compare Whether to compare the tables.
   */
  async compare(
    line: CommandLine,
    { program, compare = true }: { readonly program?: string; readonly compare?: boolean } = {},
  ): Promise<void> {
    const theirs = await this.#theirShell.run(['ipvsadm', ...line.words], line.input)
    const ours =
      program === undefined
        ? await callIpvsadm(this.#ours, line.words, line.input)
        : await this.#ourShell.run([program, ...line.words], line.input)
    expect(toComparable(line, ours), `ours in place of theirs: ${line.text}`).toEqual(
      toComparable(line, theirs),
    )
    if (compare) await this.#compareTables(line)
  }

  async #compareTables({ text }: CommandLine): Promise<void> {
    const theirs = await this.#theirShell.run(['ipvsadm', '-R'], LISTINGS)
    const ours = await callIpvsadm(this.#ours, ['-R'], LISTINGS)
    expect(ours, `our table in place of theirs, after ${text}`).toEqual(theirs)
    const [one, other] = [await this.#ours.ipvs.services(), await this.#theirs.ipvs.services()]
    expect(byKey(one), `the services after ${text}`).toEqual(byKey(other))
  }
}

/** The parts of a result that must be equal. */
function toComparable({ words }: CommandLine, { status, stdout, stderr }: CommandResult) {
  const lines = stdout.split('\n')
  // The kernel's order differs from namespace to namespace.
  if (words.includes('--nosort')) lines.sort()
  // The help text is this library's own.
  if (/^Usage:$/m.test(stdout)) lines.splice(1)
  return { status, stdout: lines, violations: normaliseErrors(stderr) }
}

/** Messages that differ in wording: ours have line numbers, and reasons that ipvsadm omits. */
const EQUIVALENTS: readonly (readonly [RegExp, string])[] = [
  [/^line \d+: /, ''],
  [/^(Invalid operation|Numerical result out of range|Network is unreachable|No such device)\b.*/, '$1'],
  [/^Try `ipvsadm -h'.*|^-R inside of -R$/, 'Try -h'],
  // ipvsadm says start_daemon for stop-daemon, too.
  [/^illegal start_daemon specified$/, 'illegal stop-daemon parameter specified'],
]

function normaliseErrors(stderr: string): string[] {
  const lines = stderr.split('\n').filter((line) => line !== '')
  return lines.map(normaliseError)
}

function normaliseError(complaint: string): string {
  return EQUIVALENTS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), complaint)
}

function byKey(services: readonly Service[]): Map<string, unknown> {
  return new Map(
    services.map((service) => [
      formatService(service),
      {
        ...service,
        destinations: new Map(service.destinations.map((each) => [each.address + each.port, each])),
      },
    ]),
  )
}

/** Parses a command line of a table: quoted words, and standard input after `<<<`. */
export function parseCommandLine(text: string): CommandLine {
  const [head = '', input = ''] = text.split(' <<< ')
  const words = [...head.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''))
  const isEmpty = head === NO_WORDS
  return {
    text,
    words: isEmpty ? [] : words,
    input: input.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\r', '\r'),
  }
}
