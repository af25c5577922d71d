import type { Define } from '../commands.ts'
import { type Figure, printCounters } from './counters.ts'
import { type ListingOptions, readEach, showsExamples, takesListing } from './options.ts'
import { readServices } from './services.ts'
import { show } from './show.ts'

const FIGURES: readonly Figure[] = [
  ['CONNECTIONS', (all) => all.connections],
  ['PACKETS IN', (all) => all.incomingPackets],
  ['PACKETS OUT', (all) => all.outgoingPackets],
  ['BYTES IN', (all) => all.incomingBytes],
  ['BYTES OUT', (all) => all.outgoingBytes],
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
  showsExamples(command, 'lvs stats', 'lvs stats tcp://192.0.2.1:80 --json')
}
