import type { Destination } from '../../ipvs/model/destination.ts'
import { isWholeMask } from '../../ipvs/model/persistence.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { formatService } from '../../ipvs/model/service-key.ts'
import { formatDestinationName, readServices } from '../io/read-services.ts'
import {
  addExamples,
  addListingOptions,
  addServicesArgument,
  type DefineCommand,
  type ListingOptions,
} from './options/command-options.ts'
import { showListing } from './output/show-listing.ts'
import { printTextTable, type TextColumn, type TextRow } from './output/text.ts'

export const define: DefineCommand = (command, terminal) => {
  addServicesArgument(addListingOptions(command)).action(
    async (references: readonly string[] = [], options: ListingOptions) => {
      await showListing({ read: (ipvs) => readServices(ipvs, references), print }, options, terminal)
    },
  )
  addExamples(
    command,
    'lvs list',
    'lvs list tcp://192.0.2.1:80 --watch 2',
    'lvs list --json --netns director',
  )
}

const COLUMNS: readonly TextColumn[] = [
  { title: 'SERVICE / DESTINATION' },
  { title: 'METHOD' },
  { title: 'WEIGHT', isNumeric: true },
  { title: 'ACTIVE', isNumeric: true },
  { title: 'INACTIVE', isNumeric: true },
  { title: '' },
]

function print(services: readonly Service[], colours: boolean): string {
  if (services.length === 0) return 'No virtual services.\n'
  const rows = services.flatMap((service) => [
    toServiceRow(service),
    ...service.destinations.map(toDestinationRow),
  ])
  return printTextTable(COLUMNS, rows, colours)
}

function toServiceRow(service: Service): TextRow {
  const { scheduler, destinations } = service
  const sum = (count: (each: Destination) => number) =>
    String(destinations.reduce((total, each) => total + count(each), 0))
  const active = sum((each) => each.activeConnections)
  const inactive = sum((each) => each.inactiveConnections)
  const cells = [formatService(service), scheduler, '', active, inactive, describeService(service)]
  return { cells, isBold: true }
}

function describeService({ persistence, persistenceEngine, onePacket, schedulerFlags }: Service): string {
  const notes: string[] = [...schedulerFlags]
  if (persistence !== null) {
    const { timeout, mask } = persistence
    notes.push(`persistent ${timeout} s${isWholeMask(mask) ? '' : ` mask ${mask}`}`)
  }
  if (persistenceEngine !== null) notes.push(`engine ${persistenceEngine}`)
  if (onePacket) notes.push('one packet')
  return notes.join(', ')
}

function toDestinationRow(destination: Destination): TextRow {
  const { forwarding, weight, activeConnections, inactiveConnections } = destination
  const figures = [weight, activeConnections, inactiveConnections].map(String)
  const cells = [
    `  ${formatDestinationName(destination)}`,
    String(forwarding),
    ...figures,
    describeDestination(destination),
  ]
  return { cells }
}

function describeDestination({
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
    texts.push(`max ${upperThreshold}${lowerThreshold > 0 ? `, resume below ${lowerThreshold}` : ''}`)
  if (persistentConnections > 0) texts.push(`${persistentConnections} persistent clients`)
  return texts.join(', ')
}
