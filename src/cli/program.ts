import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { COMMANDS, type CommandEntry } from './commands.ts'
import type { Terminal } from './io/command-io.ts'
import { describeFailure, EXIT_USAGE, ExitStatus } from './io/failure.ts'
import { SystemTerminal } from './io/system-terminal.ts'

/**
 * Runs `lvs` with these arguments, by default on the terminal of this process. Returns the exit status: 1 if the command
 * failed, 2 for a usage error.
 */
export async function runProgram(
  words: readonly string[],
  terminal: Terminal = new SystemTerminal('lvs'),
): Promise<number> {
  const isNamed = ({ name, alias = name }: CommandEntry) => words.includes(name) || words.includes(alias)
  const loadsAll = COMMANDS.some((entry) => entry.needsAll && isNamed(entry))
  try {
    const program = await createProgram(terminal, (entry) => loadsAll || isNamed(entry))
    await program.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' })
    return 0
  } catch (error) {
    // Commander has printed its message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
    if (error instanceof ExitStatus) return error.status
    const { message, status } = describeFailure(error)
    terminal.printError(`lvs: ${message}`)
    return status
  }
}

/** Creates the program. Commands that are not `wanted` are listed in help but not loaded. */
export async function createProgram(
  terminal: Terminal,
  wanted: (entry: CommandEntry) => boolean,
): Promise<Command> {
  const program = new Command('lvs')
    .description('Control the Linux Virtual Server (IPVS).')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => terminal.print(text),
      writeErr: (text) => terminal.printError(text.trimEnd()),
      outputError: (text, write) => write(`lvs: ${formatUsageError(text)}`),
    })
    .configureHelp({ sortOptions: false })
    .addHelpText('after', FOOTER)
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).summary(entry.summary)
    if (entry.alias !== undefined) command.alias(entry.alias)
    command.description(`${entry.summary.charAt(0).toUpperCase()}${entry.summary.slice(1)}.`)
    if (!wanted(entry)) continue
    const define = await entry.load()
    define(command, terminal)
  }
  program.command('ipvsadm').summary('run as a drop-in replacement for ipvsadm').argument('[arguments...]')
  return program
}

const FOOTER = `
Write services as tcp://192.0.2.1:80, udp://[2001:db8::1]:53, fwmark://7 or fwmark://7/ipv6, and destinations as 10.0.0.1:80.

Examples:
  lvs list
  lvs add service tcp://192.0.2.1:80 --scheduler wrr
  lvs add destination tcp://192.0.2.1:80 10.0.0.1 --weight 2
  lvs rate --watch 2
  lvs ipvsadm -Ln                         (the drop-in; see lvs ipvsadm -h)
`

/** Turns commander's "error: unknown command 'lst'\n(Did you mean list?)" into one sentence. */
function formatUsageError(text: string): string {
  return text
    .trim()
    .replace(/^error: /, '')
    .replace(/^command-argument value '(.*)' is invalid for argument '(.*)'\. /s, "$2 '$1' is invalid: ")
    .replace(/^option '(?:-\w, )?(\S+).*?' argument '(.*)' is invalid\. /s, "$1 '$2' is invalid: ")
    .replace(/(?<=is invalid: )[AE]/, (letter) => letter.toLowerCase())
    .replace(/\n\(Did you mean (.*)\?\)$/s, '; did you mean $1?')
    .replace(/\.$/, '')
}

/** The version of this package. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { version: unknown }).version)
}
