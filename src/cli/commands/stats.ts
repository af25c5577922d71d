import type { Service } from '../../ipvs/model/service.ts'
import { formatService } from '../../ipvs/model/service-key.ts'
import type { Statistics } from '../../ipvs/model/statistics.ts'
import { formatCount } from '../io/format-count.ts'
import { formatDestinationName, readServices } from '../io/read-services.ts'
import {
  addExamples,
  addListingOptions,
  addServicesArgument,
  type DefineCommand,
  type ListingOptions,
} from './options/command-options.ts'
import { showListing } from './output/show-listing.ts'
import { printTextTable, type TextColumn } from './output/text.ts'

/** A column: its title and the counter that it shows. */
type Counter = readonly [title: string, read: (statistics: Statistics) => number]

export const defineStats = defineCounterListing(
  [
    ['CONNECTIONS', (statistics) => statistics.connections],
    ['PACKETS IN', (statistics) => statistics.incomingPackets],
    ['PACKETS OUT', (statistics) => statistics.outgoingPackets],
    ['BYTES IN', (statistics) => statistics.incomingBytes],
    ['BYTES OUT', (statistics) => statistics.outgoingBytes],
  ],
  'lvs stats',
  'lvs stats tcp://192.0.2.1:80 --json',
)

export const defineRate = defineCounterListing(
  [
    ['CONNECTIONS/S', (statistics) => statistics.connectionsPerSecond],
    ['PACKETS IN/S', (statistics) => statistics.incomingPacketsPerSecond],
    ['PACKETS OUT/S', (statistics) => statistics.outgoingPacketsPerSecond],
    ['BYTES IN/S', (statistics) => statistics.incomingBytesPerSecond],
    ['BYTES OUT/S', (statistics) => statistics.outgoingBytesPerSecond],
  ],
  'lvs rate --watch 2',
  'lvs rate tcp://192.0.2.1:80',
)

/** Defines a command that lists counters of services and their destinations. */
function defineCounterListing(counters: readonly Counter[], ...examples: readonly string[]): DefineCommand {
  return (command, terminal) => {
    addServicesArgument(addListingOptions(command)).action(
      async (references: readonly string[] = [], options: ListingOptions) => {
        await showListing(
          {
            read: (ipvs) => readServices(ipvs, references),
            print: (services, colours) => printCounters(services, counters, colours),
          },
          options,
          terminal,
        )
      },
    )
    addExamples(command, ...examples)
  }
}

function printCounters(services: readonly Service[], counters: readonly Counter[], colours: boolean): string {
  if (services.length === 0) return 'No virtual services.\n'
  const columns: TextColumn[] = [
    { title: 'SERVICE / DESTINATION' },
    ...counters.map(([title]) => ({ title, isNumeric: true })),
  ]
  const toCells = (name: string, statistics: Statistics) => [
    name,
    ...counters.map(([, read]) => formatCount(read(statistics))),
  ]
  const rows = services.flatMap((service) => [
    { cells: toCells(formatService(service), service.statistics), isBold: true },
    ...service.destinations.map((destination) => ({
      cells: toCells(`  ${formatDestinationName(destination)}`, destination.statistics),
    })),
  ])
  return printTextTable(columns, rows, colours)
}
