import type { IpvsClient } from '../../../ipvs/ipvs-client.ts'
import type { Terminal } from '../../io/command-io.ts'
import type { ListingOptions } from '../options/options.ts'

/** Moves to the top of the screen and clears what is below. */
const CLEAR = '\u001b[H\u001b[J'

/** A listing: what it reads, and how it is shown to people. Programs get what was read as JSON. */
export interface Listing<T> {
  readonly read: (ipvs: IpvsClient) => Promise<T>
  readonly print: (read: T, colours: boolean) => string
}

/** Shows a listing once, or again and again until the user ends it. */
export async function showListing<T>(
  { read, print }: Listing<T>,
  { netns, json, watch }: ListingOptions,
  screen: Terminal,
): Promise<void> {
  const ipvs = await screen.open(netns)
  do {
    const found = await read(ipvs)
    const text = json ? toJson(found, watch !== undefined) : print(found, screen.colours)
    const isRedrawn = watch !== undefined && !json && screen.isTerminal
    screen.print(isRedrawn ? CLEAR + text : text)
  } while (watch !== undefined && (await screen.pause(watch)))
}

function toJson(value: unknown, oneLine: boolean): string {
  return `${oneLine ? JSON.stringify(value) : JSON.stringify(value, null, 2)}\n`
}
