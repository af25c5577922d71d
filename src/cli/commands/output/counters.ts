import type { Service } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import type { Statistics } from '../../../ipvs/model/statistics.ts'
import type { Define } from '../../commands.ts'
import { printFigure } from '../../io/format-count.ts'
import { type ListingOptions, readEach, showsExamples, takesListing } from '../options/options.ts'
import { destinationName, readServices } from '../../io/read-services.ts'
import { show } from './show.ts'
import { type Column, printColumns } from './text-table.ts'

/** A figure of the statistics with its title. */
export type Figure = readonly [title: string, read: (statistics: Statistics) => number]

/** A command that lists these figures of services and their destinations. */
export function listsFigures(figures: readonly Figure[], ...examples: readonly string[]): Define {
  return (command, screen) => {
    takesListing(command)
      .argument('[services...]', 'these services; all without', readEach)
      .action(async (references: readonly string[] | undefined, options: ListingOptions) => {
        await show(
          {
            read: (ipvs) => readServices(ipvs, references ?? []),
            print: (services, colours) => printCounters(services, figures, colours),
          },
          options,
          screen,
        )
      })
    showsExamples(command, ...examples)
  }
}

/** Prints these figures of services and their destinations. */
function printCounters(services: readonly Service[], figures: readonly Figure[], colours: boolean): string {
  if (services.length === 0) return 'There is no virtual service.\n'
  const columns: Column[] = [
    { title: 'SERVICE / DESTINATION' },
    ...figures.map(([title]) => ({ title, figures: true })),
  ]
  const cells = (name: string, statistics: Statistics) => [
    name,
    ...figures.map(([, read]) => printFigure(read(statistics))),
  ]
  const rows = services.flatMap((service) => [
    { cells: cells(formatService(service), service.statistics), standsOut: true },
    ...service.destinations.map((each) => ({ cells: cells(`  ${destinationName(each)}`, each.statistics) })),
  ])
  return printColumns(columns, rows, colours)
}
