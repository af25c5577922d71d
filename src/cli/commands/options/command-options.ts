import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { parseService } from '../../../ipvs/model/service-key.ts'
import type { Terminal } from '../../io/command-io.ts'
import { FILE_FORMATS } from '../input/file-format.ts'

/** Defines the arguments, options, examples and action of a command. */
export type DefineCommand = (command: Command, terminal: Terminal) => void

/** The option of every command that accesses the kernel. */
export interface NetnsOptions {
  readonly netns?: string
}

/** Adds `--netns`, which takes a name as listed by `ip netns`, or a path. */
export function addNetnsOption(command: Command): Command {
  const option = new Option('--netns <name>', 'network namespace, by name or path')
  return command.addOption(option.argParser((name) => (name.includes('/') ? name : `/run/netns/${name}`)))
}

/** Adds the options of a file with a desired state: `--format`, and for keepalived.conf `--lenient` and `--id`. */
export function addFileOptions(command: Command): Command {
  const option = new Option(
    '--format <format>',
    'format of the file (default: detected from its extension or content)',
  )
  return command
    .addOption(option.choices(FILE_FORMATS))
    .option('--lenient', 'keepalived.conf: pass over the lines that keepalived passes over, and list them')
    .option(
      '--id <name>',
      'keepalived.conf: the configuration for lines with @ID (default: host name without domain)',
    )
}

/** The options of listings. */
export interface ListingOptions extends NetnsOptions {
  readonly json?: true
  readonly watch?: number
}

/** Adds the options of listings. */
export function addListingOptions(command: Command): Command {
  return addNetnsOption(
    command
      .option('--json', 'print JSON; with --watch, one line per update')
      .option('--watch <seconds>', 'repeat at this interval', parseNumberWithin(0.1, 86_400)),
  )
}

/** Creates a parser for numbers within bounds. */
export function parseNumberWithin(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (text.trim() !== '' && number >= minimum && number <= maximum) return number
    throw new InvalidArgumentError(`Expected a number from ${minimum} to ${maximum}.`)
  }
}

export function parseInteger(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number.')
}

/** Creates a parser for comma-separated lists. A repeated option adds to its list. */
export function parseList<T>(
  read: (text: string) => T,
): (text: string, before: readonly T[] | undefined) => readonly T[] {
  return (text, before = []) => [...before, ...text.split(',').map(read)]
}

/** Creates a parser for comma-separated lists of fixed choices. */
export function parseChoices<W extends string>(
  words: readonly W[],
): (text: string, before: readonly W[] | undefined) => readonly W[] {
  return parseList((text) => {
    const word = words.find((each) => each === text)
    if (word !== undefined) return word
    throw new InvalidArgumentError(`Allowed choices are ${words.join(', ')}.`)
  })
}

/** Adds the argument that names a virtual service. */
export function addServiceArgument(command: Command): Command {
  return command.addArgument(new Argument('<service>', 'virtual service').argParser(parseServiceName))
}

/** Adds the argument that selects virtual services. */
export function addServicesArgument(command: Command): Command {
  return command.argument('[services...]', 'virtual services (default: all)', parseServiceNames)
}

/** Validates the name of a service and returns it unchanged. */
function parseServiceName(text: string): string {
  try {
    parseService(text)
    return text
  } catch {
    throw new InvalidArgumentError(
      'Expected tcp://192.0.2.1:80, udp://[2001:db8::1]:53, fwmark://7 or fwmark://7/ipv6.',
    )
  }
}

function parseServiceNames(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), parseServiceName(text)]
}

/** Adds examples to the help of a command. */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}\n`).join('')}`)
}
