import { formatEndpoint } from '../../ipvs/model/service-key.ts'
import type { ConnectionEntry, Endpoint } from '../../ipvs/proc/connection-entry.ts'
import type { Ipvs } from '../../state/ipvs.ts'
import {
  addExamples,
  addListingOptions,
  type DefineCommand,
  type ListingOptions,
} from './options/command-options.ts'
import { showListing } from './output/show-listing.ts'
import { printTextTable, type TextColumn } from './output/text.ts'

interface Options extends ListingOptions {
  readonly templates?: true
}

export const define: DefineCommand = (command, terminal) => {
  addListingOptions(command)
    .option('--templates', 'list only persistence templates')
    .action(async (options: Options) => {
      await showListing({ read: (ipvs) => read(ipvs, options), print }, options, terminal)
    })
  addExamples(command, 'lvs connections', 'lvs connections --templates --json')
}

async function read(ipvs: Ipvs, { templates }: Options): Promise<ConnectionEntry[]> {
  const entries: ConnectionEntry[] = []
  for await (const entry of ipvs.connections()) {
    if (templates === undefined || entry.template) entries.push(entry)
  }
  return entries
}

const COLUMNS: readonly TextColumn[] = [
  { title: 'PROTOCOL' },
  { title: 'STATE' },
  { title: 'EXPIRES', isNumeric: true },
  { title: 'CLIENT' },
  { title: 'SERVICE' },
  { title: 'DESTINATION' },
  { title: '' },
]

function print(entries: readonly ConnectionEntry[], colours: boolean): string {
  if (entries.length === 0) return 'No connections.\n'
  const show = ({ address, port }: Endpoint) => formatEndpoint(address, port)
  const rows = entries.map((entry) => {
    const { protocol, state, expires, client, virtual, destination, persistenceData } = entry
    const notes = [entry.template ? 'template' : '', persistenceData ?? ''].filter((text) => text !== '')
    const ends = [show(client), show(virtual), show(destination)]
    return { cells: [protocol, state, `${expires} s`, ...ends, notes.join(' ')] }
  })
  return printTextTable(COLUMNS, rows, colours)
}
