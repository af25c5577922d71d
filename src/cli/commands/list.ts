import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { formatService } from '../../ipvs/model/service-key.ts'
import type { Define } from '../commands.ts'
import { type ListingOptions, readEach, showsExamples, takesListing } from './options/options.ts'
import { destinationName, readServices } from '../io/read-services.ts'
import { show } from './output/show.ts'
import { type Column, printColumns, type Row } from './output/text-table.ts'

export const define: Define = (command, screen) => {
  takesListing(command)
    .argument('[services...]', 'these services; all without', readEach)
    .action(async (references: readonly string[] | undefined, options: ListingOptions) => {
      await show({ read: (ipvs) => readServices(ipvs, references ?? []), print }, options, screen)
    })
  showsExamples(
    command,
    'lvs list',
    'lvs list tcp://192.0.2.1:80 --watch 2',
    'lvs list --json --netns director',
  )
}

const COLUMNS: readonly Column[] = [
  { title: 'SERVICE / DESTINATION' },
  { title: 'METHOD' },
  { title: 'WEIGHT', figures: true },
  { title: 'ACTIVE', figures: true },
  { title: 'INACTIVE', figures: true },
  { title: '' },
]

function print(services: readonly Service[], colours: boolean): string {
  if (services.length === 0) return 'There is no virtual service.\n'
  const rows = services.flatMap((service) => [
    serviceRow(service),
    ...service.destinations.map(destinationRow),
  ])
  return printColumns(COLUMNS, rows, colours)
}

function serviceRow(service: Service): Row {
  const { scheduler, destinations } = service
  const sum = (count: (each: Destination) => number) =>
    String(destinations.reduce((total, each) => total + count(each), 0))
  const active = sum((each) => each.activeConnections)
  const inactive = sum((each) => each.inactiveConnections)
  const cells = [formatService(service), scheduler, '', active, inactive, serviceNotes(service)]
  return { cells, standsOut: true }
}

function serviceNotes({ persistence, persistenceEngine, onePacket, schedulerFlags }: Service): string {
  const notes: string[] = [...schedulerFlags]
  if (persistence !== null) {
    const { timeout, mask } = persistence
    const isWhole = mask === '255.255.255.255' || mask === 128
    notes.push(`persistent ${timeout} s${isWhole ? '' : ` mask ${mask}`}`)
  }
  if (persistenceEngine !== null) notes.push(`engine ${persistenceEngine}`)
  if (onePacket) notes.push('one packet')
  return notes.join(', ')
}

function destinationRow(destination: Destination): Row {
  const { forwarding, weight, activeConnections, inactiveConnections } = destination
  const figures = [weight, activeConnections, inactiveConnections].map(String)
  const cells = [`  ${destinationName(destination)}`, String(forwarding), ...figures, notes(destination)]
  return { cells }
}

function notes({
  tunnel,
  upperThreshold,
  lowerThreshold,
  weight,
  persistentConnections,
}: Destination): string {
  const texts: string[] = []
  if (weight === 0) texts.push('drained')
  if (tunnel !== null && tunnel.type !== 'ipip') {
    texts.push(tunnel.type === 'gue' ? `gue port ${tunnel.port}` : String(tunnel.type))
  }
  if (upperThreshold > 0)
    texts.push(`at most ${upperThreshold}${lowerThreshold > 0 ? `, again below ${lowerThreshold}` : ''}`)
  if (persistentConnections > 0) texts.push(`${persistentConnections} clients remembered`)
  return texts.join(', ')
}
