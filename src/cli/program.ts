import { Command, CommanderError } from 'commander'
import { COMMANDS, type CommandEntry } from './commands.ts'
import type { Terminal } from './io/command-io.ts'
import { describeFailure, EXIT_USAGE, ExitStatus } from './io/failure.ts'
import { readVersion } from './version.ts'

/** Runs `lvs` with these words, and gives its exit status: 1 for a refusal of the kernel, 2 for a mistake. */
export async function runProgram(words: readonly string[], screen: Terminal): Promise<number> {
  try {
    const program = await createProgram(
      screen,
      ({ name, alias = name }) => words.includes(name) || words.includes(alias),
    )
    await program.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' })
    return 0
  } catch (error) {
    // Its message has been printed.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
    if (error instanceof ExitStatus) return error.status
    const { message, status } = describeFailure(error)
    screen.printError(`lvs: ${message}`)
    return status
  }
}

/** The whole program; only commands that are `wanted` are loaded, of the others there is no more than their names. */
export async function createProgram(
  screen: Terminal,
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
      writeOut: (text) => screen.print(text),
      writeErr: (text) => screen.printError(text.trimEnd()),
      outputError: (text, write) => write(`lvs: ${formatUsageError(text)}`),
    })
    .configureHelp({ sortOptions: false })
    .addHelpText('after', FOOTER)
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).summary(entry.summary)
    if (entry.alias !== undefined) command.alias(entry.alias)
    command.description(`${entry.summary.charAt(0).toUpperCase()}${entry.summary.slice(1)}.`)
    if (!wanted(entry)) continue
    const { define } = await entry.load()
    define(command, screen)
  }
  program.command('ipvsadm').summary('do what ipvsadm does').argument('[arguments...]')
  return program
}

const FOOTER = `
A service is written tcp://192.0.2.1:80, udp://[2001:db8::1]:53, fwmark://7 or fwmark://7/ipv6, a destination 10.0.0.1:80.

Examples:
  lvs list
  lvs add service tcp://192.0.2.1:80 --scheduler wrr
  lvs add destination tcp://192.0.2.1:80 10.0.0.1 --weight 2
  lvs rate --watch 2
  lvs ipvsadm -Ln                         (the drop-in; lvs ipvsadm -h)
`

/** "error: unknown command 'lst'\n(Did you mean list?)" as one sentence. */
function formatUsageError(text: string): string {
  return text
    .trim()
    .replace(/^error: /, '')
    .replace(/^command-argument value '(.*)' is invalid for argument '(.*)'\. /s, "$2 '$1' is wrong: ")
    .replace(/^option '(?:-\w, )?(\S+).*?' argument '(.*)' is invalid\. /s, "$1 '$2' is wrong: ")
    .replace(/(?<=is wrong: )[IA]/, (letter) => letter.toLowerCase())
    .replace(/\n\(Did you mean (.*)\?\)$/s, '; did you mean $1?')
}
