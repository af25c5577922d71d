import type { Host } from '../../host/host.ts'
import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import type { Ipvs } from '../../state/ipvs.ts'

/** The input, output and clients of a command. The real process implements it, and so does a test. */
export interface CommandIo {
  /** The name under which the program was called, for messages. */
  readonly program: string
  /** Standard input, in chunks. */
  readonly input: AsyncIterable<Uint8Array>
  /**
   * Writes to standard output; control characters become visible.
   *
   * @throws {OutputError} if not all of it can be written, such as to a full disk.
   */
  print(text: string): void
  /** Writes a line to standard error. */
  printError(text: string): void
  /** Opens a client in a network namespace, by default that of the process. The client stays open until the command ends. */
  open(netns?: string): Promise<IpvsClient>
}

/** The same for an interactive command. */
export interface Terminal extends CommandIo {
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean
  /** Whether to print colours. */
  readonly colours: boolean
  /** Whether standard input and output are terminals, so that the user can answer a question. */
  readonly isInteractive: boolean
  open(netns?: string): Promise<Ipvs>
  /** Opens a host in a network namespace, by default that of the process. */
  openHost(netns?: string): Promise<Host>
  /** Asks a yes-or-no question. Any answer but yes means no. */
  ask(question: string): Promise<boolean>
  /** Waits for this time. Returns false if the user interrupts it. */
  pause(seconds: number): Promise<boolean>
}
