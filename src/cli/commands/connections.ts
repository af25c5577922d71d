import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import { formatEndpoint } from '../../ipvs/model/service-key.ts'
import type { ConnectionEntry, Endpoint } from '../../ipvs/proc/connection-entry.ts'
import type { DefineCommand } from '../commands.ts'
import { addExamples, addListingOptions, type ListingOptions } from './options/options.ts'
import { showListing } from './output/show.ts'
import { printTextTable, type TextColumn } from './output/text-table.ts'

interface Options extends ListingOptions {
  readonly templates?: true
}

export const define: DefineCommand = (command, screen) => {
  addListingOptions(command)
    .option('--templates', 'only the clients that persistence remembers')
    .action(async (options: Options) => {
      await showListing({ read: (ipvs) => read(ipvs, options), print }, options, screen)
    })
  addExamples(command, 'lvs connections', 'lvs connections --templates --json')
}

async function read(ipvs: IpvsClient, { templates }: Options): Promise<ConnectionEntry[]> {
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
  if (entries.length === 0) return 'There is no connection.\n'
  const show = ({ address, port }: Endpoint) => formatEndpoint(address, port)
  const rows = entries.map((entry) => {
    const { protocol, state, expires, client, virtual, destination, persistenceData } = entry
    const notes = [entry.template ? 'template' : '', persistenceData ?? ''].filter((text) => text !== '')
    const ends = [show(client), show(virtual), show(destination)]
    return { cells: [protocol, state, `${expires} s`, ...ends, notes.join(' ')] }
  })
  return printTextTable(COLUMNS, rows, colours)
}
