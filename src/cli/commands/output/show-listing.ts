import type { Ipvs } from '../../../state/ipvs.ts'
import type { Terminal } from '../../io/command-io.ts'
import { CLEAR_SCREEN } from '../../io/terminal-text.ts'
import type { ListingOptions } from '../options/command-options.ts'
import { printJson } from './text.ts'

/** A listing: reads data and formats it. `--json` prints the data as JSON instead. */
export interface Listing<T> {
  readonly read: (ipvs: Ipvs) => Promise<T>
  readonly print: (read: T, colours: boolean) => string
}

/** Shows a listing once, or with `--watch` repeatedly until the user interrupts. */
export async function showListing<T>(
  { read, print }: Listing<T>,
  { netns, json, watch }: ListingOptions,
  terminal: Terminal,
): Promise<void> {
  const ipvs = await terminal.open(netns)
  const isRedrawn = watch !== undefined && !json && terminal.isTerminal
  do {
    const found = await read(ipvs)
    const text = json ? toJson(found, watch !== undefined) : print(found, terminal.colours)
    terminal.print(isRedrawn ? CLEAR_SCREEN + text : text)
  } while (watch !== undefined && (await terminal.pause(watch)))
}

function toJson(value: unknown, isOneLine: boolean): string {
  return isOneLine ? `${JSON.stringify(value)}\n` : printJson(value)
}
