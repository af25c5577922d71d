import type { Host } from '../../host/host.ts'
import type { Ipvs } from '../../ipvs/ipvs-client.ts'

/** What is around a command: the process it runs in, or a test. */
export interface Surroundings {
  /** How the program was called, for messages. */
  readonly program: string
  /** Standard input, a piece at a time. */
  readonly input: AsyncIterable<Uint8Array>
  /** Writes to standard output. */
  print(text: string): void
  /** Writes a line to standard error. */
  complain(text: string): void
  /** Opens a client of a network namespace, by default the process's own; it lasts as long as the command. */
  open(netns?: string): Promise<Ipvs>
}

/** What is around a command that people look at. */
export interface Screen extends Surroundings {
  /** Whether standard output is a terminal. */
  readonly terminal: boolean
  /** Whether it shows colours. */
  readonly colours: boolean
  /** Whether somebody can be asked: standard input and output are terminals. */
  readonly interactive: boolean
  /** Opens a host, in a network namespace as {@link Surroundings.open} does. */
  openHost(netns?: string): Promise<Host>
  /** Asks a question that is answered with yes or no; anything but yes is no. */
  ask(question: string): Promise<boolean>
  /** Waits; false when the user wants to end. */
  pause(seconds: number): Promise<boolean>
}
