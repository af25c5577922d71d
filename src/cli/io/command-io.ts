import type { Host } from '../../host/host.ts'
import type { IpvsClient } from '../../ipvs/ipvs-client.ts'

/** What is around a command: the process it runs in, or a test. */
export interface CommandIo {
  /** How the program was called, for messages. */
  readonly program: string
  /** Standard input, a piece at a time. */
  readonly input: AsyncIterable<Uint8Array>
  /** Writes to standard output. */
  print(text: string): void
  /** Writes a line to standard error. */
  printError(text: string): void
  /** Opens a client of a network namespace, by default the process's own; it lasts as long as the command. */
  open(netns?: string): Promise<IpvsClient>
}

/** What is around a command that people look at. */
export interface Terminal extends CommandIo {
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean
  /** Whether it shows colours. */
  readonly colours: boolean
  /** Whether somebody can be asked: standard input and output are terminals. */
  readonly isInteractive: boolean
  /** Opens a host, in a network namespace as {@link CommandIo.open} does. */
  openHost(netns?: string): Promise<Host>
  /** Asks a question that is answered with yes or no; anything but yes is no. */
  ask(question: string): Promise<boolean>
  /** Waits; false when the user wants to end. */
  pause(seconds: number): Promise<boolean>
}
