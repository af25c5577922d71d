import type { Command, Option } from 'commander'

/** The manual page lvs(1), made of what the commands say of themselves (man(7)). */
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
    ...formatStatus('0', 'It was done.'),
    ...formatStatus(
      '1',
      'The kernel refused, or it could not be reached; status: not all is as it is to be; doctor: there are errors; diff: there are differences.',
    ),
    ...formatStatus('2', 'The command line, or the file that it names, is wrong; diff: there was trouble.'),
    '.PP',
    '.B lvs ipvsadm',
    'ends with the status of ipvsadm.',
    '.SH SEE ALSO',
    '.BR ipvsadm (8),',
    '.BR ip\\-netns (8)',
    '',
  ].join('\n')
}

const DESCRIPTION = `A virtual service is written tcp://192.0.2.1:80, udp://[2001:db8::1]:53, fwmark://7 or fwmark://7/ipv6.
Under the name
.B ipvsadm
the program does what ipvsadm does.`

/** A command, or the commands below it. */
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
  const byDefault = defaultValue === undefined ? '' : ` Default ${String(defaultValue)}.`
  return ['.TP', `.B ${escapeRoff(flags)}`, escapeRoff(`${description}.${choices}${byDefault}`)]
}

function formatStatus(code: string, meaning: string): string[] {
  return ['.TP', `.B ${code}`, escapeRoff(meaning)]
}

/** Hyphens that are to be hyphens; a dot or quote at the beginning of a line would be a request. */
function escapeRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
}
