import { serviceKey } from '../../dialect/ipvsadm/parse/changes.ts'
import type { IpvsadmCommand, ListingColumns } from '../../dialect/ipvsadm/parse/command.ts'
import type { ParsedOptions } from '../../dialect/ipvsadm/parse/draft.ts'
import { IpvsadmError } from './complaint.ts'

/** The first of these that was given decides. */
const COLUMNS = [
  'stats',
  'rate',
  'thresholds',
  'persistent-conn',
  'tun-info',
] as const satisfies readonly ListingColumns[]

/** What `-L` was asked to list. */
export function readListing(draft: ParsedOptions): IpvsadmCommand {
  const { given } = draft
  const asked = COLUMNS.filter((columns) => given.has(columns))
  const columns: ListingColumns = asked[0] ?? 'plain'
  const numeric = given.has('numeric')
  if (given.has('connection')) {
    refuse(asked, ['persistent-conn', 'tun-info'])
    return { action: 'connections', numeric, engines: given.has('persistent-conn') }
  }
  if (given.has('timeout') || given.has('daemon')) {
    refuse(asked, ['tun-info'])
    return { action: given.has('timeout') ? 'timeouts' : 'daemons' }
  }
  const service = given.has('service-address') ? serviceKey(draft) : undefined
  const format = { columns, numeric, exact: given.has('exact'), sorted: !given.has('nosort') }
  return { action: 'list', service, format }
}

/** Columns that another listing does not have. */
function refuse(asked: readonly ListingColumns[], allowed: readonly ListingColumns[]): void {
  if (asked.some((columns) => !allowed.includes(columns))) {
    throw new IpvsadmError('options conflicts in the list command')
  }
}
