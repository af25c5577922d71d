import type { Service } from '../../ipvs/service.ts'
import { formatService } from '../../ipvs/service-key.ts'
import type { Statistics } from '../../ipvs/statistics.ts'
import { printFigure } from './figure.ts'
import { destinationName } from './services.ts'
import { type Column, printColumns } from './table.ts'

/** A figure of the statistics with its title. */
export type Figure = readonly [title: string, read: (statistics: Statistics) => number]

/** Prints these figures of services and their destinations. */
export function printCounters(
  services: readonly Service[],
  figures: readonly Figure[],
  colours: boolean,
): string {
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
