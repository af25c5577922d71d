import type { ConnectionEntry, Endpoint } from '../../ipvs/proc/connection-entry.ts'
import type { Ipvs } from '../../ipvs/ipvs-client.ts'
import { formatEndpoint } from '../../ipvs/model/service-key.ts'
import type { Define } from '../commands.ts'
import { type ListingOptions, showsExamples, takesListing } from './options/options.ts'
import { show } from './output/show.ts'
import { type Column, printColumns } from './output/text-table.ts'

interface Options extends ListingOptions {
  readonly templates?: true
}

export const define: Define = (command, screen) => {
  takesListing(command)
    .option('--templates', 'only the clients that persistence remembers')
    .action(async (options: Options) => {
      await show({ read: (ipvs) => read(ipvs, options), print }, options, screen)
    })
  showsExamples(command, 'lvs connections', 'lvs connections --templates --json')
}

async function read(ipvs: Ipvs, { templates }: Options): Promise<ConnectionEntry[]> {
  const entries: ConnectionEntry[] = []
  for await (const entry of ipvs.connections()) {
    if (templates === undefined || entry.template) entries.push(entry)
  }
  return entries
}

const COLUMNS: readonly Column[] = [
  { title: 'PROTOCOL' },
  { title: 'STATE' },
  { title: 'EXPIRES', figures: true },
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
  return printColumns(COLUMNS, rows, colours)
}
