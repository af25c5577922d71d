import type { Command, Option } from 'commander'
import { addExamples, type DefineCommand } from './options/command-options.ts'

export const define: DefineCommand = (command, terminal) => {
  command.action(() => {
    const program = command.parent!
    terminal.print(printManPage(program, program.version() ?? ''))
  })
  addExamples(command, 'lvs man | man -l -')
}

/** Formats the manual page lvs(1) from the help of the commands, in man(7) macros. */
export function printManPage(program: Command, version: string): string {
  const commands = program.commands.filter((each) => each.name() !== 'help')
  return [
    `.TH LVS 1 "" "@lvs/netlink ${escapeRoff(version)}" "Linux Virtual Server"`,
    '.SH NAME',
    'lvs \\- control the Linux Virtual Server (IPVS)',
    '.SH SYNOPSIS',
    '.B lvs',
    '.I command',
    '.RI [ options ]',
    '.br',
    '.B lvs ipvsadm',
    '.RI [ arguments ]',
    '.SH DESCRIPTION',
    DESCRIPTION,
    '.SH COMMANDS',
    ...commands.flatMap((command) => formatCommand(command, [])),
    '.SH EXIT STATUS',
    ...formatStatus('0', 'Success.'),
    ...formatStatus(
      '1',
      'The command failed. status: an item is not ok; doctor: errors were found; diff: there are differences.',
    ),
    ...formatStatus('2', 'The command line or an input file is invalid; diff: any failure.'),
    '.PP',
    '.B lvs ipvsadm',
    'has the exit status of ipvsadm.',
    '.SH SEE ALSO',
    '.BR ipvsadm (8),',
    '.BR ip\\-netns (8)',
    '',
  ].join('\n')
}

const DESCRIPTION = `Virtual services are written as tcp://192.0.2.1:80, udp://[2001:db8::1]:53, fwmark://7 or fwmark://7/ipv6.
Under the name
.B ipvsadm
the program is a drop-in replacement for ipvsadm(8).`

/** A command, or its subcommands. */
function formatCommand(command: Command, path: readonly string[]): string[] {
  const words = [...path, command.name()]
  const below = command.commands.filter((each) => each.name() !== 'help')
  if (below.length > 0) return below.flatMap((each) => formatCommand(each, words))
  const usage = command.usage().replace(/^\[options\] ?/, '')
  return [
    `.SS lvs ${escapeRoff(words.join(' '))} ${escapeRoff(usage)}`.trimEnd(),
    escapeRoff(command.description() || `${command.summary()}.`),
    ...command.options.flatMap(formatOption),
  ]
}

function formatOption({ flags, description, argChoices, defaultValue }: Option): string[] {
  const choices = argChoices === undefined ? '' : ` One of ${argChoices.join(', ')}.`
  const byDefault = defaultValue === undefined ? '' : ` Default: ${String(defaultValue)}.`
  return ['.TP', `.B ${escapeRoff(flags)}`, escapeRoff(`${capitalize(description)}.${choices}${byDefault}`)]
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function formatStatus(code: string, meaning: string): string[] {
  return ['.TP', `.B ${code}`, escapeRoff(meaning)]
}

/** Escapes hyphens, which would become dashes, and a dot or quote at the start of a line, which would be a request. */
function escapeRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
}
