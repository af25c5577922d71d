import type { Define } from '../commands.ts'
import { type Figure, printCounters } from './counters.ts'
import { type ListingOptions, readEach, showsExamples, takesListing } from './options.ts'
import { readServices } from './services.ts'
import { show } from './show.ts'

const FIGURES: readonly Figure[] = [
  ['CONNECTIONS/S', (all) => all.connectionsPerSecond],
  ['PACKETS IN/S', (all) => all.incomingPacketsPerSecond],
  ['PACKETS OUT/S', (all) => all.outgoingPacketsPerSecond],
  ['BYTES IN/S', (all) => all.incomingBytesPerSecond],
  ['BYTES OUT/S', (all) => all.outgoingBytesPerSecond],
]

export const define: Define = (command, screen) => {
  takesListing(command)
    .argument('[services...]', 'these services; all without', readEach)
    .action(async (references: readonly string[] | undefined, options: ListingOptions) => {
      await show(
        {
          read: (ipvs) => readServices(ipvs, references ?? []),
          print: (services, colours) => printCounters(services, FIGURES, colours),
        },
        options,
        screen,
      )
    })
  showsExamples(command, 'lvs rate --watch 2', 'lvs rate tcp://192.0.2.1:80')
}
