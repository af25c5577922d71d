import type { Service } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import type { Statistics } from '../../../ipvs/model/statistics.ts'
import type { DefineCommand } from '../../commands.ts'
import { formatCount } from '../../io/format-count.ts'
import { formatDestinationName, readServices } from '../../io/read-services.ts'
import { addExamples, addListingOptions, type ListingOptions, parseServiceNames } from '../options/options.ts'
import { showListing } from './show.ts'
import { printTextTable, type TextColumn } from './text-table.ts'

/** A figure of the statistics with its title. */
export type Counter = readonly [title: string, read: (statistics: Statistics) => number]

/** A command that lists these figures of services and their destinations. */
export function defineCounterListing(
  figures: readonly Counter[],
  ...examples: readonly string[]
): DefineCommand {
  return (command, screen) => {
    addListingOptions(command)
      .argument('[services...]', 'these services; all without', parseServiceNames)
      .action(async (references: readonly string[] | undefined, options: ListingOptions) => {
        await showListing(
          {
            read: (ipvs) => readServices(ipvs, references ?? []),
            print: (services, colours) => printCounters(services, figures, colours),
          },
          options,
          screen,
        )
      })
    addExamples(command, ...examples)
  }
}

/** Prints these figures of services and their destinations. */
function printCounters(services: readonly Service[], figures: readonly Counter[], colours: boolean): string {
  if (services.length === 0) return 'There is no virtual service.\n'
  const columns: TextColumn[] = [
    { title: 'SERVICE / DESTINATION' },
    ...figures.map(([title]) => ({ title, figures: true })),
  ]
  const cells = (name: string, statistics: Statistics) => [
    name,
    ...figures.map(([, read]) => formatCount(read(statistics))),
  ]
  const rows = services.flatMap((service) => [
    { cells: cells(formatService(service), service.statistics), standsOut: true },
    ...service.destinations.map((each) => ({
      cells: cells(`  ${formatDestinationName(each)}`, each.statistics),
    })),
  ])
  return printTextTable(columns, rows, colours)
}
