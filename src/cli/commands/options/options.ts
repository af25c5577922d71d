import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { parseService } from '../../../ipvs/model/service-key.ts'

/** What every command that asks the kernel something can be told. */
export interface NetnsOptions {
  readonly netns?: string
}

/** Adds `--netns`: a name as `ip netns` knows it, or a path. */
export function addNetnsOption(command: Command): Command {
  const option = new Option('--netns <name>', 'network namespace, by its name or path')
  return command.addOption(option.argParser((name) => (name.includes('/') ? name : `/run/netns/${name}`)))
}

/** What listings can be told. */
export interface ListingOptions extends NetnsOptions {
  readonly json?: true
  readonly watch?: number
}

/** Adds the options of listings. */
export function addListingOptions(command: Command): Command {
  return addNetnsOption(
    command
      .option('--json', 'print JSON, with --watch a line each time')
      .option('--watch <seconds>', 'print again and again', parseNumberWithin(0.1, 86_400)),
  )
}

/** Reads a number between bounds. */
export function parseNumberWithin(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (text.trim() !== '' && number >= minimum && number <= maximum) return number
    throw new InvalidArgumentError(`It must be a number from ${minimum} to ${maximum}.`)
  }
}

/** Reads a whole number. */
export function parseInteger(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}

/** Reads one value or several with commas between, and again when the option is given again. */
export function parseList<T>(
  read: (text: string) => T,
): (text: string, before: readonly T[] | undefined) => readonly T[] {
  return (text, before = []) => [...before, ...text.split(',').map(read)]
}

/** The same for words of a list. */
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
  return command.addArgument(new Argument('<service>', 'the virtual service').argParser(parseServiceName))
}

/** Reads the name of a service, and gives it back. */
export function parseServiceName(text: string): string {
  try {
    parseService(text)
    return text
  } catch {
    throw new InvalidArgumentError(
      'It must be written tcp://192.0.2.1:80, udp://[2001:db8::1]:53, fwmark://7 or fwmark://7/ipv6.',
    )
  }
}

/** The same for one of several: those before it come along. */
export function parseServiceNames(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), parseServiceName(text)]
}

/** Adds examples to the help of a command. */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}\n`).join('')}`)
}
